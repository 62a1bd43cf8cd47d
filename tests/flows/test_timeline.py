"""The timeline of tasks: what happened to them, each thing once, whatever dies in between."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from clickup_mlops.sandbox import Sandbox
from clickup_mlops.store.tables.timeline import Entry
from tests.flows.conftest import INFERENCE, LIST, Team, build, settings_for, working
from tests.flows.test_executor import Crash, dying, go_on
from tests.flows.test_held import INCIDENT
from tests.flows.test_integrations import Reporting, alert, group
from tests.flows.test_integrations import team as reporting
from tests.ports import BoundPort
from tests.soak import crash_steps

__all__ = ["reporting"]
NEVER = 2**53
ROUTE = """on = ["taskCreated", "taskUpdated"]
do = [{ action = "route" }]
"""
HELLO = """on = ["taskTagUpdated"]
when = '"hot" in task.tags'
do = [{ action = "comment", text = "Looking into it", mode = "new" }]
"""


def _of(team: Team, task: str) -> list[Entry]:
    return team.bot.store.timeline.of_task(task, 0, NEVER)


def _texts(team: Team, task: str) -> list[str]:
    return [entry.text for entry in _of(team, task)]


def test_a_task_has_its_creation_its_statuses_and_its_priorities(team: Team) -> None:
    """Each once, though ClickUp reports each by several events; by whom, and by the bot, too."""
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    team.control.clock.advance(60_000)
    team.member.set_status(task, "in progress")
    team.settle()
    team.control.clock.advance(60_000)
    team.member.set_status(task, "complete")
    team.settle()

    created, priority, begun, entry = _of(team, task)
    assert [created.kind, begun.kind, entry.kind] == ["created", "status", "status"]
    assert created.value == {"to": "to do", "type": "open", "list": team.control.list_id(LIST)}
    assert priority.text == "Priority: None -> Normal"
    assert priority.actor == team.control.members[0].username
    assert begun.text == "Status: to do -> in progress"
    assert begun.actor == team.control.members[1].username
    assert begun.url.endswith(f"/t/{task}")
    assert dict(entry.value) == {
        "from": "in progress",
        "from_type": "custom",
        "to": "complete",
        "type": "closed",
        "list": team.control.list_id(LIST),
    }
    assert entry.at_ms - begun.at_ms >= 60_000


def test_what_is_handled_again_adds_nothing(team: Team) -> None:
    """As when somebody replays events."""
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    before = _of(team, task)

    for row in team.bot.store.waiting.latest(task, 99):
        team.bot.inbox.replay(row.id, team.bot.now_ms())
    team.settle()

    assert _of(team, task) == before != []


@pytest.mark.parametrize("last", crash_steps(6))
def test_no_entry_is_lost_or_doubled_wherever_it_dies(
    team: Team, tmp_path: Path, last: int
) -> None:
    """Before, during and after the write that the events lead to, as with kill -9."""
    dying(team, last)
    task = team.member.create_task(LIST, INFERENCE)
    team.member.set_status(task, "in progress")
    assert team.control.deliveries.wait_idle()
    with suppress(Crash):
        team.bot.run_until_idle()
    settings = team.bot.settings

    with build(settings, clock=team.bot.now_ms) as again:
        go_on(team, again)
        entries = again.store.timeline.of_task(task, 0, NEVER)

    kinds = Counter(entry.kind for entry in entries)
    assert kinds == {"created": 1, "status": 1, "priority": 1}


def test_people_s_comments_on_a_live_incident_are_kept(team: Team, tmp_path: Path) -> None:
    """Neither those on other tasks nor what the bot says itself."""
    team.use(tmp_path, route=ROUTE, hello=HELLO)
    live = team.member.create_task(LIST, INCIDENT)
    quiet_task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    for task in (live, quiet_task):
        team.member.tag(task, "hot")
        team.settle()
        comment = team.member.comment(task, "Rolled back to 1.4")
        team.settle()
        team.member.edit_comment(comment, "Rolled back to 1.5")
        team.settle()
        assert len(list(team.bot.client.comments.of_task(task))) == 2

    texts = [entry.text for entry in _of(team, live) if entry.kind == "comment"]
    assert texts == ["Rolled back to 1.4"]
    assert not any(entry.kind == "comment" for entry in _of(team, quiet_task))


def test_a_task_that_was_there_before_is_known_from_its_first_event_on(team: Team) -> None:
    """Its creation and its status, though no back-fill has read it; each change once."""
    running = {"name": INFERENCE, "status": "in progress"}
    quiet, begun = team.control.add_tasks(LIST, [running, {"name": INFERENCE}])
    team.control.clock.advance(3_600_000)

    team.member.tag(quiet, "hot")
    team.member.set_status(begun, "in progress")
    team.settle()

    for task, text in ((quiet, "in progress"), (begun, "to do -> in progress")):
        entries = [entry for entry in _of(team, task) if entry.kind in ("created", "status")]
        assert [entry.text for entry in entries] == ["Created", f"Status: {text}"]
    under_way = team.bot.store.flows.under_way(team.bot.workspace_id)
    assert {record.task_id for record in under_way} == {quiet, begun}
    team.member.untag(quiet, "hot")
    team.settle()
    assert len([entry for entry in _of(team, quiet) if entry.kind == "status"]) == 1


def test_what_a_backfill_finds_is_kept_once(team: Team) -> None:
    """The status at the time when it closed the task; a late event about it changes no fact."""
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    team.control.deliveries.pause()
    team.control.clock.advance(3_600_000)
    team.member.set_status(task, "complete")
    missed = team.member.create_task(LIST, f"{INFERENCE} 2")
    team.control.clock.advance(3_600_000)
    team.bot.sources.backfill.run()
    team.bot.run_until_idle()

    closed = [entry for entry in _of(team, task) if entry.kind == "status"]
    assert [entry.text for entry in closed] == ["Status: to do -> complete"]
    created = _of(team, missed)[0]
    assert created.kind == "created"
    assert team.control.clock.now_ms() - 3_700_000 < closed[0].at_ms <= created.at_ms
    assert created.at_ms < team.control.clock.now_ms() - 3_500_000

    team.bot.sources.backfill.run()
    team.control.deliveries.resume()
    team.settle()
    assert Counter(entry.kind for entry in _of(team, missed))["created"] == 1


class TestReports:
    """Reports of tools."""

    @pytest.fixture
    def team(self, reporting: Reporting) -> Reporting:
        return reporting

    def test_an_alert_is_kept_with_the_task_that_was_made_for_it(self, team: Reporting) -> None:
        """When it fires and when it is over; repeated, once."""
        for _ in range(2):
            team.post("alertmanager", group(alert("firing")))
        team.post("alertmanager", group(alert("resolved")))

        (task,) = [task.id for task in team.control.tasks if "GpuDown" in task.name]
        entries = [entry for entry in _of(team, task) if entry.kind == "alert"]
        assert [entry.value["state"] for entry in entries] == ["firing", "resolved"]
        assert entries == team.bot.store.timeline.of_kind(team.bot.workspace_id, "alert", 0, NEVER)

    def test_a_report_about_no_task_is_kept_without_one(self, team: Reporting) -> None:
        """No automation listens for it."""
        run = {"event": "prefect.flow-run.Running", "event_id": "e1", "flow": {"name": "nightly"}}
        assert team.post("prefect", run).status_code == 200

        (entry,) = team.bot.store.timeline.of_kind(team.bot.workspace_id, "pipeline", 0, NEVER)
        assert (entry.task_id, entry.text, entry.actor) == ("", "nightly: running", "prefect")
        assert entry.value["state"] == "running"


@pytest.mark.services
class TestOnPostgreSQL:
    """It keeps the same as SQLite."""

    @pytest.fixture
    def team(self, clickup_sandbox: Sandbox, tmp_path: Path, postgres_url: str) -> Iterator[Team]:
        port, clock = BoundPort(), clickup_sandbox.control.clock
        settings = settings_for(clickup_sandbox, tmp_path, port, store={"url": postgres_url})
        sleep = lambda seconds: clock.advance(int(seconds * 1000))  # noqa: E731
        with working(clickup_sandbox, settings, port, clock=clock.now_ms, sleep=sleep) as team:
            team.bot.sources.hooks.register()
            team.bot.sources.backfill.run()
            yield team

    @pytest.mark.parametrize(
        "promise",
        [
            test_a_task_has_its_creation_its_statuses_and_its_priorities,
            test_what_is_handled_again_adds_nothing,
            test_what_a_backfill_finds_is_kept_once,
        ],
    )
    def test_the_same_is_kept(self, team: Team, promise: Callable[[Team], None]) -> None:
        promise(team)

    @pytest.mark.parametrize("last", crash_steps(6))
    def test_no_entry_is_lost_or_doubled(self, team: Team, tmp_path: Path, last: int) -> None:
        test_no_entry_is_lost_or_doubled_wherever_it_dies(team, tmp_path, last)

    def test_comments_on_an_incident_are_kept(self, team: Team, tmp_path: Path) -> None:
        test_people_s_comments_on_a_live_incident_are_kept(team, tmp_path)
