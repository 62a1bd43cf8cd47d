"""Collects what a verification finds: the first of everything, and the number of all."""

from dataclasses import dataclass, field
from typing import Final

from clickup_mlops.features.migration.verification_summary import (
    MOST_LISTED,
    Difference,
    VerificationSummary,
)
from clickup_mlops.features.migration.verify.fields import Finding
from clickup_mlops.features.migration.verify.index import Named
from clickup_mlops.features.migration.verify.task_state import TaskState

_LONGEST: Final = 300
"""Characters of a value that are kept."""


@dataclass(slots=True)
class FindingLog:
    """Collects the first differences and counts all."""

    compared: int = 0
    boards: list[str] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    different: int = 0
    unequal: set[str] = field(default_factory=set)
    missing: list[str] = field(default_factory=list)
    missing_count: int = 0
    extra: list[str] = field(default_factory=list)
    extra_count: int = 0
    names: dict[str, str] = field(default_factory=dict)

    def add(self, item: Named, field: str, finding: Finding, url: str) -> None:
        """One more value that differs."""
        self.different += 1
        self.unequal.add(item.id)
        if len(self.differences) < MOST_LISTED:
            source, target = (value[:_LONGEST] for value in finding)
            self.differences.append(
                Difference(item.id, field, source, target, item.name, item.board, url)
            )

    def miss(self, item: Named) -> None:
        """One more item without a task."""
        self.missing_count += 1
        self.unequal.add(item.id)
        if len(self.missing) < MOST_LISTED:
            self.missing.append(item.id)
            self.names[item.id] = item.name

    def exceed(self, task: TaskState) -> None:
        """One more task of an item that the source does not have."""
        self.extra_count += 1
        if len(self.extra) < MOST_LISTED:
            self.extra.append(task.id)
            self.names[task.id] = task.name

    def summary(self, now_ms: int) -> VerificationSummary:
        """As it is kept."""
        return VerificationSummary(
            now_ms,
            tuple(self.boards),
            self.compared,
            self.compared - len(self.unequal),
            tuple(self.differences),
            tuple(self.missing),
            tuple(self.extra),
            self.different,
            self.missing_count,
            self.extra_count,
            self.names,
        )
