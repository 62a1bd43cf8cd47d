"""Executes the slash commands in comments, and answers in their threads.

Once for each comment and command, so that an edit counts if it changes the command: the answer is
journalled under the comment's id with the command, and comes last. After a crash before it
everything is done again, which ends the same: a choice counts from the comment's own time (or from
when its edit came), and what is there already is not written.
"""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from clickup_mlops import logs
from clickup_mlops.automations import workload_label
from clickup_mlops.automations.effects.hold import as_effect
from clickup_mlops.automations.effects.reply import MARK
from clickup_mlops.automations.events import BACKFILL, REEVALUATION
from clickup_mlops.automations.model import Automation, Change
from clickup_mlops.automations.occurrence import POSTED
from clickup_mlops.automations.perform import ExecutorContext, write_change
from clickup_mlops.bot.clock import Clock, to_ms
from clickup_mlops.bot.handle import ports
from clickup_mlops.bot.handle.caused_event import CausedEvent
from clickup_mlops.bot.handle.context.missed_comments import MissedComments
from clickup_mlops.bot.handle.context.people import People
from clickup_mlops.bot.handle.context.reader import SLACK_MS
from clickup_mlops.bot.handle.ports import EventConsumer, Undoing
from clickup_mlops.bot.handle.results.outcomes import NOT_YET, routing_automations
from clickup_mlops.bot.handle.results.task_states import task_state
from clickup_mlops.bot.handle.trigger import trigger
from clickup_mlops.bot.inbox_writer import InboxWriter
from clickup_mlops.bot.write.mirrored_client import show
from clickup_mlops.clickup.model import Event, HistoryItem, Task
from clickup_mlops.clickup.webhook import EDITED
from clickup_mlops.commands import parsing
from clickup_mlops.commands.dispatch import (
    Commands,
    allowed,
    answer,
    is_by_command,
    must_be_allowed,
    must_not_outrank,
)
from clickup_mlops.commands.model import (
    Hold,
    JoinIncident,
    Mode,
    Mute,
    Operation,
    Release,
    Reply,
    Request,
    Role,
    Run,
    SetIncident,
    SetWorkload,
    SplitIncident,
    Subject,
    Undo,
)
from clickup_mlops.commands.parsing import Invocation
from clickup_mlops.commands.phrases import plain
from clickup_mlops.errors import ClickUpMlopsError, InputError, NotFound, is_refusal
from clickup_mlops.features.incidents import label
from clickup_mlops.features.incidents.conditions.status import status
from clickup_mlops.features.incidents.moves import IncidentMoves
from clickup_mlops.features.incidents.tables.incidents import Incidents
from clickup_mlops.features.incidents.view import latest
from clickup_mlops.json_types import JsonObject
from clickup_mlops.routing.decision import Decision
from clickup_mlops.routing.policy import Policy
from clickup_mlops.store import Mute as Muted
from clickup_mlops.store import Store
from clickup_mlops.store.tables.journal import WRITE_SLACK_MS
from clickup_mlops.store.tables.notes import SAID as SAID_IN

SAID: Final = (POSTED, EDITED)
"""Events whose comments may have a command."""
STRANGER: Final = "This is for members of the Workspace."

Asked = tuple[Event, HistoryItem, Invocation]
"""A command, with the event and its item that report the comment."""

_log = logs.get()


@dataclass(frozen=True, slots=True)
class Terms:
    """What commands there are, and on what terms. `automations`: the automations by name."""

    commands: Commands
    allow: Mapping[str, Role]
    policy: Policy
    automations: Mapping[str, Automation]

    def for_role(self, role: Role) -> Commands:
        """The commands that it may use."""
        return allowed(self.commands, self.allow, role)


Doing = Callable[[Task, Any, Request, str], str]
"""Executes an operation, from task, operation, request and event key; what to say besides."""


class SlashCommands:
    """`answer` executes and answers the commands among a task's events. `missed` knows comments
    whose event was lost; None: nothing is lost.
    """

    def __init__(
        self,
        store: Store,
        context: ExecutorContext,
        role_of: Callable[[int], Role | None],
        terms: Terms,
        *,
        undo: Undoing,
        people: People,
        inbox: InboxWriter,
        clock: Clock,
        consumer: EventConsumer,
        missed: MissedComments | None = None,
    ) -> None:
        self._inbox, self._missed = inbox, missed
        self._store, self._context, self._role_of = store, context, role_of
        self._terms, self._undo, self._clock = terms, undo, clock
        self._people, self._consumer = people, consumer
        self._moves = IncidentMoves(store, context.clickup, self._write)
        self._doing: dict[type[Operation], Doing] = {
            SetWorkload: self._set_workload,
            SetIncident: self._set_incident,
            JoinIncident: self._join_incident,
            SplitIncident: self._split_incident,
            Hold: self._keep,
            Release: self._release,
            Mute: self._mute,
            Undo: self._undo_change,
            Run: self._run,
        }

    def may_be_in(self, event: Event) -> bool:
        """Whether the event has a command."""
        return any(commands(event))

    def answer(self, task: Task, events: list[CausedEvent]) -> tuple[Task, list[CausedEvent]]:
        """The task as it is afterwards; the events, with one more if a command changed something.

        Raises:
            ClickUpMlopsError: ClickUp did not do its part; safe to repeat.
        """
        asked = sorted(self._commands(events), key=lambda one: one[1].date_ms)  # as written
        done, derived = False, self._people.derived([one.event for one in events])
        for one in asked:
            if self._answer(task, *one, derived):
                done, task = True, self._mirrored(task)
        if not done:
            return task, events
        again = replace(asked[-1][0], kind=REEVALUATION, items=())
        return task, [*events, CausedEvent(again)]

    def _commands(self, events: Sequence[CausedEvent]) -> Iterator[Asked]:
        for one in events:
            if not one.chain:
                yield from commands(one.event)

    def _mirrored(self, task: Task) -> Task:
        """After a command: the next one counts on what this one has written."""
        known = self._store.mirror.get(task.id)
        return Task.parse(known.raw) if known else task

    def _answer(
        self,
        task: Task,
        event: Event,
        item: HistoryItem,
        command: Invocation,
        derived: Mapping[str, int],
    ) -> bool:
        kind = f"reply:{_key(item, command)}"
        if self._store.journal.latest_done(task.id, kind) is not None:
            return False
        is_missed = event.webhook_id == BACKFILL
        if is_missed and self._missed and self._missed.is_answered(item):
            return False
        asked, reply = self._reply(task, item, command, derived, is_missed=is_missed)
        _log.info("command", task=task.id, command=command.name, user=item.user_id)
        if self._context.shadow:
            _log.info("command_shadow", task=task.id, text=reply.text)
            return False
        text = self._done(task, reply, asked, event.key)
        change = Change(kind, None, text, f"answers /{command.name}", {"text": text})
        try:
            self._write(task, change, f"/{command.name}", event.key, asked)
        except NotFound:
            # The comment was deleted: nobody waits for the answer, and no later try finds it.
            _log.info("command_without_comment", task=task.id, command=command.name)
        self._store.flush()  # the same comment may be reported twice, and what was done shows
        return bool(reply.operations)

    def _done(self, task: Task, reply: Reply, asked: Request, cause: str) -> str:
        """What to say when all of it is done, or was refused."""
        try:
            said = [
                self._doing[type(operation)](task, operation, asked, cause)
                for operation in reply.operations
            ]
        except ClickUpMlopsError as problem:
            if not is_refusal(problem):
                raise
            if isinstance(problem, NotFound):
                self._context.clickup.tasks.get(task.id)  # raises it, if the task itself is gone
            _log.warning("command_refused", task=task.id, problem=str(problem))
            return f"Not done, because it was refused: {plain(str(problem))}."
        return "\n".join(filter(None, [reply.text, *said]))

    def _reply(
        self,
        task: Task,
        item: HistoryItem,
        command: Invocation,
        derived: Mapping[str, int],
        *,
        is_missed: bool,
    ) -> tuple[Request, Reply]:
        """`derived`: when what was changed without an event, at the latest."""
        role = self._role_of(item.user_id or 0)
        asked = self._asked(task, item, command, role or "guest", derived)
        if is_missed and not self._has_held(task, item.date_ms):
            asked = replace(asked, seen_ms=item.date_ms + SLACK_MS)
        if role is None:
            return asked, Reply(STRANGER)
        return asked, answer(command, asked, self._terms.commands)

    def _has_held(self, task: Task, since_ms: int) -> bool:
        """Whether a priority was held since then: what the task shows may be from before that."""
        held = self._store.journal.latest(task.id, "hold")
        return held is not None and held.begun_ms > since_ms

    def _asked(
        self,
        task: Task,
        item: HistoryItem,
        command: Invocation,
        role: Role,
        derived: Mapping[str, int],
    ) -> Request:
        decided, automations = self._store.decisions.latest(task.id), self._terms.automations
        user = item.raw.get("user") or {}
        policy, now = self._terms.policy, self._clock()
        return Request(
            comment_id=str(item.raw["comment"]["id"]),
            key=_key(item, command),
            user_id=item.user_id or 0,
            user=str(user.get("username") or item.user_id),
            role=role,
            task=task,
            at_ms=item.date_ms,
            decision=Decision.from_dict(decided.body) if decided else None,
            state=task_state(
                self._store, task.id, task.priority, policy, now, automations=automations.values()
            ),
            keeps_ms=to_ms(policy.override_duration),
            automations={
                automation.name: automation.summary for automation in automations.values()
            },
            modes={name: _mode(automation, task) for name, automation in automations.items()},
            routing=frozenset(routing_automations(automations.values())),
            commands=self._terms.for_role(role),
            said_ms=partial(self._said_ms, task, item.date_ms, _key(item, command), derived),
            incident=partial(self._incident, task.id),
        )

    def _incident(self, task_id: str) -> str:
        view = latest(self._store, task_id, self._clock, self._terms.policy)
        return "" if view is None else status(view, links=False)

    def _said_ms(
        self, task: Task, since_ms: int, key: str, derived: Mapping[str, int], subject: Subject
    ) -> int:
        note, policy = self._store.notes.get(SAID_IN[subject], task.id), self._terms.policy
        of_workload = subject == "workload"
        labels = workload_label.kinds(task, policy) if of_workload else label.kinds(policy)
        by_hand = self._people.changed_ms(task.id, labels, since_ms)
        times = [by_hand, note.at_ms if note else 0]
        # Without an event it may be as new as the task, which a first try has changed itself.
        unheard = max((derived[kind] for kind in labels & derived.keys()), default=0)
        if unheard > since_ms + SLACK_MS and not self._has_begun(task.id, key):
            times.append(unheard)
        return max(times)

    def _has_begun(self, task_id: str, key: str) -> bool:
        """Whether the command with this key has written something."""
        return any(row.run == _run(key) for row in self._store.journal.list(task_id=task_id))

    def _note_said(
        self, task: Task, subject: Subject, what: str | bool, because: str, asked: Request
    ) -> None:
        said = {"user": asked.user, "what": what, "because": because}
        self._store.notes.put(SAID_IN[subject], task.id, said, asked.at_ms)

    def _choose(
        self, task: Task, subject: ports.Subject, value: int | str | None, asked: Request
    ) -> None:
        self._consumer.chosen(ports.Choice(task.id, subject, value, asked.user, asked.at_ms))

    def _keep(self, task: Task, operation: Hold, asked: Request, cause: str) -> str:
        hold: dict[str, Any] = {
            "priority": operation.priority,
            "since_ms": asked.at_ms,
            "until_ms": operation.until_ms,
            "automation": operation.by,
            "user_id": asked.user_id,
            "user": asked.user,
            "because": operation.because,
        }
        before = self._held(task)
        if self._is_replaced(task, hold, before):
            return "It was changed again since."
        self._must_be_replaceable(before, asked)
        self._choose(task, "priority", operation.priority, asked)
        if not _has(before, hold):  # an earlier try may have stored it
            self._write(task, Change("hold", before, hold, "", {}), operation.by, cause, asked)
        if task.priority != operation.priority:
            change = Change("priority", task.priority, operation.priority, "", {})
            try:
                self._write(task, change, operation.by, cause, asked)
            except NOT_YET:
                raise
            except ClickUpMlopsError:  # what the task does not have is not kept either
                back = Change("hold", hold, before, "", {})
                self._write(task, back, operation.by, cause, asked)
                raise
        return ""

    def _release(self, task: Task, _operation: Release, asked: Request, cause: str) -> str:
        held, since_ms = self._held(task), asked.at_ms - WRITE_SLACK_MS
        if self._store.journal.has_done(
            task.id, "hold", None, automation="/release", since_ms=since_ms
        ):
            return ""  # by an earlier try: what is held now is newer
        if held is not None:
            self._must_be_replaceable(held, asked)
            self._write(task, Change("hold", held, None, "", {}), "/release", cause, asked)
        return ""

    def _must_be_replaceable(self, held: Mapping[str, Any] | None, asked: Request) -> None:
        """A hold or a mute that a command has set. Raises InputError: the user's role is lower than
        that of the command, or of who set it.
        """
        if held is None:
            return
        by, user_id = held["automation"], held["user_id"]
        must_be_allowed(by, asked.commands)
        if is_by_command(by) and user_id not in (None, asked.user_id):
            must_not_outrank(self._role_of(user_id), held["user"], asked.role)

    def _is_replaced(self, task: Task, hold: JsonObject, held: JsonObject | None) -> bool:
        """Whether an earlier try has stored this hold, and another one, or none, is there now."""
        by = str(hold["automation"])
        if not self._store.journal.has_done(task.id, "hold", hold, automation=by, since_ms=0):
            return False
        return not _has(held, hold)

    def _held(self, task: Task) -> JsonObject | None:
        """The choice that holds, as the effect `hold` has it."""
        held = self._store.overrides.get(task.id, self._clock())
        return None if held is None else as_effect(held)

    def _set_workload(self, task: Task, operation: SetWorkload, asked: Request, cause: str) -> str:
        workload, because = operation.workload, operation.because
        self._note_said(task, "workload", workload, because, asked)
        self._choose(task, "workload", operation.workload, asked)
        for change in workload_label.changes(task, operation.workload, self._terms.policy):
            self._write(task, change, "/workload", cause, asked)
        return ""

    def _set_incident(self, task: Task, operation: SetIncident, asked: Request, cause: str) -> str:
        changes = [*label.changes(task, operation.live, self._terms.policy)]
        self._note_said(task, "incident", operation.live, operation.because, asked)
        self._choose(task, "incident", operation.live, asked)
        for change in changes:
            self._write(task, change, "/incident", cause, asked)
        return ""

    def _join_incident(
        self, task: Task, operation: JoinIncident, asked: Request, cause: str
    ) -> str:
        target = self._moves.target(operation.task)
        if isinstance(target, str):
            return target
        if self._store.table(Incidents).open_of(task.id) is None:
            self._set_incident(task, SetIncident(True), asked, cause)
        return self._moves.join(task, target, asked, cause)

    def _split_incident(self, task: Task, _split: SplitIncident, asked: Request, cause: str) -> str:
        return self._moves.split(task, asked, cause)

    def _undo_change(self, task: Task, operation: Undo, asked: Request, _cause: str) -> str:
        return self._undo(
            task.id, operation.change, asked.user, asked.key, self._undoable(asked, task)
        )

    def _undoable(self, asked: Request, task: Task) -> Collection[str]:
        """The commands whose changes the user may undo: not those of a hold or a mute by a higher
        role.
        """
        mutes = self._store.mutes.of(task.id, self._clock()).values()
        kept = filter(None, (self._held(task), *map(_muted, mutes)))
        return asked.commands.keys() - {
            str(one["automation"]).removeprefix("/") for one in kept if self._outranks(one, asked)
        }

    def _outranks(self, held: Mapping[str, Any], asked: Request) -> bool:
        try:
            self._must_be_replaceable(held, asked)
        except InputError:
            return True
        return False

    def _run(self, task: Task, operation: Run, asked: Request, _cause: str) -> str:
        automation = self._terms.automations[operation.automation]
        trigger(self._inbox, automation, task.id, asked.comment_id)
        return ""

    def _mute(self, task: Task, operation: Mute, asked: Request, cause: str) -> str:
        known = self._store.mutes.of(task.id, self._clock()).get(operation.automation)
        before, after = (_muted(known) if known else None), None
        if operation.until_ms:
            until_ms, because = operation.until_ms, operation.because
            whose = "/mute", asked.user, because, asked.user_id
            after = _muted(Muted(task.id, operation.automation, until_ms, *whose))
        if before != after:  # an earlier try may have stored it
            self._must_be_replaceable(before, asked)
            change = Change(f"mute:{operation.automation}", before, after, "", {})
            self._write(task, change, "/mute" if after else "/unmute", cause, asked)
        return ""

    def _write(self, task: Task, change: Change, by: str, cause: str, asked: Request) -> None:
        write_change(
            change,
            task.id,
            self._context,
            cause=cause,
            automation=by,
            # One event may bring several commands: it tells what belongs to which.
            run=_run(asked.key),
            actor=asked.user,
        )
        show([(task.id, change)], self._store, self._context)


def commands(event: Event) -> Iterator[Asked]:
    """The commands in an event: one item has one at most."""
    for item in event.items if event.kind in SAID else ():
        comment = item.raw.get("comment")
        if not isinstance(comment, dict) or not comment.get("id") or item.user_id is None:
            continue
        command = parsing.find(str(comment.get("text_content") or ""))
        if command is not None:
            yield event, item, command


def _muted(mute: Muted) -> JsonObject:
    """As the effect `mute` has it."""
    whose = {"automation": mute.set_by, "user": mute.user_name, "user_id": mute.user_id}
    return {"until_ms": mute.until_ms, **whose, "because": mute.because}


def _has(held: JsonObject | None, hold: JsonObject) -> bool:
    return held is not None and all(held[name] == value for name, value in hold.items())


def _run(key: str) -> str:
    return f"command-{key}"


def _key(item: HistoryItem, command: Invocation) -> str:
    return f"{item.raw['comment']['id']}{reference(command)}"


def reference(command: Invocation) -> str:
    """What tells the commands of one comment apart, behind its id."""
    text = f"{command.name} {command.arguments}"
    return f"{MARK}{hashlib.sha256(text.encode()).hexdigest()[:10]}"


def _mode(automation: Automation, task: Task) -> Mode:
    return automation.mode_for(task) if automation.reaches(task) else "off"
