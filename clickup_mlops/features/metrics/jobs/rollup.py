"""Means of what was measured, over 5 minutes and over an hour. Does as much as was missed.

A slice of time is rolled up when it is over, and the newest ones again, as a pass may be late. Each
is one small transaction. What has been rolled up is left alone once its readings begin to go.
"""

from typing import Final

from clickup_mlops.bot.clock import to_ms
from clickup_mlops.bot.receive.retention import RetentionSettings
from clickup_mlops.series.history import ROLLED
from clickup_mlops.store import Store
from clickup_mlops.store.tables.history import FIVE_MINUTES, HOUR, RAW, STEPS

LATE_MS: Final = 900_000
"""How much later than its reading a point may be stored."""


def rollup(store: Store, retention: RetentionSettings, now_ms: int) -> None:
    """Brings the means up to now. Safe to repeat, and to cut off anywhere."""
    until_ms = _floor(now_ms, FIVE_MINUTES)
    cursor = store.cursors.get(ROLLED)
    rolled_ms = int(cursor) if cursor else store.history.first_ms(RAW, 0)
    if rolled_ms is None:
        return
    keep_times = {FIVE_MINUTES: to_ms(retention.history_raw), HOUR: to_ms(retention.history_5min)}
    start_ms = rolled_ms - LATE_MS
    for step, keep_ms in keep_times.items():
        done_ms = _floor(rolled_ms, step)
        whole_ms = _floor(now_ms - keep_ms, step) + 2 * step if keep_ms else 0
        start_ms = min(done_ms, max(_floor(start_ms, step), whole_ms))
        _slices(store, step, start_ms, _floor(until_ms, step))
    store.cursors.set(ROLLED, str(max(until_ms, rolled_ms)))


def _slices(store: Store, step: int, start_ms: int, end_ms: int) -> None:
    """Those in which there is something."""
    finer = STEPS[STEPS.index(step) - 1]
    begin = start_ms
    while (first := store.history.first_ms(finer, begin)) is not None and first < end_ms:
        begin = _floor(first, step)
        store.history.rollup(step, begin, begin + step)
        begin += step


def _floor(ms: int, step: int) -> int:
    return ms - ms % step
