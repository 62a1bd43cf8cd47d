"""What was deployed just before a report supports it, if the report is about that."""

from typing import Any

import pytest

from clickup_mlops.bot.handle.context.recent_deployments import RecentDeployments
from clickup_mlops.clickup.model import Task
from clickup_mlops.store import Store
from clickup_mlops.store.tables.timeline import Entry
from tests.store.conftest import postgresql_url, sqlite_url, store, store_url

__all__ = ["postgresql_url", "sqlite_url", "store", "store_url"]

HOUR = 3_600_000
NOW = 100 * HOUR
FIELD = {"id": "f", "name": "Model", "type": "short_text", "type_config": {}, "value": "Chat 70B"}


def build_task(name: str = "Requests fail", **more: Any) -> Task:
    """A task that was created now."""
    raw = {"id": "t", "team_id": "w", "name": name, "date_created": str(NOW), "list": {"id": "1"}}
    return Task.parse(raw | more)


def build_entry(minutes: int = 20, task_id: str = "", app: str = "chat-70b") -> Entry:
    """A deployment so long before."""
    at_ms = NOW - minutes * 60_000
    return Entry(f"e{at_ms}", "w", task_id, at_ms, "deployment", f"{app} 3.2", value={"app": app})


@pytest.mark.parametrize(
    ("task", "entry", "text"),
    [
        (build_task("chat_70b is slow"), build_entry(), '"chat-70b 3.2" was deployed 20 minutes'),
        (build_task(text_content="Since Chat 70B"), build_entry(), "was deployed 20 minutes"),
        (build_task(custom_fields=[FIELD]), build_entry(), "was deployed 20 minutes"),
        (build_task(), build_entry(task_id="t"), "was deployed 20 minutes"),
        (build_task(), build_entry(), ""),
        (build_task("chat-700b is slow"), build_entry(), ""),
        (build_task("chat-70b is slow"), build_entry(minutes=61), ""),
        (build_task("chat-70b is slow"), build_entry(minutes=-1), ""),
        (build_task("chat-70bの応答が遅い"), build_entry(), "was deployed 20 minutes"),
        (build_task("chat-70b is slow", parent="p"), build_entry(), ""),
        (build_task("chat-70b is slow", team_id="other"), build_entry(), ""),
        (build_task("It is slow"), build_entry(app=""), ""),
    ],
)
def test_only_a_deployment_of_what_the_report_names_counts(
    store: Store, task: Task, entry: Entry, text: str
) -> None:
    """Within the hour before the task was created, however late it is asked."""
    store.timeline.put([entry])
    supports = [*RecentDeployments(store).of(task, NOW + 5 * HOUR)]
    assert [text in support.text for support in supports] == ([True] if text else [])


def test_the_newest_of_several_is_named_once(store: Store) -> None:
    """A second deployment says no more than the first."""
    store.timeline.put([build_entry(40), build_entry(10), build_entry(30)])
    (support,) = RecentDeployments(store).of(build_task("chat-70b is slow"), NOW)
    assert "10 minutes before" in support.text
