"""Rules and what becomes of them, as plain frozen values.

A `Rule` says when and what; for an event it gives `Action`s (one write each) or a `Problem`. All of
them can be printed, counted and refused; only `perform.py` carries an action out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from clickup_mlops.clickup.model import Event, Task
from clickup_mlops.config import Table
from clickup_mlops.routing.decision import Decision
from clickup_mlops.routing.facts import Context
from clickup_mlops.rules.cel import Condition

Mode = Literal["off", "shadow", "on"]


@dataclass(frozen=True, slots=True)
class Situation:
    """What a rule looks at: one event about one task, and the time. Verbs get the same."""

    event: Event
    task: Task
    now_ms: int
    route: Callable[[], Decision]
    """Asks routing about this task; only verbs that need it do."""
    metrics: Mapping[str, float]
    """Newest samples bound to the task, by metric name."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a verb wants to write. `before` and `after` are JSON values of the kind's own sort."""

    kind: str
    before: Any
    after: Any
    text: str
    """One line for people."""
    shown: Mapping[str, Any]
    """Plain facts about it by name; what an example's `expect` may name."""


@dataclass(frozen=True, slots=True)
class Verb:
    """Something that rules can do; one file in `verbs/` each. `plan` is pure, `write` acts."""

    summary: str
    options: type[Table]
    """What a rule may set beside `verb`."""
    plan: Callable[[Situation, Any], Change | None]
    """The change for this situation and these options; None if there is nothing to do."""
    write: Callable[[Any, str, Change], None]
    """Makes the change: ClickUp client, task id, change. Twice does no more than once."""


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of a rule's `do`."""

    name: str
    verb: Verb
    options: Table


@dataclass(frozen=True, slots=True)
class Example:
    """A situation in a rule's file, and the actions that it must lead to."""

    name: str
    event: Event
    task: Task
    now_ms: int
    context: Context
    """What routing is told about the task's surroundings."""
    metrics: Mapping[str, float]
    expect: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One automation: a file in `automations/`, whose name is its name."""

    name: str
    file: Path
    summary: str
    on: frozenset[str]
    when: Condition | None
    """None: always."""
    do: tuple[Step, ...]
    cap: int
    """Most actions in one hour."""
    mode: Mode
    examples: tuple[Example, ...]

    def switched_on(self) -> "Rule":
        """The same rule as if it acted, to try its examples whatever its mode is."""
        return replace(self, mode="on")


@dataclass(frozen=True, slots=True)
class Action:
    """One write that a rule wants, not done yet."""

    rule: str
    step: Step = field(repr=False)
    task_id: str
    change: Change
    cause: str
    """Key of the event that led to it."""
    mode: Mode
    cap: int

    def describe(self) -> str:
        """One line for people; the same action always reads the same."""
        return f"{self.rule}: {self.step.name} task {self.task_id}: {self.change.text}"


@dataclass(frozen=True, slots=True)
class Problem:
    """A rule that could not be judged for this event. It does nothing; the others go on."""

    rule: str
    task_id: str
    cause: str
    text: str

    def describe(self) -> str:
        """One line for people."""
        return f"{self.rule}: task {self.task_id}: {self.text}"


Finding = Action | Problem
