"""The machine's clock is set back, or has an odd time zone."""

import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest
from apscheduler.triggers.interval import IntervalTrigger

from clickup_mlops.bot.receive.scheduler import Scheduler
from clickup_mlops.bot.registered import Timer


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
