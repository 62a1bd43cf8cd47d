"""Carrying out what rules want: journalled, capped, and held back in shadow."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from clickup_mlops.errors import ApiError, NotFound, RetryableApiError, UncertainWrite
from clickup_mlops.routing.facts import Context
from clickup_mlops.routing.policy import Policy
from clickup_mlops.routing.router import Router
from clickup_mlops.rules.caps import HOUR_MS, Caps
from clickup_mlops.rules.engine import decide
from clickup_mlops.rules.model import Action, Problem
from clickup_mlops.rules.perform import Hands, perform
from clickup_mlops.store import Store
from tests.rules.support import NOW_MS, event, rule, task

HEAD = 'on = ["taskCreated"]\ndo = [{ verb = "route" }]'


class Board:
    """Stands where the client's `tasks` stand: keeps priorities, or refuses with an error."""

    def __init__(self, error: ApiError | None = None) -> None:
        self.tasks = self
        self.priorities: dict[str, int | None] = {}
        self.calls = 0
        self._error = error

    def update(self, task_id: str, *, priority: int | None) -> None:
        self.calls += 1
        if self._error is not None:
            raise self._error
        self.priorities[task_id] = priority


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A real store on SQLite."""
    opened = Store.open(f"sqlite:///{tmp_path / 'bot.db'}")
    yield opened
    opened.close()


def _action(folder: Path, more: str = "") -> Action:
    def route() -> object:
        return Router(Policy()).route(task(), Context(), NOW_MS)

    (action,) = decide([rule(folder, f"{HEAD}\n{more}")], event(), task(), NOW_MS, route)
    return action


def test_a_write_is_journalled_before_and_after(store: Store, tmp_path: Path) -> None:
    """With what it changes, by which rule, and because of which event."""
    board = Board()
    outcome = perform(_action(tmp_path), Hands(board, store.journal, Caps()), NOW_MS)

    (row,) = store.journal.list()
    assert outcome.state == "done"
    assert board.priorities == {"t1": 3}
    assert (row.task_id, row.kind, row.before, row.after) == ("t1", "priority", None, 3)
    assert (row.rule, row.cause, row.outcome) == ("some_rule", "cause-1", "done")


def test_performing_twice_ends_the_same(store: Store, tmp_path: Path) -> None:
    """The verb is idempotent."""
    board, action = Board(), _action(tmp_path)
    for _ in range(2):
        perform(action, Hands(board, store.journal, Caps()), NOW_MS)

    assert board.priorities == {"t1": 3}


@pytest.mark.parametrize(("mode", "everything"), [("shadow", False), ("on", True)])
def test_in_shadow_nothing_is_written(
    store: Store, tmp_path: Path, mode: str, everything: bool
) -> None:
    """Neither by a rule in shadow nor by a bot in shadow; the outcome says what would be."""
    board = Board()
    hands = Hands(board, store.journal, Caps(), shadow=everything)
    outcome = perform(_action(tmp_path, f'mode = "{mode}"'), hands, NOW_MS)

    assert outcome.state == "shadow"
    assert outcome.text == "some_rule: route task t1: None -> Normal (inference.calm)"
    assert (board.calls, store.journal.list()) == (0, [])


def test_a_rule_stops_at_its_cap_and_goes_on_an_hour_later(store: Store, tmp_path: Path) -> None:
    """Its own cap only: another rule is not stopped."""
    board = Board()
    hands, action = Hands(board, store.journal, Caps()), _action(tmp_path, "cap = 2")
    times = [NOW_MS, NOW_MS + 1, NOW_MS + 2, NOW_MS + HOUR_MS - 1, NOW_MS + HOUR_MS]
    states = [perform(action, hands, now_ms).state for now_ms in times]

    assert states == ["done", "done", "capped", "capped", "done"]
    assert hands.caps.take("another_rule", 1, NOW_MS)
    assert board.calls == 3


def test_shadow_uses_up_no_cap(store: Store, tmp_path: Path) -> None:
    """What was not done is not counted."""
    hands = Hands(Board(), store.journal, Caps(), shadow=True)
    action = _action(tmp_path, "cap = 1")

    assert [perform(action, hands, NOW_MS).state for _ in range(3)] == ["shadow"] * 3


def test_a_problem_does_nothing_but_is_told(store: Store) -> None:
    """In its own words."""
    board = Board()
    problem = Problem("some_rule", "t1", "cause-1", "condition: no such key")
    outcome = perform(problem, Hands(board, store.journal, Caps()), NOW_MS)

    assert (outcome.state, outcome.text) == ("problem", problem.describe())
    assert board.calls == 0


@pytest.mark.parametrize(
    ("error", "unfinished"),
    [
        (NotFound("no task", status=404), 0),
        (RetryableApiError("rate limit", status=429), 0),
        (RetryableApiError("bad gateway", status=502), 1),
        (RetryableApiError("broken line", status=0), 1),
        (UncertainWrite("no answer", status=0), 1),
    ],
    ids=lambda value: str(value),
)
def test_a_write_of_unknown_outcome_stays_open_in_the_journal(
    store: Store, tmp_path: Path, error: ApiError, unfinished: int
) -> None:
    """A clear no is closed as failed; what may have happened is left to be settled by reading."""
    with pytest.raises(type(error)):
        perform(_action(tmp_path), Hands(Board(error), store.journal, Caps()), NOW_MS)

    assert len(store.journal.unfinished()) == unfinished
    assert [row.outcome for row in store.journal.list()] == ["" if unfinished else "failed"]
