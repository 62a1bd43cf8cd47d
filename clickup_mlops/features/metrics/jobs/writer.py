"""Writes values and comments, one by one, within the hourly cap; leaves alone what was refused."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from math import ceil
from typing import Final

from clickup_mlops import logs
from clickup_mlops.automations.perform import OPEN, ExecutorContext, State, perform
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.write.mirrored_client import show
from clickup_mlops.errors import (
    ApiError,
    ClickUpMlopsError,
    NotFound,
    PlanLimit,
    RetryableApiError,
    Unauthorized,
    UncertainWrite,
)
from clickup_mlops.features.metrics.jobs.sinks import WriteRequest
from clickup_mlops.features.metrics.jobs.tasks import BoundTasks
from clickup_mlops.features.metrics.names import LANE
from clickup_mlops.features.metrics.placement.planning import Reason, Write
from clickup_mlops.store import Store

_ORDINARY = 0.8
"""Share of the hourly cap that values may use which cross no objective and are not the first."""
_CLEARING: Final = 10
"""Clearing numbers that are wrong may take so many times the hourly cap: all that a day of writes
has filled. A fuse, as for every other write."""
_ALLOWED_AFTER: Final[Mapping[Reason, frozenset[Reason]]] = {
    "changed": frozenset(["stale", "crossed", "first"]),
    "first": frozenset(["stale"]),
    "crossed": frozenset(["stale"]),
    "stale": frozenset(),
}
"""What may still be written after a write of this reason was not allowed."""
_PAUSE_MS = 600_000
"""How long what ClickUp did not take is left alone."""
_UNREAD_MS = 30_000
"""The same if its answer could not be read: the next pass reads the task first."""

_log = logs.get()


class Writer:
    """`auto`: once the plan has no uses of custom fields left, that is remembered as `limited`."""

    def __init__(
        self,
        store: Store,
        context: ExecutorContext,
        tasks: BoundTasks,
        clock: Clock,
        *,
        workspace: str,
        cap: int,
        auto: bool,
    ) -> None:
        self.context = context
        self._store, self._tasks, self._clock = store, tasks, clock
        self._cap, self._auto = cap, auto
        self._limited = f"metrics:limited:{workspace}"
        self._paused: dict[tuple[str, str], int] = {}

    @property
    def limited(self) -> bool:
        """Whether the plan has no uses of custom fields left."""
        return self._store.cursors.get(self._limited) is not None

    def write(self, request: WriteRequest) -> State:
        """`capped`: nothing more can be written now; all others are worth a try.

        Raises:
            ClickUpMlopsError: nobody knows whether it was written; or ClickUp or the store is away.
        """
        key, now = (request.task_id, request.change.kind), self._clock()
        if self._paused.get(key, 0) > now:
            return "refused"
        action = request.action(f"{LANE}:{now}", self._cap_of(request))
        try:
            state = perform(action, self.context, lane=LANE).state
        except (RetryableApiError, UncertainWrite) as problem:
            # One task that always fails must not keep the others from their turn.
            self._pause(key, now, _UNREAD_MS if _is_unread(problem) else _PAUSE_MS)
            raise
        except (*OPEN, Unauthorized):
            raise
        except ClickUpMlopsError as problem:
            _log.warning("metric_refused", task=action.task_id, text=str(problem))
            self._pause(key, now, _PAUSE_MS)
            return self._refused(action.task_id, problem, now)
        if state == "done":
            show([(action.task_id, action.change)], self._store, self.context)
        return state

    def within_cap(self, queue: Iterable[Write], capped: Write) -> list[Write]:
        """What of a queue may still be written after a write that the cap or the plan refused."""
        allowed = _ALLOWED_AFTER[capped.reason]
        return [write for write in queue if write.reason in allowed and not self.limited]

    def _cap_of(self, request: WriteRequest) -> int:
        """Ordinary changes leave a share to what is more urgent; clearing a number that is wrong
        has a cap of its own.
        """
        reasons = {write.reason for write in request.writes}
        if "stale" in reasons:
            return _CLEARING * self._cap
        return self._cap if reasons & {"crossed", "first"} else ceil(self._cap * _ORDINARY)

    def _refused(self, task_id: str, problem: ClickUpMlopsError, now_ms: int) -> State:
        if isinstance(problem, NotFound):
            self._tasks.drop(task_id)
        if not isinstance(problem, PlanLimit):
            return "refused"
        if self._auto:
            _log.warning("metrics_sink", text="From now on values go into a comment.")
            self._store.cursors.set(self._limited, str(now_ms))
        return "capped"

    def _pause(self, key: tuple[str, str], now_ms: int, for_ms: int) -> None:
        self._paused = {key: until for key, until in self._paused.items() if until > now_ms}
        self._paused[key] = now_ms + for_ms


def _is_unread(problem: ApiError) -> bool:
    """Whether ClickUp may have accepted the call, and only its answer was not readable or lost."""
    return problem.status < HTTPStatus.MULTIPLE_CHOICES
