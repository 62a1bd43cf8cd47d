"""How long what is remembered is kept. A daily job deletes what is older; so does `prune`."""

from datetime import timedelta

from pydantic import field_validator

from clickup_mlops import logs
from clickup_mlops.bot.clock import to_ms
from clickup_mlops.config import Table
from clickup_mlops.errors import ConfigError
from clickup_mlops.store import Store

_log = logs.get()


class RetentionSettings(Table):
    """How long things are kept. A duration each; 0: for ever."""

    events: timedelta = timedelta(days=30)
    """Events that were handled, for `events list` and `events replay`. What is ready or parked is
    never deleted. At least a day: a handled event's key keeps a repeated delivery out. With them
    goes for which changes automations were evaluated."""
    recordings: timedelta = timedelta(days=60)
    """Events with the tasks that they met: how far back `automations simulate` can look."""
    decisions: timedelta = timedelta(days=180)
    """Earlier decisions of a task. Its newest one always stays, for `why`."""
    writes: timedelta = timedelta(days=180)
    """The journal's rows that ended. A task's newest write of each kind stays, and so does what
    made something."""
    runs: timedelta = timedelta(days=30)
    """What automations did and why they failed, for `automations runs`: the newest 100,000 at
    most."""
    audit: timedelta = timedelta(days=730)
    """The record of every write. `undo` reaches back as far as this. What is cut off leaves an
    entry that proves where."""
    overrides: timedelta = timedelta(days=180)
    """Priorities that people had set and muted automations, after they ran out; corrected
    decisions.
    """
    closed_tasks: timedelta = timedelta(days=180)
    """The copies of closed tasks since they were last read; they are read again when needed. With
    them goes which alerts about them were resolved."""
    timeline: timedelta = timedelta(days=730)
    """What happened to tasks, for reports and forecasts; incidents since they were closed."""
    history_raw: timedelta = timedelta(days=2)
    """What was measured, each reading."""
    history_5min: timedelta = timedelta(days=14)
    """Means of what was measured over 5 minutes."""
    history_hour: timedelta = timedelta(days=400)
    """Means over an hour."""

    @field_validator("events")
    @classmethod
    def _outlives_repetitions(cls, value: timedelta) -> timedelta:
        if timedelta(0) < value < timedelta(days=1):
            raise ValueError("at least a day (or 0, for ever), so that nothing is handled twice")
        return value

    def before(self, now_ms: int) -> dict[str, int]:
        """Of each kind that is not kept for ever: what ended before this time (Unix ms) may go."""
        durations: dict[str, timedelta] = {
            kind: getattr(self, kind) for kind in type(self).model_fields
        }
        return {kind: now_ms - to_ms(keep) for kind, keep in durations.items() if keep}


def prune(store: Store, settings: RetentionSettings, now_ms: int) -> None:
    """Delete what is older than it is to be kept."""
    try:
        _log.info("pruned", **store.retention.prune(settings.before(now_ms), now_ms))
        # In a log that is kept elsewhere it shows later that nobody cut off the chain's end.
        _log.info("audit_anchor", anchor=str(store.audit.head()))
    except ConfigError as problem:
        _log.error("audit_not_cut", problem=str(problem), hint=problem.hint)
