"""What automations and routing want because of some events, and what its execution came to."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, TypeVar

from clickup_mlops.automations.model import (
    Action,
    Change,
    Finding,
    Held,
    Latch,
    Problem,
)
from clickup_mlops.automations.perform import State
from clickup_mlops.bot.internal_events import (
    Handover,
    from_note,
    handover_from_note,
    handover_to_note,
    to_note,
)
from clickup_mlops.bot.reservations import Reservation
from clickup_mlops.errors import ClickUpMlopsError
from clickup_mlops.store.tables.evaluations import By

T = TypeVar("T")
Part = Finding | Handover
"""What an evaluation consists of."""
Executable = Action | Problem | Held | Handover
"""A finding that has a state once it is executed."""
Refusal = tuple[Executable, ClickUpMlopsError]
"""A write that was refused for good, and why."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What is wanted because of some events: `keys` are theirs, `decision` is routing's, if any.

    `changes`: what is evaluated with it; see `store.tables.evaluations`. `reservation`: a place
    among its List's Urgent tasks, if routing gives it one; for the process that evaluated, so not
    in a note. `earlier`: events that were handled together with these and are executed already.
    `rows`: the keys of the inbox's rows that these events came with, if some have no row of their
    own: those were derived, which may turn out otherwise after a crash.
    """

    keys: tuple[str, ...]
    findings: tuple[Part, ...]
    decision: Mapping[str, Any] | None = None
    changes: Mapping[str, By] = field(default_factory=dict)
    reservation: Reservation | None = None
    earlier: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()

    @property
    def row_keys(self) -> tuple[str, ...]:
        """The keys by which the inbox may know the events."""
        return self.keys + self.rows

    def to_dict(self) -> dict[str, Any]:
        """JSON values; `from_dict` reads them."""
        return {
            "keys": self.keys,
            "earlier": self.earlier,
            "rows": self.rows,
            "actions": [asdict(part) for part in self._of(Action)],
            "problems": [asdict(replace(part, bug=None)) for part in self._of(Problem)],
            "held": [to_note(part) for part in self._of(Held)],
            "handovers": [handover_to_note(part) for part in self._of(Handover)],
            "latches": [asdict(part) for part in self._of(Latch)],
            "decision": self.decision,
            "changes": self.changes,
        }

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> "Evaluation":
        """The evaluation that a note holds."""
        actions = [_action(**part) for part in raw["actions"]]
        problems = [Problem(**part) for part in raw.get("problems", ())]
        held = map(from_note, raw.get("held", ()))
        handovers = map(handover_from_note, raw.get("handovers", ()))
        latches = [Latch(**part) for part in raw["latches"]]
        changes = raw.get("changes") or {}
        findings: tuple[Part, ...] = (*actions, *problems, *held, *handovers, *latches)
        earlier, rows = tuple(raw.get("earlier", ())), tuple(raw.get("rows", ()))
        keys, decision = tuple(raw["keys"]), raw["decision"]
        return cls(keys, findings, decision, changes, earlier=earlier, rows=rows)

    def _of(self, kind: type[T]) -> tuple[T, ...]:
        return tuple(finding for finding in self.findings if isinstance(finding, kind))


@dataclass(frozen=True, slots=True)
class Execution:
    """What an evaluation came to: the state of each write and problem, and why writes were
    refused.
    """

    evaluation: Evaluation
    states: tuple[tuple[Executable, State], ...]
    refusals: tuple[Refusal, ...] = ()

    @property
    def wrote(self) -> bool:
        """Whether anything was changed in ClickUp."""
        return any(state == "done" for _, state in self.states)


def _action(change: Mapping[str, Any], chain: Sequence[Sequence[str]], **values: Any) -> Action:
    links = tuple((cause, automation) for cause, automation in chain)
    return Action(change=Change(**change), chain=links, **values)
