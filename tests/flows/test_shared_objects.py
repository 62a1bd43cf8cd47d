"""A doc that many tasks share is created once, whoever else creates it at the same time."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.automations.model import Change
from clickup_mlops.automations.perform import write_change
from clickup_mlops.bot.lanes.shared_objects import LANE
from clickup_mlops.bot.lanes.worker import Postponed
from clickup_mlops.bot.packages import Builds
from clickup_mlops.sandbox import Sandbox
from tests.flows.conftest import (
    INFERENCE,
    LIST,
    SharedContext,
    Team,
    build,
    settings_for,
    working,
)
from tests.flows.test_executor import Crash, Fate, MortalExecution, go_on
from tests.ports import BoundPort
from tests.soak import crash_steps

ENDS = """
on = ["taskStatusUpdated"]
when = '!task.open'
do = [
  { action = "write_doc", once = true, doc = "Post-mortems", page = "${task.id}", text = "Over." },
]
"""
BLOCK = """
on = ["taskStatusUpdated"]
when = '!task.open'
do = [
  { action = "write_block", doc = "Post-mortems", page = "S", block = "of-${task.id}", text = "x" },
]
"""
TASKS = 4


def _docs(team: Team) -> dict[str, list[str]]:
    """Pages by doc id."""
    docs, workspace = team.bot.client.docs, team.bot.core.workspace_id
    matches = [doc for doc in docs.all(workspace) if doc.name.casefold() == "post-mortems"]
    return {doc.id: sorted(page.name for page in docs.pages(workspace, doc.id)) for doc in matches}


def _end_all(team: Team) -> list[str]:
    tasks = [team.member.create_task(LIST, INFERENCE) for _ in range(TASKS)]
    team.settle()
    for task in tasks:
        team.member.set_status(task, "complete")
    assert team.control.deliveries.wait_idle()
    return tasks


def _go_on(team: Team) -> None:
    for _ in range(TASKS + 1):
        team.settle()
        team.control.clock.advance(2_000)


class TestSharedObjects:
    """In the threads of a process, on SQLite; and in two processes, on PostgreSQL."""

    @pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.services)])
    def team(
        self, request: pytest.FixtureRequest, clickup_sandbox: Sandbox, tmp_path: Path
    ) -> Iterator[Team]:
        store = {}
        if request.param == "postgres":
            store = {"store": {"url": request.getfixturevalue("postgres_url")}}
        port, clock = BoundPort(), clickup_sandbox.control.clock
        settings = settings_for(clickup_sandbox, tmp_path, port, **store)
        sleep = lambda seconds: clock.advance(int(seconds * 1000))  # noqa: E731
        with working(clickup_sandbox, settings, port, clock=clock.now_ms, sleep=sleep) as team:
            team.bot.sources.hooks.register()
            team.bot.sources.backfill.run()
            assert team.bot.user_id
            yield team

    @pytest.mark.parametrize("automation", [ENDS, BLOCK], ids=["page", "block"])
    def test_incidents_that_end_together_share_one_doc(
        self, team: Team, tmp_path: Path, automation: str
    ) -> None:
        """Each has its page in it, or its block on the page."""
        team.use(tmp_path, ends=automation)
        tasks = _end_all(team)
        with ExitStack() as closing, ThreadPoolExecutor(TASKS) as threads:
            bots = [team.bot, team.bot]
            if not team.bot.store.database.is_sqlite:
                clock = team.control.clock.now_ms
                bots[1] = closing.enter_context(build(team.bot.settings, clock=clock))
            runs = [bots[n % 2].lanes.worker.run for n in range(TASKS)]
            list(threads.map(lambda run, task: run(task), runs, tasks))
        _go_on(team)

        (pages,) = _docs(team).values()
        assert pages == (sorted(tasks) if automation == ENDS else ["S"])
        if automation == BLOCK:
            (doc,) = _docs(team)
            (page,) = team.bot.client.docs.pages(team.bot.core.workspace_id, doc)
            text = team.bot.client.docs.page(team.bot.core.workspace_id, doc, page.id).content
            assert all(f"of-{task}" in text.replace("\\", "") for task in tasks)
        depth = team.bot.inbox.depth(team.bot.now_ms())
        assert (depth.ready, depth.parked) == (0, 0)


@pytest.mark.parametrize("last", crash_steps(6))
def test_there_is_one_doc_wherever_its_maker_dies(team: Team, tmp_path: Path, last: int) -> None:
    """Another task that needs it meanwhile waits until it is known what became of the write."""
    team.use(tmp_path, ends=ENDS)
    fate = Fate(last)
    team.restart(
        builds=Builds(context=SharedContext, execution=partial(MortalExecution, fate=fate))
    )
    tasks = _end_all(team)
    with suppress(Crash):
        team.settle()
    assert fate.steps >= last

    with build(team.bot.settings, clock=team.control.clock.now_ms) as again:
        for _ in range(3):
            go_on(team, again)

    (pages,) = _docs(team).values()
    assert pages == sorted(tasks)


def test_who_finds_a_write_that_was_cut_off_waits(team: Team) -> None:
    """ClickUp may still act on it; one that nobody reconciles holds it up for ten minutes."""
    context = team.bot.execution.executor_context
    change = Change("doc:a", None, {"doc": "Post-mortems", "page": "p", "text": "t"}, "", {})
    cut_off: dict[str, Any] = {"cause": "e1", "automation": "a"}
    fault = {"method": "POST", "path": "*/docs"}
    team.control.faults.add("cut_before", **fault, times=None)
    with suppress(Exception):
        write_change(change, "", context, **cut_off)
    team.control.faults.clear()
    (row,) = team.bot.store.journal.unfinished()

    other_change = Change("doc:b", None, {"doc": "POST-MORTEMS", "page": "q", "text": "t"}, "", {})
    with pytest.raises(Postponed):
        write_change(other_change, "", context, cause="e2", automation="b")
    assert [row.id for row in team.bot.store.journal.unfinished()] == [row.id]
    lane = f"{LANE}{team.bot.core.workspace_id}:doc/post-mortems"
    assert team.bot.store.leases.holder(lane, team.bot.now_ms()) is None
    team.control.clock.advance(600_000)
    write_change(other_change, "", context, cause="e2", automation="b")
    assert len(_docs(team)) == 1
