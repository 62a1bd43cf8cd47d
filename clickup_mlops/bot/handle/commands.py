"""What the operations of slash commands are executed with.

A feature's slash command replies with operations; each is a `CommandOperation` of that feature.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from clickup_mlops.automations.effects.hold import as_effect
from clickup_mlops.automations.model import Automation, Change
from clickup_mlops.automations.names import Names
from clickup_mlops.automations.perform import ExecutorContext, write_change
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.inbox_writer import InboxWriter
from clickup_mlops.bot.ports import Choice, CommandHolds, EventConsumer, Undoing
from clickup_mlops.bot.ports import Subject as ChoiceSubject
from clickup_mlops.bot.write.mirrored_client import show
from clickup_mlops.clickup.model import Task
from clickup_mlops.commands.dispatch import (
    is_by_command,
    must_be_allowed,
    must_not_outrank,
    run_name,
)
from clickup_mlops.commands.model import Operation, Request, Role, Subject
from clickup_mlops.errors import InputError
from clickup_mlops.json_types import JsonObject
from clickup_mlops.routing.policy import Policy
from clickup_mlops.store import Mute, Store
from clickup_mlops.store.tables.notes import COMMAND_TIMES, REFUSED, SAID

_MOST_REFUSED: Final = 100
"""Refused commands of a task that are remembered."""


@dataclass(frozen=True, slots=True)
class CommandServices:
    """What all commands share."""

    store: Store
    context: ExecutorContext
    policy: Policy
    automations: Mapping[str, Automation]
    """By name."""
    role_of: Callable[[int], Role | None]
    """The role of a user by id; None for a stranger."""
    undo: Undoing
    inbox: InboxWriter
    consumer: EventConsumer
    names: Names
    zone: str
    """Time zone of the times in answers."""
    clock: Clock


@dataclass(frozen=True, slots=True)
class CommandRun:
    """One command on one task, while it is executed. `cause`: the key of its event."""

    services: CommandServices
    task: Task
    request: Request
    cause: str

    def write(self, change: Change, by: str) -> None:
        """Write it about the task, in the name of the command `by`. Raises: as `write_change`."""
        store, context = self.services.store, self.services.context
        write_change(
            change,
            self.task.id,
            context,
            cause=self.cause,
            automation=by,
            # One event may bring several commands: it tells what belongs to which.
            run=run_name(self.request.key),
            actor=self.request.user,
        )
        show([(self.task.id, change)], store, context)

    def choose(self, subject: ChoiceSubject, value: int | str | bool | None) -> None:
        """Tell those who listen what the person has chosen."""
        request = self.request
        choice = Choice(self.task.id, subject, value, request.user, request.at_ms)
        self.services.consumer.chosen(choice)

    def note_said(self, subject: Subject, value: str | bool, because: str) -> None:
        """Remember who said what the task is, when and why."""
        note = {"user": self.request.user, "what": value, "because": because}
        self.services.store.notes.put(SAID[subject], self.task.id, note, self.request.at_ms)

    def note_time(self, subject: str) -> None:
        """Remember when the command was written: an older one that comes later changes nothing."""
        notes, at_ms = self.services.store.notes, self.request.at_ms
        note = notes.get(COMMAND_TIMES, self.task.id)
        times = {subject: at_ms} | (note.value if note else {})
        times[subject] = max(at_ms, times[subject])
        notes.put(COMMAND_TIMES, self.task.id, times, at_ms)

    def note_refusal(self) -> None:
        """Remember that the command did nothing: it is unknown, not allowed or not possible."""
        notes, comment_id = self.services.store.notes, self.request.comment_id
        note = notes.get(REFUSED, self.task.id)
        earlier = [name for name in note.value if name != comment_id] if note else []
        refused = [*earlier, comment_id][-_MOST_REFUSED:]
        notes.put(REFUSED, self.task.id, refused, self.request.at_ms)

    def held(self) -> JsonObject | None:
        """The choice of a priority that holds, as the effect `hold` has it."""
        hold = self.services.store.overrides.get(self.task.id, self.services.clock())
        return None if hold is None else as_effect(hold)

    def must_be_replaceable(self, held: Mapping[str, Any] | None) -> None:
        """`held`: a hold or a mute that a command has set.

        Raises:
            InputError: the user's role is lower than that of the command, or of who set it.
        """
        if held is None:
            return
        by, user_id = held["automation"], held["user_id"]
        must_be_allowed(by, self.request.commands)
        if is_by_command(by) and user_id not in (None, self.request.user_id):
            must_not_outrank(self.services.role_of(user_id), held["user"], self.request.role)

    def undoable_commands(self) -> Collection[str]:
        """The commands whose changes the user may undo: not those of a hold, a mute, or what a
        feature holds by a higher role.
        """
        mutes = self.services.store.mutes.of(self.task.id, self.services.clock()).values()
        view = self.request.view(CommandHolds) or CommandHolds(())
        holds = filter(None, (self.held(), *map(as_mute_effect, mutes), *view.holds))
        return self.request.commands.keys() - {
            str(hold["automation"]).removeprefix("/") for hold in holds if self._outranks(hold)
        }

    def _outranks(self, held: JsonObject) -> bool:
        try:
            self.must_be_replaceable(held)
        except InputError:
            return True
        return False


class CommandOperation(Operation, ABC):
    """Something that a command does besides its answer."""

    @abstractmethod
    def execute(self, run: CommandRun) -> str:
        """Do it; what the answer says besides, or empty. Safe to repeat after a crash.

        Raises:
            ClickUpMlopsError: it is refused, or ClickUp did not do its part.
        """


def as_mute_effect(mute: Mute) -> JsonObject:
    """As the effect `mute` has it."""
    setter = {"automation": mute.set_by, "user": mute.user_name, "user_id": mute.user_id}
    return {"until_ms": mute.until_ms, **setter, "because": mute.because}
