"""Fills in the metrics that are known from the store, and notes when jobs end well."""

import platform
import shutil
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path

from clickup_mlops import __version__, logs, telemetry
from clickup_mlops.bot.clock import Clock
from clickup_mlops.store import Store
from clickup_mlops.store.queries.stats import Backlog, HookHealth

Run = Callable[[], object]

_log = logs.get()


def measure(store: Store, now_ms: int, *, token: str = "") -> None:
    """Bring the gauges of the store up to date. `token` is the hash that its budget is kept under.

    A store that cannot be read or written shows as `store_up` 0; what could not be read keeps its
    value.
    """
    try:
        _backlog(store.stats.backlog(now_ms), now_ms)
        telemetry.OVERRIDES_HELD.set(store.stats.overrides(now_ms))
        _jobs(store.stats.jobs())
        _hooks(store.stats.hooks())
        if token:
            _budget(token, store.stats.budget(token), now_ms)
        store.must_be_writable(now_ms)
    except Exception as problem:
        # A scrape must show that the store is away, whatever its driver raises.
        _log.warning("store_not_measured", problem=type(problem).__name__)
        telemetry.STORE_UP.set(0)
    else:
        telemetry.STORE_UP.set(1)
    _disk(store)


def store_unavailable() -> None:
    """Say that the store cannot be reached."""
    telemetry.STORE_UP.set(0)


def build_info(engine: str) -> None:
    """Say what runs."""
    telemetry.BUILD.labels(__version__, platform.python_version(), engine).set(1)


def parts(running: Mapping[str, bool], *, paused: bool, engine: bool) -> None:
    """Say which parts of this process run, whether it pauses, and if its engine takes lanes."""
    for part, runs in running.items():
        telemetry.PART_RUNS.labels(part).set(runs)
    telemetry.PAUSED.set(paused)
    telemetry.ENGINE_UP.set(engine)


def watched(jobs: Mapping[str, Run], store: Store, clock: Clock) -> dict[str, Run]:
    """The same jobs; each notes when it ended well, and counts when it did not."""
    return {name: _watched(name, job, store, clock) for name, job in jobs.items()}


def _watched(name: str, job: Run, store: Store, clock: Clock) -> Run:
    @wraps(job)
    def run() -> None:
        try:
            job()
        except Exception:
            telemetry.JOB_FAILURES.labels(name).inc()
            raise
        store.stats.job_succeeded(name, clock())

    return run


def _backlog(backlog: Backlog, now_ms: int) -> None:
    for state in ("ready", "waiting", "running", "parked"):
        telemetry.INBOX_ROWS.labels(state).set(getattr(backlog, state))
    waits = 0 if backlog.oldest_ms is None else now_ms - backlog.oldest_ms
    telemetry.OLDEST.set(max(0, waits) / 1000)


def _jobs(succeeded: Mapping[str, int]) -> None:
    for job, at_ms in succeeded.items():
        telemetry.JOB_SUCCESS.labels(job).set(at_ms / 1000)


def _hooks(hooks: list[HookHealth]) -> None:
    telemetry.HOOK_HEALTHY.clear()  # webhooks come and go
    telemetry.HOOK_FAILURES.clear()
    for hook in hooks:
        telemetry.HOOK_HEALTHY.labels(hook.webhook).set(not hook.problems)
        telemetry.HOOK_FAILURES.labels(hook.webhook).set(hook.failures)


def _budget(token: str, state: Mapping[str, int], now_ms: int) -> None:
    if not state:
        return
    name, limit = token[:8], state["limit"]
    over = now_ms >= state["reset_ms"]
    telemetry.BUDGET_LIMIT.labels(name).set(limit)
    telemetry.BUDGET_LEFT.labels(name).set(limit if over else max(0, limit - state["used"]))
    telemetry.BUDGET_PAUSED.labels(name).set(max(0, state["paused_ms"] - now_ms) / 1000)


def _disk(store: Store) -> None:
    if store.database.is_sqlite:
        folder = Path(store.database.url.database or ".").absolute().parent
        telemetry.DISK_FREE.set(shutil.disk_usage(folder).free)
