"""A report as a value. The same state of the store gives the same report."""

from dataclasses import dataclass
from typing import Final

from clickup_mlops.features.migration.plan.model import Survey
from clickup_mlops.features.migration.verification_summary import VerificationSummary

MOST_FAILURES: Final = 500
"""So many failed steps are listed; the rest are only counted."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A step that failed. `item` is the name of the item that it belongs to."""

    kind: str
    key: str
    item: str
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """The state of a migration. `failed`: how many steps failed in all, `undone`: were undone.

    `mapping`: the mapping file, for the commands that people may run. `as_of_ms`: when the last
    step was recorded (Unix ms); None: there is none.
    """

    survey: Survey
    mapping: str
    failures: tuple[Failure, ...] = ()
    failed: int = 0
    undone: int = 0
    as_of_ms: int | None = None
    verification: VerificationSummary | None = None

    @property
    def steps_done(self) -> int:
        """Steps that are done, of all kinds."""
        return sum(count.done for count in self.survey.counts.values())

    @property
    def open(self) -> int:
        """Steps that are neither done nor failed."""
        counts = self.survey.counts.values()
        return sum(count.open - count.failed for count in counts)

    @property
    def lossy(self) -> int:
        """Values that lose something."""
        return sum(board.losses for board in self.survey.boards)
