"""The only place that performs what automations want: journal, write, journal."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from clickup_mlops import logs, telemetry
from clickup_mlops.automations.effect_client import EffectClient
from clickup_mlops.automations.model import Action, Change, Effect, Problem
from clickup_mlops.clickup.request_log import recorded
from clickup_mlops.errors import (
    ClickUpMlopsError,
    RetryableApiError,
    StoreUnavailable,
    UncertainWrite,
)
from clickup_mlops.json_types import Json
from clickup_mlops.store.tables.journal import DONE, FAILED, Chain, Write

State = Literal["done", "shadow", "capped", "problem", "held", "refused", "overtaken"]
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


def _unobserved(_finding: Action | Problem, _state: State) -> None:
    return None


@dataclass(frozen=True, slots=True)
class ExecutorContext:
    """What a write needs: the ClickUp client, the effects by name and the journal.

    `shadow` True: nothing is written, whatever the automations' own modes say.
    """

    clickup: EffectClient
    effects: Mapping[str, Effect]
    journal: Journal
    shadow: bool = False
    observe: Callable[[Action | Problem, State], None] = _unobserved
    """Gets each finding with its outcome."""


def perform(
    finding: Action | Problem, context: ExecutorContext, now_ms: int, *, lane: str = ""
) -> Outcome:
    """Performs one action, or says why not. The outcome is logged.

    `lane` is the inbox lane that does it; empty: the task's own.

    Raises:
        ClickUpMlopsError: it was refused, or not answered. If it may have happened all the same,
            the journal's entry stays open: read the task before trying again.
    """
    state: State = "problem"
    with logs.about(automation=finding.automation, task=finding.task_id, event_key=finding.cause):
        if isinstance(finding, Action):
            state = _attempt(finding, context, now_ms, lane)
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


def _attempt(action: Action, context: ExecutorContext, now_ms: int, lane: str) -> State:
    if context.shadow or action.mode == "shadow":
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
    row = context.journal.begin_under(write, action.cap, now_ms)
    if row is None:
        return "capped"
    _write(row, action.change, action.task_id, context, now_ms)
    return "done"


def write_change(
    change: Change,
    task_id: str,
    context: ExecutorContext,
    now_ms: int,
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
    row = context.journal.begin(write, now_ms)
    _write(row, change, task_id, context, now_ms)


def _write(row: int, change: Change, task_id: str, context: ExecutorContext, now_ms: int) -> None:
    effect = context.effects[change.effect]
    with recorded() as calls:
        try:
            receipt = effect.write(context.clickup, task_id, change)
        except RetryableApiError:
            # What makes a thing is sent again only if ClickUp certainly did nothing. Of other calls
            # one of the tries may have happened: whoever comes next must read before deciding.
            if effect.is_new(change):
                context.journal.finish(row, FAILED, now_ms, calls=calls)
            raise
        except (UncertainWrite, StoreUnavailable):
            raise
        except ClickUpMlopsError:
            context.journal.finish(row, FAILED, now_ms, calls=calls)
            raise
    context.journal.finish(row, DONE, now_ms, receipt=receipt, calls=calls)
