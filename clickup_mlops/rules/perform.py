"""The only place that carries out what rules want: journal, write, journal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from clickup_mlops import logs, telemetry
from clickup_mlops.clickup.calls import recorded
from clickup_mlops.errors import ApiError, RetryableApiError, UncertainWrite
from clickup_mlops.rules.caps import Caps
from clickup_mlops.rules.model import Action, Change, Effect, Finding, Problem
from clickup_mlops.store.journal import DONE, FAILED, Write

State = Literal["done", "shadow", "capped", "problem"]


class Journal(Protocol):
    """Where writes are noted; `store.journal.Journal` is one."""

    def begin(self, write: Write, now_ms: int) -> int:
        """Notes a write that is about to be tried; its number."""

    def finish(
        self,
        row_id: int,
        outcome: str,
        now_ms: int,
        *,
        receipt: Any = None,
        calls: Sequence[str] = (),
    ) -> None:
        """Notes how it ended, and with which requests."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a finding. Only `done` has changed anything in ClickUp."""

    state: State
    text: str


@dataclass(frozen=True, slots=True)
class Hands:
    """What performing needs: the ClickUp client, the effects by name, the journal and the caps.

    `shadow` True: nothing is written, whatever the rules' own modes say.
    """

    clickup: Any
    """The effects say which methods of it they use."""
    effects: Mapping[str, Effect]
    journal: Journal
    caps: Caps
    shadow: bool = False


def perform(finding: Finding, hands: Hands, now_ms: int) -> Outcome:
    """Carries out one action, or says why not. The outcome is logged.

    Raises:
        ApiError: ClickUp refused or did not answer. If it may have happened all the same, the
            journal's entry stays open: read the task before trying again.
    """
    state: State = "problem" if isinstance(finding, Problem) else _attempt(finding, hands, now_ms)
    telemetry.ACTIONS.labels(finding.rule, state).inc()
    outcome = Outcome(state, finding.describe())
    log = logs.get(rule=finding.rule, task=finding.task_id, event_key=finding.cause)
    log.info(f"action_{state}", text=outcome.text)
    return outcome


def _attempt(action: Action, hands: Hands, now_ms: int) -> State:
    if hands.shadow or action.mode == "shadow":
        return "shadow"
    if not hands.caps.take(action.rule, action.cap, now_ms):
        return "capped"
    carry_out(action.change, action.task_id, hands, now_ms, cause=action.cause, rule=action.rule)
    return "done"


def carry_out(
    change: Change,
    task_id: str,
    hands: Hands,
    now_ms: int,
    *,
    cause: str,
    rule: str,
    run: str = "",
    actor: str = "",
) -> None:
    """Journal, write, journal. `rule` may also name what else wanted it, such as `/priority`;
    `actor` is the person on whose word it is done, `run` what it is a part of.

    Raises:
        ApiError: as `perform`.
    """
    write = Write(
        task_id=task_id,
        kind=change.kind,
        before=change.before,
        after=change.after,
        cause=cause,
        rule=rule,
        run=run,
        actor=actor,
    )
    row = hands.journal.begin(write, now_ms)
    with recorded() as calls:
        try:
            receipt = hands.effects[change.effect].write(hands.clickup, task_id, change)
        except (RetryableApiError, UncertainWrite):
            # One of the tries may have happened: whoever comes next must read before deciding.
            raise
        except ApiError:
            hands.journal.finish(row, FAILED, now_ms, calls=calls)
            raise
    hands.journal.finish(row, DONE, now_ms, receipt=receipt, calls=calls)
