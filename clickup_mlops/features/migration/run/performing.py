"""One step, exactly once: recorded before its call, closed after it.

What is begun and not closed may have had its effect, after a crash or without an answer. Then
ClickUp is asked before anything is done again.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from clickup_mlops.errors import (
    ApiError,
    ClickUpMlopsError,
    PlanLimit,
    RetryableApiError,
    StoreUnavailable,
    Unauthorized,
    UncertainWrite,
)
from clickup_mlops.features.migration.journal import read_written
from clickup_mlops.features.migration.run.calls import Call, call
from clickup_mlops.features.migration.run.model import Made, NotReady, Options
from clickup_mlops.features.migration.run.tools import Tools
from clickup_mlops.features.migration.steps import Step
from clickup_mlops.features.migration.tables.migration_steps import (
    BEGUN,
    DONE,
    FAILED,
    JournaledStep,
)

TRIES: Final = 3
"""How often something is sent that is not there after an unanswered call."""
GRACE_S: Final = 1.0
"""Seconds until an unanswered call has certainly ended in ClickUp; reading then decides."""
IN_A_ROW: Final = 3
"""So many steps in a row without an answer, or beyond the plan's limits, end a run."""

State = Literal["done", "found", "skipped", "refused_before", "failed", "unknown", "waiting"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a step. `unknown`: no answer came, and the next run finds out."""

    state: State
    reason: str = ""
    notes: tuple[str, ...] = ()


class Performer:
    """Performs steps, from several threads."""

    def __init__(self, tools: Tools, options: Options) -> None:
        self._tools, self._options = tools, options
        self._lock = threading.Lock()
        self._in_a_row = 0

    def perform(self, step: Step, source_hash: str) -> Outcome:
        """Have the step's effect, unless it has it already.

        Raises:
            Unauthorized: ClickUp or the source no longer takes the token.
            RetryableApiError, UncertainWrite, PlanLimit: several steps in a row had no success.
            StoreUnavailable: nothing can be recorded.
        """
        earlier = self._tools.journal.get(step.key)
        if earlier is not None and earlier.state == DONE:
            return Outcome("skipped")
        if (
            earlier is not None
            and earlier.state == FAILED
            and not self._again(earlier, source_hash)
        ):
            return Outcome("refused_before", earlier.error)
        try:
            outcome = self._try(step, earlier, source_hash)
        except NotReady as waits:
            return Outcome("waiting", str(waits))
        except (Unauthorized, StoreUnavailable):
            raise
        except (RetryableApiError, UncertainWrite, PlanLimit) as problem:
            return self._no_success(step, problem, earlier, source_hash)
        except ClickUpMlopsError as problem:
            outcome = self._refused(step, problem, source_hash)
        with self._lock:
            self._in_a_row = 0
        return outcome

    def _again(self, earlier: JournaledStep, source_hash: str) -> bool:
        """Whether a refused step may succeed now: it is asked for, or the source has changed."""
        return self._options.retry or earlier.source_hash != source_hash

    def _try(self, step: Step, earlier: JournaledStep | None, source_hash: str) -> Outcome:
        step_call = call(self._tools, step)
        try:
            return self._perform_once(step_call, step.key, earlier, source_hash)
        finally:
            step_call.close()

    def _perform_once(
        self, step_call: Call, key: str, earlier: JournaledStep | None, source_hash: str
    ) -> Outcome:
        if existing := self._find_existing(step_call, earlier):
            self._tools.journal.complete(key, existing.target, source_hash, existing.written)
            return Outcome("found", notes=existing.notes)
        about = step_call.about()
        self._tools.journal.begin(key, source_hash, about)
        created = self._do_until_certain(step_call, about)
        self._tools.journal.complete(key, created.target, source_hash, created.written)
        return Outcome("done", notes=created.notes)

    def _find_existing(self, step_call: Call, earlier: JournaledStep | None) -> Made | None:
        if earlier is not None and earlier.state == BEGUN:
            # The call of a process that was killed a moment ago may still be on its way.
            age_s = (self._tools.now_ms() - earlier.at_ms) / 1000
            if 0 <= age_s < GRACE_S:
                self._tools.sleep(GRACE_S - age_s)
            return step_call.find(read_written(earlier), earlier.at_ms)
        # Also what was refused: the last of its tries may have had no answer.
        is_asked = self._options.find or earlier is not None
        return step_call.find(step_call.about(), 0) if is_asked else None

    def _do_until_certain(self, step_call: Call, about: Mapping[str, Any]) -> Made:
        since_ms = self._tools.now_ms()
        for _ in range(TRIES - 1):
            try:
                return step_call.do()
            except UncertainWrite:
                self._tools.sleep(GRACE_S)
                if existing := step_call.find(about, since_ms):
                    return existing
        return step_call.do()

    def _no_success(
        self, step: Step, problem: ApiError, earlier: JournaledStep | None, source_hash: str
    ) -> Outcome:
        was_open = earlier is not None and earlier.state == BEGUN
        is_refused = isinstance(problem, PlanLimit) or (was_open and problem.status >= 500)
        # In a second run it is the step's fault: else a few of these would end every run.
        outcome = self._refused(step, problem, source_hash) if is_refused else None
        with self._lock:
            self._in_a_row += 1
            if self._in_a_row >= IN_A_ROW:
                raise problem
        return outcome or Outcome("unknown", str(problem))

    def _refused(self, step: Step, problem: ClickUpMlopsError, source_hash: str) -> Outcome:
        reason = f"{problem}. {problem.hint}" if problem.hint else str(problem)
        self._tools.journal.failed(step.key, reason, source_hash, {"item": step.item_id})
        return Outcome("failed", reason)
