"""The machine's clock is set back."""

import threading
from datetime import UTC, datetime, timedelta

from apscheduler.triggers.interval import IntervalTrigger

from clickup_mlops.bot.registered import Timer
from clickup_mlops.bot.sources.scheduler import Scheduler


def test_timers_go_on_after_the_clock_was_set_back() -> None:
    """They were planned by a clock that was a day ahead: none waits for that day."""
    ran = threading.Event()
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    timer = Timer(IntervalTrigger(seconds=0.1, start_date=tomorrow), ran.set)
    scheduler = Scheduler([timer], time_zone="UTC", catch_up=lambda: None)
    scheduler.start()
    try:
        assert not ran.wait(0.5)
        scheduler.begin_anew()
        assert ran.wait(10)
    finally:
        scheduler.stop()
