"""The machine's clock is set back, or has an odd time zone."""

import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest
from apscheduler.triggers.interval import IntervalTrigger

from clickup_mlops.bot.receive.scheduler import Scheduler
from clickup_mlops.bot.registered import Timer, every


def test_timers_go_on_after_the_clock_was_set_back() -> None:
    """They were planned by a clock that was a day ahead: none waits for that day."""
    ran = threading.Event()
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    timer = Timer(IntervalTrigger(seconds=0.1, start_date=tomorrow), ran.set)
    scheduler = Scheduler([timer], catch_up=lambda: None)
    scheduler.start()
    try:
        assert not ran.wait(0.5)
        scheduler.begin_anew()
        assert ran.wait(10)
    finally:
        scheduler.stop()


@pytest.mark.parametrize("every_s", [0.05, 5, 300, 86_400])
def test_a_timer_does_not_begin_anew_with_each_start(every_s: float) -> None:
    """A bot that is started again before the interval is over comes to the same time."""
    interval = timedelta(seconds=every_s)
    first_start = datetime(2026, 3, 2, 8, 0, 0, 1_000, tzinfo=UTC)
    due = every(interval).get_next_fire_time(None, first_start)
    assert due - first_start <= interval
    for part in (0.2, 0.5, 0.9):
        start = first_start + part * (due - first_start)
        assert every(interval).get_next_fire_time(None, start) == due


@pytest.mark.parametrize("zone", ["UTC0", "CET-1CEST,M3.5.0,M10.5.0/3", "Mars/Crater"])
def test_timers_run_whatever_time_zone_the_machine_has(zone: str) -> None:
    """As POSIX has it, or none at all: times are counted in UTC."""
    program = (
        "from datetime import timedelta\n"
        "from clickup_mlops.bot.registered import every\n"
        "from clickup_mlops.bot.receive.scheduler import Scheduler, Timer\n"
        "Scheduler([Timer(every(timedelta(1)), print)], catch_up=print)\n"
    )

    subprocess.run([sys.executable, "-c", program], env={"TZ": zone}, check=True)
