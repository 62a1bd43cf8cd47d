"""kill -9 between the steps of sending a report: each target has it exactly once.

The sandbox's state is the judge.
"""

from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.ports.cli import options
from clickup_mlops.sandbox import Sandbox
from tests.empty import store_at
from tests.features.reports.delivery.maker import NUMBERS, SMALL, reports
from tests.flows.conftest import INFERENCE, LIST, build
from tests.flows.crash_proxy import Aim
from tests.flows.crash_workers import POINTS, Workers
from tests.soak import only_in_soak

CONFIG = """
[reports.daily]
every = "daily"
cap = 10000
[reports.daily.targets.page]
kind = "doc"
[reports.daily.targets.channel]
kind = "chat"
channel = "ml-ops"
[reports.daily.targets.task]
kind = "comment"
task = "TASK"
"""


class Lives(Workers):
    """Bots that send small reports, and die at chosen calls. `close` it."""

    def __init__(self, sandbox: Sandbox, folder: Path, store_url: str) -> None:
        super().__init__(sandbox, folder, store_url, script="crash_reports.py", builds=SMALL)
        task = self.member.create_task(LIST, INFERENCE)
        self.configure(CONFIG.replace("TASK", task))
        with self.bot:
            self.bot = build(options.settings(self.nursery.config), builds=SMALL)
        self.expected: dict[str, str] = {}
        self._sends = 0

    def send(self, day: str, *aims: Aim) -> None:
        """Have the report of a day sent with a new text, and kill the bot at each of these."""
        self._sends += 1
        self.expected[day] = f"{self._sends} deployments"
        self.bot.store.notes.put(NUMBERS, day, self.expected[day], self._sends)
        schedule = reports(self.bot).schedule
        schedule.enqueue("daily", day, once=str(self._sends))
        self.live(*aims)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """An empty store."""
    return store_at(tmp_path / "bot.db")


def count_sent(sandbox: Sandbox) -> dict[str, Counter[str]]:
    """What there is of each sort: how often each text of a report."""

    def texts(values: Any) -> Counter[str]:
        return Counter(" ".join(value.replace("\\", "").split()[:7]) for value in values)

    world = sandbox.world
    return {
        "pages": texts(page.content for page in world.pages),
        "messages": texts(message.content for message in world.messages),
        "comments": texts(
            "".join(block.get("text", "") for block in comment.blocks) for comment in world.comments
        ),
    }


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "store",
    ["sqlite_url", pytest.param("postgres_url", marks=[pytest.mark.services, only_in_soak])],
)
@pytest.mark.clickup_sandbox(rate_limit=0)
def test_each_target_has_each_report_once_whatever_dies(
    clickup_sandbox: Sandbox, tmp_path: Path, request: pytest.FixtureRequest, store: str
) -> None:
    """New things and changed ones, killed before, during and after each call; twice where the
    second life dies while it finds out what became of the first one's call.
    """
    url = request.getfixturevalue(store)
    with closing(Lives(clickup_sandbox, tmp_path, url)) as lives:
        die_at_every_step(lives)
        judge(lives)


def die_at_every_step(lives: Lives) -> None:
    """Twenty-four kills, and a life after each report that ends it."""
    lives.send("2026-11-01", Aim("new doc", "before"), Aim("new doc", "between"))
    day = 2
    for kind in ("new page", "new message", "new comment"):
        for point in POINTS:
            lives.send(f"2026-11-{day:02}", Aim(kind, point))
            day += 1
    for kind in ("page", "message", "comment"):
        for point in POINTS:
            lives.send("2026-11-01", Aim(kind, point))
    lives.send(f"2026-11-{day:02}", Aim("new message", "between"), Aim("messages", "before"))
    lives.send("2026-11-02", Aim("message", "between"), Aim("messages", "between"))


def judge(lives: Lives) -> None:
    """Each report once at each target, with its latest text."""
    sandbox = lives.sandbox
    once = [f"# Report {day} ## A {text}" for day, text in lives.expected.items()]
    have = count_sent(sandbox)
    assert have["pages"] == Counter(once)
    assert have["messages"] == Counter(once)
    assert have["comments"].total() == len(once)
    assert len([*sandbox.world.docs]) == 1
    assert lives.bot.store.audit.verify().problem == ""
