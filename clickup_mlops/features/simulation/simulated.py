"""What a simulation found, as plain values. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

from clickup_mlops.automations.perform import State
from clickup_mlops.json_types import Json


@dataclass(frozen=True, slots=True)
class Did:
    """What an automation would have done (`done`), or was kept from, and when (Unix ms)."""

    at_ms: int
    task_id: str
    task: str
    """The task's title."""
    automation: str
    kind: str
    before: Json
    after: Json
    text: str
    state: State


@dataclass(frozen=True, slots=True)
class Flip:
    """A value that automations changed and changed back: how often, and which automations."""

    task_id: str
    task: str
    kind: str
    times: int
    automations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PerAutomation:
    """An automation's share: what it did, how often its cap stopped it, and how often it failed."""

    automation: str
    done: int
    tasks: int
    capped: int
    problems: int


@dataclass(frozen=True)
class Simulated:
    """A simulation over what was recorded from `since_ms` to `until_ms`."""

    since_ms: int
    until_ms: int
    events: int
    """What came in, without what the bot's own writes caused."""
    reads: int
    """Most calls that reading the tasks would have cost; bursts cost fewer."""
    actions: tuple[Did, ...]

    @cached_property
    def writes(self) -> tuple[Did, ...]:
        """The writes."""
        return tuple(action for action in self.actions if action.state == "done")

    @cached_property
    def changed_tasks(self) -> int:
        """Tasks that would be written."""
        return len({write.task_id for write in self.writes})

    @cached_property
    def automations(self) -> tuple[PerAutomation, ...]:
        """Each automation that wanted something."""
        names = sorted({action.automation for action in self.actions})
        return tuple(
            _share(name, [d for d in self.actions if d.automation == name]) for name in names
        )

    @cached_property
    def flips(self) -> tuple[Flip, ...]:
        """Values that went back to what they had been, most often first."""
        return tuple(sorted(_flips(self.writes), key=lambda flip: (-flip.times, flip.task_id)))

    def to_dict(self) -> dict[str, Json]:
        """The result as plain JSON values."""
        return {
            "since_ms": self.since_ms,
            "until_ms": self.until_ms,
            "events": self.events,
            "calls": {"writes": len(self.writes), "reads_at_most": self.reads},
            "changed_tasks": self.changed_tasks,
            "cap_hits": sum(share.capped for share in self.automations),
            "automations": [asdict(share) for share in self.automations],
            "flips": [asdict(flip) for flip in self.flips],
            "actions": [asdict(action) for action in self.actions],
        }


def _share(automation: str, actions: list[Did]) -> PerAutomation:
    states = Counter(action.state for action in actions)
    tasks = {action.task_id for action in actions if action.state == "done"}
    return PerAutomation(
        automation, states["done"], len(tasks), states["capped"], states["problem"]
    )


def _flips(all_writes: Iterable[Did]) -> Iterator[Flip]:
    ordered = sorted(all_writes, key=lambda write: (write.task_id, write.kind))
    for (task_id, kind), writes in groupby(ordered, key=lambda write: (write.task_id, write.kind)):
        times, automations, task = _returns(list(writes))
        if times:
            yield Flip(task_id, task, kind, times, automations)


def _returns(writes: list[Did]) -> tuple[int, tuple[str, ...], str]:
    """How often a write restored a value that an earlier write had replaced."""
    replaced: list[Any] = []
    times = 0
    for write in writes:
        times += write.after in replaced
        replaced.append(write.before)
    return times, tuple(sorted({write.automation for write in writes})), writes[-1].task
