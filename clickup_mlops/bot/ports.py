"""What features may add to the handling of events: values and classes that they implement.

A feature's package returns them from the methods of `bot.package.Package`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from clickup_mlops.bot.caused_event import CausedEvent
from clickup_mlops.clickup.model import Event, Task
from clickup_mlops.json_types import Json, JsonObject
from clickup_mlops.store import Incoming

UndoTarget = int | str | None
"""The number of a change; the kind of an episode, such as `incident`; None: the last command."""
Undoing = Callable[[str, UndoTarget, str, str, Collection[str]], str]
"""Undoes something, from task id, what, user, the command's key and the names of the commands that
the user may use; what to say.
"""

ReadView = Callable[[str], object | None]
"""What a feature shows of a task, by its id, to conditions and texts; None: nothing."""

Subject = Literal["priority", "workload", "incident"]


@dataclass(frozen=True, slots=True)
class Proposed:
    """What the bot has proposed to people, why, and since when (Unix ms)."""

    value: Json
    reason: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person chose about a task, whatever the bot had decided. `at_ms`: Unix ms."""

    task_id: str
    subject: Subject
    value: Json
    """A priority (1 to 4, or None), a workload, or whether it is a live incident. None of the last
    two: what was said is taken back.
    """
    user_name: str
    """Empty if ClickUp did not report it."""
    at_ms: int
    instead_of: Proposed | None = None
    """What they refused; None: what the bot has decided last."""


@dataclass(frozen=True, slots=True)
class CommandHolds:
    """A view of a task: what commands of a feature hold there, as the effect `hold` names who set
    it (`automation`, `user`, `user_id`).
    """

    holds: tuple[JsonObject, ...]


class Roster(Protocol):
    """Who is on call, if that is not as the settings say. `rotation`: empty for `on_call`."""

    def on_call(self, rotation: str, now_ms: int, /) -> str | None:
        """The person; None: as the settings say."""

    def members(self, rotation: str, now_ms: int, /) -> Sequence[str]:
        """Who takes turns; empty: as the settings say."""


class _AsConfigured:
    """Everything is as the settings say."""

    def on_call(self, _rotation: str, _now_ms: int) -> None:
        """Nobody else."""

    def members(self, _rotation: str, _now_ms: int) -> Sequence[str]:
        """Nobody else."""
        return ()


AS_CONFIGURED: Final[Roster] = _AsConfigured()


class EventConsumer:
    """Is told what the pipeline reads, decides and notices. A new one overrides what it needs.

    Called in the lane's transaction, and again after a crash: consumers must tolerate repetition.
    """

    def read(
        self,
        rows: Sequence[Incoming],
        events: Sequence[CausedEvent],
        task: Task | None,
        evaluated: Iterable[CausedEvent] = (),
    ) -> None:
        """Rows of one lane are handled together. `events`: without only our own echoes.
        `evaluated`: with what was derived from the task. `task` None: it was not read.
        """

    def decided(
        self, task: Task, events: Sequence[CausedEvent], decision: Mapping[str, Json] | None
    ) -> None:
        """The policy decided about the task because of these events; None: it did not apply."""

    def chosen(self, choice: Choice) -> None:
        """A person chose something, by a change, a command or an undo."""

    def forgotten(self, task_id: str) -> None:
        """The task is gone. Raises StoreUnavailable: try it again."""

    def keeps_comments(self, task_id: str, at_ms: int) -> bool:
        """Whether the timeline keeps what people wrote on the task at that time (Unix ms)."""
        return False


class CommentAnswerer(Protocol):
    """Answers comments of people, such as slash commands, before their task is evaluated."""

    def may_be_in(self, event: Event) -> bool:
        """Whether the event reports a comment to answer, so that its task is read."""

    def answer(self, task: Task, events: list[CausedEvent]) -> tuple[Task, list[CausedEvent]]:
        """The task as it is afterwards; the events, with one more if an answer changed something.

        Raises:
            ClickUpMlopsError: ClickUp did not do its part; safe to repeat.
        """


class EventConsumers(EventConsumer):
    """Passes each call on to all of them; what every event brings, to those who want it."""

    def __init__(self, consumers: Iterable[EventConsumer] = ()) -> None:
        self._consumers = tuple(consumers)
        self._readers = _override("read", self._consumers)
        self._deciders = _override("decided", self._consumers)

    def read(
        self,
        rows: Sequence[Incoming],
        events: Sequence[CausedEvent],
        task: Task | None,
        evaluated: Iterable[CausedEvent] = (),
    ) -> None:
        """As `EventConsumer.read`."""
        evaluated_events = tuple(evaluated)
        for consumer in self._readers:
            consumer.read(rows, events, task, evaluated_events)

    def decided(
        self, task: Task, events: Sequence[CausedEvent], decision: Mapping[str, Json] | None
    ) -> None:
        """As `EventConsumer.decided`."""
        for consumer in self._deciders:
            consumer.decided(task, events, decision)

    def chosen(self, choice: Choice) -> None:
        """As `EventConsumer.chosen`."""
        for consumer in self._consumers:
            consumer.chosen(choice)

    def forgotten(self, task_id: str) -> None:
        """As `EventConsumer.forgotten`."""
        for consumer in self._consumers:
            consumer.forgotten(task_id)

    def keeps_comments(self, task_id: str, at_ms: int) -> bool:
        """Whether one of them does."""
        return any(consumer.keeps_comments(task_id, at_ms) for consumer in self._consumers)


def _override(name: str, consumers: Iterable[EventConsumer]) -> tuple[EventConsumer, ...]:
    """Those that do something when this is called."""
    nothing = getattr(EventConsumer, name)
    return tuple(consumer for consumer in consumers if getattr(type(consumer), name) != nothing)
