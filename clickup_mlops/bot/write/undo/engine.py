"""One way to undo, whatever made the changes: the bot's own writes, provisioning, or a migration.

Each of them plans its undo: inverse steps as values, and what stays, with the reason. The engine
performs a step: it is journalled before its call and closed after it, so that an undo that was cut
off is simply repeated.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Literal, Protocol, TypeVar

StepT = TypeVar("StepT")
StepT_contra = TypeVar("StepT_contra", contravariant=True)

State = Literal["undone", "would", "kept", "failed"]
"""`would`: in a preview, it would be undone. `kept`: it stays, for the reason that is given."""


@dataclass(frozen=True, slots=True)
class Outcome(Generic[StepT]):
    """What became of an inverse step, and if it is not undone, why."""

    step: StepT
    state: State
    why: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """What a problem says about its step.

    `gone`: there is nothing left to undo, which counts as undone. `refused`: it had no effect, and
    the others go on. `unknown`: it may have happened, and the others go on. `fatal`: it had no
    effect, and the undo ends with the problem.
    """

    kind: Literal["gone", "refused", "unknown", "fatal"]
    reason: str = ""


GONE = Failure("gone")
"""A person, or an undo that was cut off, removed it before."""

Explain = Callable[[Exception], Failure | None]
"""What a problem means; None: nothing is known about the step, and the undo ends with it."""


class UndoJournal(Protocol[StepT_contra]):
    """Records inverse steps. Every kind of change has its own tables, and audits by them."""

    def begin(self, step: StepT_contra) -> None:
        """It is about to be written; on disk when this returns."""

    def undone(self, step: StepT_contra) -> None:
        """It had its effect."""

    def failed(self, step: StepT_contra, failure: Failure) -> None:
        """It had no effect."""


class UndoEngine(Generic[StepT]):
    """`write` makes the call of a step."""

    def __init__(
        self, journal: UndoJournal[StepT], write: Callable[[StepT], None], explain: Explain
    ) -> None:
        self._journal, self._write, self._explain = journal, write, explain

    def perform(self, step: StepT) -> Outcome[StepT]:
        """Do it. Raises: what ends the undo; it may be repeated."""
        self._journal.begin(step)
        try:
            self._write(step)
        except Exception as problem:
            failure = self._explain(problem)
            if failure is None:
                raise
            if failure.kind != "gone":
                return self._fail(step, failure, problem)
        self._journal.undone(step)
        return Outcome(step, "undone")

    def _fail(self, step: StepT, failure: Failure, problem: Exception) -> Outcome[StepT]:
        if failure.kind != "unknown":
            self._journal.failed(step, failure)
        if failure.kind == "fatal":
            raise problem
        return Outcome(step, "failed", failure.reason)
