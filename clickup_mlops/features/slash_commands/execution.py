"""Executes the slash commands in comments, and answers in their threads.

Once for each comment and command, so that an edit counts if it changes the command: the answer is
journalled under the comment's id with the command, and comes last. After a crash before it
everything is done again, which ends the same: a choice counts from the comment's own time (or from
when its edit came), and what is there already is not written.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from clickup_mlops import logs
from clickup_mlops.automations import incident_label, workload_label
from clickup_mlops.automations.effects.reply import MARK
from clickup_mlops.automations.events import BACKFILL, REEVALUATION
from clickup_mlops.automations.model import Automation, Change
from clickup_mlops.automations.occurrence import POSTED
from clickup_mlops.bot.caused_event import CausedEvent
from clickup_mlops.bot.clock import to_ms
from clickup_mlops.bot.handle.commands import (
    CommandOperation,
    CommandRun,
    CommandServices,
)
from clickup_mlops.bot.handle.context.missed_comments import MissedComments
from clickup_mlops.bot.handle.context.routing_context import for_routing
from clickup_mlops.bot.handle.results.outcomes import routing_automations
from clickup_mlops.bot.handle.results.task_states import task_state
from clickup_mlops.bot.ports import ReadView
from clickup_mlops.bot.write.people import People
from clickup_mlops.clickup.model import Event, HistoryItem, Task
from clickup_mlops.clickup.webhook import EDITED, SLACK_MS
from clickup_mlops.commands import parsing
from clickup_mlops.commands.dispatch import (
    Commands,
    answer,
    only_asks,
    run_name,
    select_allowed,
    without_remarks,
)
from clickup_mlops.commands.model import Mode, Operation, Reply, Request, Role, Subject
from clickup_mlops.commands.parsing import Invocation
from clickup_mlops.commands.phrases import REASON, plain
from clickup_mlops.errors import ClickUpMlopsError, NotFound, is_refusal
from clickup_mlops.routing.decision import Decision
from clickup_mlops.routing.task_state import TaskState
from clickup_mlops.store.tables.notes import COMMAND_TIMES
from clickup_mlops.store.tables.notes import SAID as SAID_IN
from clickup_mlops.views.text import localize

SAID: Final = (POSTED, EDITED)
"""Events whose comments may have a command."""
STRANGER: Final = "This is for members of the Workspace."

Asked = tuple[Event, HistoryItem, Invocation]
"""A command, with the event and its item that report the comment."""

_log = logs.get()


@dataclass(frozen=True, slots=True)
class Terms:
    """What commands there are, and the minimum role of some, by the command's name."""

    commands: Commands
    allow: Mapping[str, Role]

    def for_role(self, role: Role) -> Commands:
        """The commands that it may use."""
        return select_allowed(self.commands, self.allow, role)


class SlashCommands:
    """`answer` executes and answers the commands among a task's events. `missed` knows comments
    whose event was lost; None: nothing is lost.
    """

    def __init__(
        self,
        services: CommandServices,
        terms: Terms,
        *,
        people: People,
        views: Mapping[type[object], ReadView],
        missed: MissedComments | None = None,
    ) -> None:
        self._services, self._terms = services, terms
        self._store, self._context, self._clock = services.store, services.context, services.clock
        self._people, self._views, self._missed = people, views, missed

    def may_be_in(self, event: Event) -> bool:
        """Whether the event has a command."""
        return any(commands(event))

    def answer(self, task: Task, events: list[CausedEvent]) -> tuple[Task, list[CausedEvent]]:
        """The task as it is afterwards; the events, with one more if a command changed something.

        Raises:
            ClickUpMlopsError: ClickUp did not do its part; safe to repeat.
        """
        pending = sorted(self._commands(events), key=lambda entry: entry[1].date_ms)  # as written
        is_changed, derived = False, self._people.derived([caused.event for caused in events])
        for entry in pending:
            if self._answer(task, *entry, derived):
                is_changed, task = True, self._mirrored(task)
        if not is_changed:
            return task, events
        again = replace(pending[-1][0], kind=REEVALUATION, items=())
        return task, [*events, CausedEvent(again)]

    def _commands(self, events: Sequence[CausedEvent]) -> Iterator[Asked]:
        for caused in events:
            for event, item, command in () if caused.chain else commands(caused.event):
                yield event, item, without_remarks(command, self._terms.commands)

    def _mirrored(self, task: Task) -> Task:
        """After a command: the next one counts on what this one has written."""
        row = self._store.mirror.get(task.id)
        return Task.parse(row.raw) if row else task

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
        request, reply = self._reply(task, item, command, derived, is_missed=is_missed)
        _log.info("command", task=task.id, command=command.name, user=item.user_id)
        if self._context.is_shadow(task.id):
            _log.info("command_shadow", task=task.id, text=reply.text)
            return False
        run = CommandRun(self._services, task, request, event.key)
        text, is_done = self._execute_all(run, reply)
        text = localize(text, self._services.zone)
        change = Change(kind, None, text, f"answers /{command.name}", {"text": text})
        try:
            run.write(change, f"/{command.name}")
        except NotFound:
            # The comment was deleted: nobody waits for the answer, and no later try finds it.
            _log.info("command_without_comment", task=task.id, command=command.name)
        if not (is_done or only_asks(command, self._terms.commands)):
            run.note_refusal()
        self._store.flush()  # the same comment may be reported twice, and what was done shows
        return bool(reply.operations)

    def _execute_all(self, run: CommandRun, reply: Reply) -> tuple[str, bool]:
        """What to say when all of it is done, or was refused; and whether anything was done."""
        texts: list[str] = []
        try:
            for operation in reply.operations:
                texts.append(_execute(operation, run))
        except ClickUpMlopsError as problem:
            if not is_refusal(problem):
                raise
            if isinstance(problem, NotFound):
                self._context.clickup.tasks.get(run.task.id)  # raises it, if the task is gone
            _log.warning("command_refused", task=run.task.id, problem=str(problem))
            return f"Not done, because it was refused: {plain(str(problem))}.", bool(texts)
        parts = [reply.text, *texts]
        if reply.text.startswith(REASON):  # of what is said next
            parts = [*texts, reply.text]
        return "\n".join(filter(None, parts)), bool(reply.operations)

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
        role = self._services.role_of(item.user_id or 0)
        request = self._read_request(task, item, command, role or "guest", derived)
        if is_missed and not self._has_held(task, item.date_ms):
            request = replace(request, seen_ms=item.date_ms + SLACK_MS)
        if role is None:
            return request, Reply(STRANGER)
        return request, answer(command, request, self._terms.commands)

    def _has_held(self, task: Task, since_ms: int) -> bool:
        """Whether a priority was held since then: what the task shows may be from before that."""
        held = self._store.journal.latest(task.id, "hold")
        return held is not None and held.begun_ms > since_ms

    def _read_request(
        self,
        task: Task,
        item: HistoryItem,
        command: Invocation,
        role: Role,
        derived: Mapping[str, int],
    ) -> Request:
        decided, automations = self._store.decisions.latest(task.id), self._services.automations
        delayed = [name for name, automation in automations.items() if automation.after]
        user = item.raw.get("user") or {}
        policy = self._services.policy
        return Request(
            comment_id=str(item.raw["comment"]["id"]),
            key=_key(item, command),
            user_id=item.user_id or 0,
            user=str(user.get("username") or item.user_id),
            role=role,
            task=task,
            at_ms=item.date_ms,
            decision=Decision.from_dict(decided.body) if decided else None,
            state=self._read_state(task, delayed),
            keeps_ms=to_ms(policy.override_duration),
            automations={
                automation.name: automation.summary for automation in automations.values()
            },
            modes={name: _mode(automation, task) for name, automation in automations.items()},
            routing=frozenset(routing_automations(automations.values())),
            commands=self._terms.for_role(role),
            command_times=note.value
            if (note := self._store.notes.get(COMMAND_TIMES, task.id))
            else {},
            said_ms=partial(self._said_ms, task, item.date_ms, _key(item, command), derived),
            view_of=partial(self._view_of, task.id),
        )

    def _read_state(self, task: Task, delayed: Sequence[str]) -> TaskState:
        """How the task stands. A priority that somebody has cleared holds nothing, but may be newer
        than the command.
        """
        policy, now = self._services.policy, self._clock()
        state = task_state(self._store, task.id, task.priority, policy, now, automations=delayed)
        if state.override is not None:
            return state
        chosen = for_routing(self._store.overrides.get(task.id, now))
        is_cleared = chosen is not None and chosen.priority is None
        return replace(state, override=chosen) if is_cleared else state

    def _view_of(self, task_id: str, kind: type[object]) -> object | None:
        read = self._views.get(kind)
        return read(task_id) if read else None

    def _said_ms(
        self, task: Task, since_ms: int, key: str, derived: Mapping[str, int], subject: Subject
    ) -> int:
        note, policy = self._store.notes.get(SAID_IN[subject], task.id), self._services.policy
        of_workload = subject == "workload"
        labels = workload_label.kinds(task, policy) if of_workload else incident_label.kinds(policy)
        by_hand = self._people.changed_ms(task.id, labels, since_ms)
        times = [by_hand, note.at_ms if note else 0]
        # Without an event it may be as new as the task, which a first try has changed itself.
        unheard = max((derived[kind] for kind in labels & derived.keys()), default=0)
        if unheard > since_ms + SLACK_MS and not self._has_begun(task.id, key):
            times.append(unheard)
        return max(times)

    def _has_begun(self, task_id: str, key: str) -> bool:
        """Whether the command with this key has written something."""
        return any(row.run == run_name(key) for row in self._store.journal.list(task_id=task_id))


def commands(event: Event) -> Iterator[Asked]:
    """The commands in an event: one item has one at most."""
    for item in event.items if event.kind in SAID else ():
        comment = item.raw.get("comment")
        if not isinstance(comment, dict) or not comment.get("id") or item.user_id is None:
            continue
        command = parsing.find(str(comment.get("text_content") or ""))
        if command is not None:
            yield event, item, command


def _execute(operation: Operation, run: CommandRun) -> str:
    if not isinstance(operation, CommandOperation):
        raise TypeError(f"{type(operation).__name__} is no CommandOperation")
    return operation.execute(run)


def _key(item: HistoryItem, command: Invocation) -> str:
    return f"{item.raw['comment']['id']}{reference(command)}"


def reference(command: Invocation) -> str:
    """What tells the commands of one comment apart, behind its id."""
    text = f"{command.name} {command.arguments}"
    return f"{MARK}{hashlib.sha256(text.encode()).hexdigest()[:10]}"


def _mode(automation: Automation, task: Task) -> Mode:
    return automation.mode_for(task) if automation.reaches(task) else "off"
