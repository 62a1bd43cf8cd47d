"""The only place that performs what automations want: journal, write, journal."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal, Protocol

from clickup_mlops import logs, telemetry
from clickup_mlops.automations.effect_client import EffectClient
from clickup_mlops.automations.model import (
    Action,
    Change,
    Effect,
    LostWrite,
    Problem,
    Receipt,
    swapped,
)
from clickup_mlops.clickup.repetition import ask_before_repeating
from clickup_mlops.clickup.request_log import collect_calls
from clickup_mlops.errors import (
    ClickUpMlopsError,
    NotFound,
    RetryableApiError,
    StoreUnavailable,
    UncertainWrite,
)
from clickup_mlops.json_types import Json
from clickup_mlops.store.journal_rows import DONE, FAILED, NOT_SEEN, Chain, Write
from clickup_mlops.store.tables.journal import ECHO_LATE_MS

State = Literal[
    "done", "shadow", "capped", "problem", "held", "refused", "overtaken", "handed over"
]
OPEN = (RetryableApiError, UncertainWrite, StoreUnavailable)
"""After these nobody knows whether the write happened."""


class Journal(Protocol):
    """Where writes are noted; `store.tables.journal.Journal` is one."""

    def begin(self, write: Write, now_ms: int) -> int:
        """Notes a write that is about to be tried; its number."""

    def begin_under(self, write: Write, cap: int, now_ms: int) -> int | None:
        """The same, or None if the automation has made `cap` writes in the last hour."""

    def finish(
        self,
        row_id: int,
        outcome: str,
        now_ms: int,
        *,
        receipt: Json = None,
        calls: Sequence[str] = (),
    ) -> None:
        """Notes how it ended, and with which requests."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a finding. Only `done` has changed anything in ClickUp."""

    state: State
    text: str


def _unreported(_row: int, _write: Write, _since_ms: int) -> bool:
    return False


def _unobserved(_finding: Action | Problem, _state: State) -> None:
    return None


def as_the_bot(_task_id: str) -> bool | None:
    """No List has a mode of its own."""
    return None


def _nobody_else(_name: str) -> AbstractContextManager[None]:
    return nullcontext()


@dataclass(frozen=True, slots=True)
class ExecutorContext:
    """What a write needs: the ClickUp client, the effects by name, the journal and the time.

    `shadow` True: nothing is written, whatever the automations' own modes say, but on tasks whose
    List has a mode of its own (`shadows`).
    """

    clickup: EffectClient
    effects: Mapping[str, Effect]
    journal: Journal
    clock: Callable[[], int]
    """Now, in Unix ms by ClickUp's clock."""
    shadow: bool = False
    shadows: Callable[[str], bool | None] = as_the_bot
    """Whether nothing is written on the task with this id, by its List; None: as `shadow` says."""
    observe: Callable[[Action | Problem, State], None] = _unobserved
    """Gets each finding with its outcome."""
    alone: Callable[[str], AbstractContextManager[None]] = _nobody_else
    """Inside, nobody else writes the object of that name: see `Effect.shared`. May raise that it is
    to be tried later."""
    is_reported: Callable[[int, Write, int], bool] = _unreported
    """Whether an event since then (Unix ms) shows that a write whose answer was lost took effect:
    what the task does not show any more, somebody has changed since. Gets its number, too."""

    def is_shadow(self, task_id: str) -> bool:
        """Whether nothing is written on the task; empty: on the Workspace."""
        chosen = self.shadows(task_id) if task_id else None
        return self.shadow if chosen is None else chosen


def perform(finding: Action | Problem, context: ExecutorContext, *, lane: str = "") -> Outcome:
    """Performs one action, or says why not. The outcome is logged.

    `lane` is the inbox lane that does it; empty: the task's own.

    Raises:
        ClickUpMlopsError: it was refused, or not answered. If it may have happened all the same,
            the journal's entry stays open: read the task before trying again.
    """
    state: State = "problem"
    with logs.bind_context(
        automation=finding.automation, task=finding.task_id, event_key=finding.cause
    ):
        if isinstance(finding, Action):
            state = _attempt(finding, context, lane)
        telemetry.ACTIONS.labels(finding.automation, state).inc()
        context.observe(finding, state)
        outcome = Outcome(state, finding.describe())
        if isinstance(finding, Problem):
            _log_problem(finding)
        else:
            logs.get().info(f"action_{state}", text=outcome.text)
    return outcome


def _log_problem(problem: Problem) -> None:
    """For who runs the bot; what nobody expected with its traceback."""
    log = logs.get().warning if problem.bug is None else logs.get().error
    log("action_problem", text=problem.describe(), hint=problem.hint, exc_info=problem.bug)


def _attempt(action: Action, context: ExecutorContext, lane: str) -> State:
    if context.is_shadow(action.task_id) or action.mode == "shadow":
        return "shadow"
    write = Write(
        action.task_id,
        action.change.kind,
        action.change.before,
        action.change.after,
        cause=action.cause,
        automation=action.automation,
        chain=action.chain,
        lane=lane,
    )
    with _alone(action.change, context):
        return _perform_write(action, write, context)


def _alone(change: Change, context: ExecutorContext) -> AbstractContextManager[None]:
    name = context.effects[change.effect].shared(change)
    return context.alone(name) if name else nullcontext()


def _perform_write(action: Action, write: Write, context: ExecutorContext) -> State:
    row = context.journal.begin_under(write, action.cap, context.clock())
    if row is None:
        return "capped"
    try:
        _Attempt(row, write, action.change, context).run()
    except NotFound:
        if not _was_made(action.change, context):
            raise
        # A person has deleted the comment or message that was to be changed: a new one is made.
        new_write, change = replace(write, before=None), replace(action.change, before=None)
        _Attempt(
            context.journal.begin(new_write, context.clock()), new_write, change, context
        ).run()
    return "done"


def _was_made(change: Change, context: ExecutorContext) -> bool:
    """Whether it changes a thing that the bot made."""
    makes = context.effects[change.effect].makes_new
    return makes and change.before is not None and change.after is not None


def write_change(
    change: Change,
    task_id: str,
    context: ExecutorContext,
    *,
    cause: str,
    automation: str,
    run: str = "",
    actor: str = "",
    chain: Chain = (),
) -> None:
    """Journal, write, journal. `automation` may also name another author, such as `/priority`;
    `actor` is the person who asked for it, `run` what it is a part of.

    Raises:
        ClickUpMlopsError: as `perform`.
    """
    write = Write(
        task_id,
        change.kind,
        change.before,
        change.after,
        cause,
        automation,
        run=run,
        actor=actor,
        chain=chain,
    )
    with _alone(change, context):
        _Attempt(context.journal.begin(write, context.clock()), write, change, context).run()


class _Happened(Exception):
    """A call whose answer was lost took effect. `receipt`: as `Effect.find` has it."""

    def __init__(self, receipt: Receipt | bool) -> None:
        super().__init__()
        self.receipt = receipt


class _Attempt:
    """A write that the journal has. Each call of it that may take effect has its own row there:
    each has an echo, which must not pass for a person's choice.
    """

    def __init__(self, row: int, write: Write, change: Change, context: ExecutorContext) -> None:
        self._row, self._record, self._change, self._context = row, write, change, context
        self._effect = context.effects[change.effect]

    def run(self) -> None:
        """Call and close. Raises: as `perform`."""
        with collect_calls() as calls, ask_before_repeating(self._asking(calls)):
            try:
                receipt = self._call()
            except RetryableApiError:
                # What makes a thing is sent again only if ClickUp certainly did nothing. Of other
                # calls one may have happened: whoever comes next must read before deciding.
                if self._effect.is_new(self._change):
                    self._close(FAILED, calls)
                raise
            except (UncertainWrite, StoreUnavailable):
                raise
            except ClickUpMlopsError:
                self._close(FAILED, calls)
                raise
        self._close(DONE, calls, receipt)

    def _call(self) -> Receipt | bool:
        try:
            client, task_id = self._context.clickup, self._record.task_id
            return self._effect.write(client, task_id, self._change)
        except _Happened as happened:
            return happened.receipt

    def _asking(self, calls: list[str]) -> Callable[[], None] | None:
        """Only about states: a thing that is made is never sent again without knowing."""
        is_state = self._effect.undo is swapped and not self._effect.local
        return partial(self._ask, calls) if is_state and self._record.task_id else None

    def _ask(self, calls: list[str]) -> None:
        """The answer was lost: one call shows whether it is to be sent again."""
        context, effect, change = self._context, self._effect, self._change
        task = context.clickup.tasks.get(self._record.task_id)
        receipt = effect.find(context.clickup, task, change, LostWrite(0))
        since_ms = context.clock() - ECHO_LATE_MS
        receipt = receipt or context.is_reported(self._row, self._record, since_ms) or None
        if receipt is not None:
            raise _Happened(receipt)
        if effect.left is not None and effect.left(task, change) is None:
            raise UncertainWrite(f"{change.text}: no answer, and somebody changed it since")
        self._close(NOT_SEEN, calls)
        calls.clear()
        self._row = context.journal.begin(self._record, context.clock())

    def _close(self, outcome: str, calls: Sequence[str], receipt: Receipt | bool = None) -> None:
        now_ms = self._context.clock()
        self._context.journal.finish(self._row, outcome, now_ms, receipt=receipt, calls=[*calls])
