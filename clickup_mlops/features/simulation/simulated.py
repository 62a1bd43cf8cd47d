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
    did: tuple[Did, ...]

    @cached_property
    def done(self) -> tuple[Did, ...]:
        """The writes."""
        return tuple(one for one in self.did if one.state == "done")

    @cached_property
    def changed_tasks(self) -> int:
        """Tasks that would be written."""
        return len({one.task_id for one in self.done})

    @cached_property
    def automations(self) -> tuple[PerAutomation, ...]:
        """Each automation that wanted something."""
        names = sorted({one.automation for one in self.did})
        return tuple(_share(name, [d for d in self.did if d.automation == name]) for name in names)

    @cached_property
    def flips(self) -> tuple[Flip, ...]:
        """Values that went back to what they had been, most often first."""
        return tuple(sorted(_flips(self.done), key=lambda flip: (-flip.times, flip.task_id)))

    def to_dict(self) -> dict[str, Json]:
        """Plain JSON values."""
        return {
            "since_ms": self.since_ms,
            "until_ms": self.until_ms,
            "events": self.events,
            "calls": {"writes": len(self.done), "reads_at_most": self.reads},
            "changed_tasks": self.changed_tasks,
            "cap_hits": sum(one.capped for one in self.automations),
            "automations": [asdict(one) for one in self.automations],
            "flips": [asdict(one) for one in self.flips],
            "actions": [asdict(one) for one in self.did],
        }


def _share(automation: str, did: list[Did]) -> PerAutomation:
    states = Counter(one.state for one in did)
    tasks = {one.task_id for one in did if one.state == "done"}
    return PerAutomation(
        automation, states["done"], len(tasks), states["capped"], states["problem"]
    )


def _flips(done: Iterable[Did]) -> Iterator[Flip]:
    ordered = sorted(done, key=lambda one: (one.task_id, one.kind))
    for (task_id, kind), writes in groupby(ordered, key=lambda one: (one.task_id, one.kind)):
        times, automations, task = _returns(list(writes))
        if times:
            yield Flip(task_id, task, kind, times, automations)


def _returns(writes: list[Did]) -> tuple[int, tuple[str, ...], str]:
    """How often a write restored a value that an earlier write had replaced."""
    replaced: list[Any] = []
    times = 0
    for one in writes:
        times += one.after in replaced
        replaced.append(one.before)
    return times, tuple(sorted({one.automation for one in writes})), writes[-1].task
