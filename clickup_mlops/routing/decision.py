"""Vocabulary of routing: workloads, urgency tiers, priorities, and the decision."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final, Literal

Workload = Literal["inference", "training", "data", "infra", "other"]
Tier = Literal["incident", "breach", "due", "soon", "normal"]
Level = Literal["urgent", "high", "normal", "low"]
IncidentBy = Literal["", "tag", "text"]
"""What says that a task is a live incident, a possible one, or (a tag only) none; empty: nothing
does."""

WORKLOADS: tuple[Workload, ...] = ("inference", "training", "data", "infra", "other")
TIERS: tuple[Tier, ...] = ("incident", "breach", "due", "soon", "normal")
"""Most urgent first."""

QUIET: Final = len(TIERS)
"""Rank of a service without a sign of urgency: there is nothing to do."""

URGENT, HIGH, NORMAL, LOW = 1, 2, 3, 4
"""Priorities as in the ClickUp API: a smaller number is more urgent."""

NUMBER: Mapping[Level, int] = MappingProxyType(
    {"urgent": URGENT, "high": HIGH, "normal": NORMAL, "low": LOW}
)
_TITLES = {None: "None", URGENT: "Urgent", HIGH: "High", NORMAL: "Normal", LOW: "Low"}


def format_priority(priority: int | None) -> str:
    """The priority as ClickUp's pages show it, for example `Urgent`; `None` if it has none."""
    return _TITLES.get(priority, str(priority))


def format_moment(at_ms: int) -> str:
    """A time (Unix ms) as text, in UTC."""
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at_ms)
    return at.strftime("%Y-%m-%d %H:%M UTC")


_PLAIN: Final = ("workload ", "policy: ", "tier normal: ", "text: ", "service: ")


@dataclass(frozen=True, slots=True)
class Decision:
    """The priority that routing gives one task, with everything needed to explain it later.

    `priority` is 1 (Urgent) to 4 (Low); None only for a closed task
    without one. `before` is the priority that was read.
    """

    task_id: str
    priority: int | None
    before: int | None
    workload: Workload
    tier: Tier
    decided_by: str
    """What decided: `closed`, `person`, `automation`, `urgent-cap`, `ageing`, or the cell of
    the policy table that applied, for example `inference.breach`."""
    reasons: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    confidence: float = 0.0
    runner_up: str = ""
    scores: Mapping[str, float] = field(default_factory=dict)
    source: str = ""
    """Source of the workload: `field`, `tag`, `list`, `text` or `default`."""
    incident: bool = False
    incident_by: IncidentBy = ""
    breaches: tuple[str, ...] = ()
    """Metrics that count as breached: the next decision holds them until they have recovered."""
    recovering: tuple[str, ...] = ()
    """Those of them that meet their objective again, but not by the margin."""
    kept_for_person: bool = False
    serves: bool = False
    """The task is finished and stands for a service that runs."""
    cause: str = ""
    """Key of the event that set it."""
    at_ms: int = 0

    @property
    def changes(self) -> bool:
        """Whether the decision differs from the task's priority."""
        return self.priority != self.before

    @property
    def possible_incident(self) -> bool:
        """Whether the text may report a live incident, and nobody has said whether it does."""
        return self.incident_by == "text" and not self.incident

    @property
    def rank(self) -> int:
        """Where its tier stands: 0 is first. A service without a sign of urgency comes last."""
        return QUIET if self.serves and self.tier == "normal" else TIERS.index(self.tier)

    @property
    def urgent_because(self) -> list[str]:
        """The reasons, without those that only say to which workload and priority it belongs."""
        reasons = [text for text in self.reasons if not text.startswith(_PLAIN)]
        return [text.partition(": ")[2] if text.startswith("tier ") else text for text in reasons]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; `from_dict` gives the same decision back."""
        plain = {f.name: getattr(self, f.name) for f in fields(self)}
        plain.update(
            reasons=list(self.reasons),
            evidence=list(self.evidence),
            breaches=list(self.breaches),
            recovering=list(self.recovering),
            scores=dict(self.scores),
            rank=self.rank,
        )
        return plain

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> "Decision":
        """The decision that `to_dict` made these values from; keys it does not know are ignored."""
        values = {f.name: plain[f.name] for f in fields(cls) if f.name in plain}
        for name in ("reasons", "evidence", "breaches", "recovering"):
            values[name] = tuple(values.get(name, ()))
        return cls(**values)
