"""The undo engine: what is journalled around a step, and what a problem means for the others."""

import pytest

from clickup_mlops.bot.write.undo.engine import GONE, Failure, Outcome, UndoEngine


class Log:
    """A journal that lists its calls."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def begin(self, step: str) -> None:
        self.calls.append(f"begin {step}")

    def undone(self, step: str) -> None:
        self.calls.append(f"undone {step}")

    def failed(self, step: str, failure: Failure) -> None:
        self.calls.append(f"failed {step}: {failure.reason}")


def perform(problem: Exception | None, failure: Failure | None) -> tuple[Outcome[str], list[str]]:
    """The outcome of a step whose call raises the problem, and what is journalled."""
    log = Log()

    def write(_step: str) -> None:
        if problem is not None:
            raise problem

    return UndoEngine(log, write, lambda _problem: failure).perform("step"), log.calls


@pytest.mark.parametrize(
    ("problem", "failure", "state", "calls"),
    [
        (None, None, "undone", ["begin step", "undone step"]),
        (LookupError(), GONE, "undone", ["begin step", "undone step"]),
        (OSError(), Failure("refused", "no"), "failed", ["begin step", "failed step: no"]),
        (OSError(), Failure("unknown", "perhaps"), "failed", ["begin step"]),
    ],
)
def test_a_step_is_journalled_before_and_after(
    problem: Exception | None, failure: Failure | None, state: str, calls: list[str]
) -> None:
    """A step that may have happened stays open, to be found out later."""
    outcome, journalled = perform(problem, failure)

    assert (outcome.state, journalled) == (state, calls)
    assert outcome.why == (failure.reason if failure else "")


def test_a_fatal_problem_closes_its_step_and_ends_the_undo() -> None:
    """So does one about which nothing is known, but its step stays open."""
    log = Log()

    def write(_step: str) -> None:
        raise OSError("gone away")

    with pytest.raises(OSError, match="gone away"):
        UndoEngine(log, write, lambda _problem: Failure("fatal", "no")).perform("a")
    with pytest.raises(OSError, match="gone away"):
        UndoEngine(log, write, lambda _problem: None).perform("b")
    assert log.calls == ["begin a", "failed a: no", "begin b"]
