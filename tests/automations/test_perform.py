"""Carrying out what automations want: journalled, capped, and held back in shadow."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from clickup_mlops.automations.engine import decide
from clickup_mlops.automations.load import find_effects
from clickup_mlops.automations.model import Action, Problem
from clickup_mlops.automations.perform import ExecutorContext, perform
from clickup_mlops.clickup.client.base import Api
from clickup_mlops.clickup.client.resources.lists import Lists
from clickup_mlops.clickup.client.resources.spaces import Spaces
from clickup_mlops.clickup.client.resources.tasks import Tasks
from clickup_mlops.clickup.governor import Governor, MemoryLedger, PriorityClass
from clickup_mlops.clickup.transport import Transport
from clickup_mlops.errors import NotFound, RetryableApiError
from clickup_mlops.routing.decision import Decision
from clickup_mlops.routing.facts import Context
from clickup_mlops.routing.policy import Policy
from clickup_mlops.routing.router import Router
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.store import Store
from clickup_mlops.store.journal_rows import DONE, NOT_SEEN
from clickup_mlops.store.tables.journal import HOUR_MS
from tests.automations.support import NOW_MS, automation, event

HEAD = 'on = ["taskCreated"]\ndo = [{ action = "route" }]'


@dataclass
class World:
    """The real client on a sandbox with one inference task, a real store, and the automations'
    folder.
    """

    sandbox: Sandbox
    tasks: Tasks
    task_id: str
    store: Store
    folder: Path

    def action(self, more: str = "") -> Action:
        """Route the task; `more` are keys of the automation's file."""
        task = self.tasks.get(self.task_id)

        def route() -> Decision:
            return Router(Policy()).route(task, Context(), NOW_MS)

        automations = [automation(self.folder, f"{HEAD}\n{more}")]
        (action,) = decide(automations, event(), task, NOW_MS, route)
        assert isinstance(action, Action)
        return action

    def context(self, **more: Any) -> ExecutorContext:
        """What performing needs; the client's other resources are not used."""
        more = {"clock": lambda: NOW_MS} | more
        return ExecutorContext(self, find_effects(), self.store.journal, **more)

    def priority(self) -> int | None:
        """The task's priority, read from the sandbox."""
        return self.tasks.get(self.task_id).priority


@pytest.fixture
def world(clickup_sandbox: Sandbox, tmp_path: Path) -> Iterator[World]:
    """A client that does not sleep between its tries."""
    transport = Transport(
        clickup_sandbox.token,
        base_url=clickup_sandbox.url,
        governor=Governor(MemoryLedger(), clickup_sandbox.token),
        sleep=lambda _seconds: None,
    )
    api = Api(transport, PriorityClass.ROUTING)
    space = Spaces(api).create(clickup_sandbox.team_id, "ML")
    serving = Lists(api).create("Serving", space_id=space.id)
    task = Tasks(api).create(serving.id, "Ranker", tags=["inference"])
    store = Store.open(f"sqlite:///{tmp_path / 'bot.db'}")
    yield World(clickup_sandbox, Tasks(api), task.id, store, tmp_path)
    store.close()
    transport.close()


def test_a_write_is_journalled_before_and_after(world: World) -> None:
    """With what it changes, by which automation, and because of which event."""
    outcome = perform(world.action(), world.context())

    (row,) = world.store.journal.list()
    assert outcome.state == "done"
    assert world.priority() == 3
    assert (row.task_id, row.kind, row.before, row.after) == (world.task_id, "priority", None, 3)
    assert (row.automation, row.cause, row.outcome) == ("some_automation", "cause-1", "done")


def test_performing_twice_ends_the_same(world: World) -> None:
    """The action is idempotent."""
    action = world.action()
    for _ in range(2):
        perform(action, world.context())

    assert world.priority() == 3


@pytest.mark.parametrize(("mode", "is_everything"), [("shadow", False), ("on", True)])
def test_in_shadow_nothing_is_written(world: World, mode: str, is_everything: bool) -> None:
    """Neither by an automation in shadow nor by a bot in shadow; the outcome says what would be."""
    action = world.action(f'mode = "{mode}"')
    outcome = perform(action, world.context(shadow=is_everything))

    assert outcome.state == "shadow"
    assert outcome.text == (
        f"some_automation: route task {world.task_id}: None -> Normal (inference.normal)"
    )
    assert (world.priority(), world.store.journal.list()) == (None, [])


def test_an_automation_stops_at_its_cap_and_goes_on_an_hour_later(world: World) -> None:
    """What was refused by the cap is not noted."""
    action = world.action("cap = 2")
    times = [NOW_MS, NOW_MS + 1, NOW_MS + 2, NOW_MS + HOUR_MS - 1, NOW_MS + HOUR_MS]
    contexts = [world.context(clock=lambda now=now_ms: now) for now_ms in times]
    states = [perform(action, context).state for context in contexts]

    assert states == ["done", "done", "capped", "capped", "done"]
    assert len(world.store.journal.list()) == 3


def test_shadow_uses_up_no_cap(world: World) -> None:
    """What was not done is not counted."""
    action, shadow = world.action("cap = 1"), world.context(shadow=True)

    assert [perform(action, shadow).state for _ in range(3)] == ["shadow"] * 3
    assert perform(action, world.context()).state == "done"


def test_a_problem_does_nothing_but_is_told(world: World) -> None:
    """In its own words."""
    problem = Problem("some_automation", world.task_id, "cause-1", "condition: no such key")
    outcome = perform(problem, world.context())

    assert (outcome.state, outcome.text) == ("problem", problem.describe())
    assert (world.priority(), world.store.journal.list()) == (None, [])


def test_a_refused_write_is_closed_as_failed(world: World) -> None:
    """The task is gone: nothing has happened, and nothing needs to be settled."""
    action = world.action()
    world.tasks.delete(world.task_id)
    with pytest.raises(NotFound):
        perform(action, world.context())

    assert [row.outcome for row in world.store.journal.list()] == ["failed"]


@pytest.mark.parametrize(
    ("fault", "details"),
    [
        ("status", {"status_code": 502}),
        ("cut_before", {}),
    ],
)
def test_a_write_of_unknown_outcome_stays_open_in_the_journal(
    world: World, fault: str, details: dict[str, int]
) -> None:
    """Whether the last try happened cannot be told from here: it is reconciled by reading. Each
    try before it has its own row: the task did not show it.
    """
    action = world.action()
    world.sandbox.faults.add(fault, method="PUT", times=None, **details)
    with pytest.raises(RetryableApiError):
        perform(action, world.context())

    assert [row.outcome for row in world.store.journal.list()] == ["", *[NOT_SEEN] * 5]


def test_a_write_that_happened_without_an_answer_is_not_sent_again(world: World) -> None:
    """One call reads the task, which shows it."""
    action = world.action()
    world.sandbox.faults.add("cut_after", method="PUT")
    world.sandbox.control.reset_counts()
    perform(action, world.context())

    assert [row.outcome for row in world.store.journal.list()] == [DONE]
    assert (world.priority(), world.sandbox.control.stats.total) == (3, 3)  # the last is our own


def test_a_failure_is_a_warning_and_a_bug_has_its_traceback(world: World) -> None:
    """Whoever wrote the automation fixes the one, a programmer the other."""
    bug = ZeroDivisionError("oh")
    with capture_logs() as lines:
        for step in (
            Problem("r", "t1", "e1", "user: nobody", hint="Correct r.toml."),
            Problem("r", "t1", "e1", "ZeroDivisionError: oh", bug=bug),
        ):
            assert perform(step, world.context()).state == "problem"

    message = [(line["event"], line["log_level"], line["exc_info"]) for line in lines]
    assert message == [("action_problem", "warning", None), ("action_problem", "error", bug)]
    assert lines[0]["hint"] == "Correct r.toml."
