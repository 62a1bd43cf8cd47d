"""What the checks of `automations lint` look at, and what they say. Pure.

A check evaluates automations as if they were switched on, in situations: every automation's own
examples, and what was recorded. Nothing else is asked.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations
from typing import Literal

from clickup_mlops.automations.engine import HOPS, evaluate, listens
from clickup_mlops.automations.model import Action, Automation, Effect, Example, Finding, Situation
from clickup_mlops.clickup.model import Event
from clickup_mlops.routing.router import Router

Weight = Literal["error", "warning", "note"]
WEIGHTS: tuple[Weight, ...] = ("error", "warning", "note")
"""Worst first."""
Actions = tuple[Action, ...]
_NAMED = 6
"""So many names fit a line."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One finding: the automations that it is about, what is wrong, and the way out."""

    check: str
    weight: Weight
    automations: tuple[str, ...]
    text: str
    hint: str
    situation: str = ""
    """Where it shows, if it was found by an evaluation."""

    def describe(self) -> str:
        """One line for people."""
        where = f" (in {self.situation})" if self.situation else ""
        named, more = self.automations[:_NAMED], self.automations[_NAMED:]
        names = " + ".join((*named, f"{len(more)} more") if more else named)
        return f"{self.weight}: {names}: {self.text}{where}"


@dataclass(frozen=True, slots=True)
class Sample:
    """A situation to evaluate automations in; `owner` is the automation whose example it is, empty:
    recorded.
    """

    owner: str
    example: Example

    @property
    def name(self) -> str:
        """The name that people read."""
        name = self.example.name
        return f'the example "{name}" of {self.owner}' if self.owner else name


@dataclass(frozen=True, slots=True)
class Known:
    """What is known around the automations. A kind of names that is missing is not checked.

    `names`: those of `list`, `status`, `field`, `tag`, `user`; `events`: the webhook events that
    are asked for (None: all); `sources`: the systems that may report (None: any).
    """

    names: Mapping[str, frozenset[str]] = field(default_factory=dict)
    events: frozenset[str] | None = None
    sources: frozenset[str] | None = None


@dataclass(frozen=True)
class Subject:
    """All that a check may look at."""

    automations: Sequence[Automation]
    effects: Mapping[str, Effect]
    router: Router
    recorded: Sequence[Example] = ()
    known: Known = Known()
    now_ms: int = 0
    hops: int = HOPS
    _known_actions: dict[tuple[str, int, str], Actions] = field(default_factory=dict)

    @cached_property
    def active(self) -> tuple[Automation, ...]:
        """The automations that are not off, as if they acted."""
        return tuple(
            automation.switched_on() for automation in self.automations if not automation.is_off
        )

    @cached_property
    def writing(self) -> frozenset[str]:
        """Names of the automations that act on every task."""
        return frozenset(
            automation.name for automation in self.automations if automation.mode == "on"
        )

    @cached_property
    def samples(self) -> tuple[Sample, ...]:
        """Every automation's examples, then what was recorded."""
        shipped = (
            Sample(automation.name, example)
            for automation in self.active
            for example in automation.examples
        )
        return (*shipped, *(Sample("", example) for example in self.recorded))

    @property
    def pairs(self) -> Iterator[tuple[Automation, Automation]]:
        """Each two automations that act, once."""
        yield from combinations(self.active, 2)

    def acts(self, automation: Automation, sample: Sample, kind: str) -> Actions:
        """What the automation does there when such an event comes; remembered."""
        key = automation.name, id(sample), kind
        if key not in self._known_actions:
            example_automation = (
                sample.example.automation if sample.owner == automation.name else None
            )
            findings = evaluated(
                example_automation or automation, sample.example, kind, self.router
            )
            self._known_actions[key] = tuple(
                finding for finding in findings if isinstance(finding, Action)
            )
        return self._known_actions[key]

    def both(
        self, first: Automation, second: Automation
    ) -> Iterator[tuple[Sample, Actions, Actions]]:
        """The situations in which both listen, and what each does there."""
        for sample in self.samples:
            kind = _common_kind(first, second, sample)
            if kind is not None:
                yield sample, self.acts(first, sample, kind), self.acts(second, sample, kind)


Look = Callable[[Subject], Iterable[Remark]]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look for; a file in `checks/` each."""

    summary: str
    look: Look


def evaluated(
    automation: Automation, example: Example, kind: str, router: Router
) -> tuple[Finding, ...]:
    """What the automation does in a situation, if it were switched on."""
    event: Event = replace(example.event, kind=kind)
    situation = Situation(
        event,
        example.task,
        example.now_ms,
        lambda: router.route(example.task, example.context, example.now_ms),
        latched=lambda _automation: example.latched,
        lookups=example.lookups,
        related=lambda target: example.related.get(target, ()),
    )
    return evaluate([automation.switched_on()], situation)


def _common_kind(first: Automation, second: Automation, sample: Sample) -> str | None:
    """Its event's kind; if it is an example of one of them, any kind that both listen for."""
    common, event = first.on & second.on, sample.example.event
    if listens(first, event) and listens(second, event):
        return event.kind
    return min(common, default=None) if sample.owner in (first.name, second.name) else None
