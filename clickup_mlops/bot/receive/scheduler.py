"""The thread that follows the clock."""

import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, timedelta
from typing import Final

from apscheduler.job import Job
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from clickup_mlops import logs
from clickup_mlops.bot.registered import Timer, every
from clickup_mlops.errors import StoreUnavailable

CATCH_UP_EVERY: Final = timedelta(seconds=5)
"""How soon what was due while the store was away is made up for."""

LOOK_S: Final = 5.0
"""How often the machine's clock is looked at."""
SET_BACK_S: Final = 2.0
"""A clock that lost more than this at once was set back."""

_log = logs.get()


class Scheduler:
    """Runs timers. `catch_up` has everything run whose time came while the store was away; what was
    put into the inbox before is a duplicate then.
    """

    def __init__(self, timers: Iterable[Timer], *, catch_up: Callable[[], object]) -> None:
        self._catch_up = catch_up
        self._behind = False
        self._scheduler = BackgroundScheduler(timezone=UTC)
        self.timers = (*timers, Timer(every(CATCH_UP_EVERY), self.catch_up))
        self._jobs = [self._add(timer) for timer in self.timers]
        self._stopping, self._watch = threading.Event(), threading.Thread(target=self._follow)
        self._watch.name, self._watch.daemon = "clock", True

    @property
    def running(self) -> bool:
        """Whether the scheduler's thread runs."""
        return bool(self._scheduler.running)

    def start(self) -> None:
        """Follow the clock."""
        self._scheduler.start()
        self._watch.start()

    def stop(self) -> None:
        """Stop the clock; what is in the inbox stays there."""
        self._stopping.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def _follow(self) -> None:
        ahead_s = _ahead_s()
        while not self._stopping.wait(LOOK_S):
            before_s, ahead_s = ahead_s, _ahead_s()
            if ahead_s < before_s - SET_BACK_S:
                _log.warning("clock_set_back", by_s=round(before_s - ahead_s))
                self.begin_anew()

    def begin_anew(self) -> None:
        """Plan every timer from now on. After the machine's clock was set back, each would wait
        until its old time comes again.
        """
        for timer, job in zip(self.timers, self._jobs, strict=True):
            trigger = timer.trigger
            is_interval = isinstance(trigger, IntervalTrigger)
            job.reschedule(every(trigger.interval) if is_interval else trigger)

    def catch_up(self) -> None:
        """Have run what could not be put into the inbox, if anything could not."""
        if self._behind:
            self._behind = False
            self._catch_up()

    def run(self, timer: Timer) -> None:
        """Call the timer; while the store is away, `catch_up` makes up for it later."""
        try:
            timer.run()
        except StoreUnavailable as problem:
            self._behind = True
            _log.warning("tick_missed", problem=str(problem))

    def _add(self, timer: Timer) -> Job:
        return self._scheduler.add_job(
            self.run,
            timer.trigger,
            args=(timer,),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )


def _ahead_s() -> float:
    """How far the machine's clock is ahead of one that nobody can set."""
    return time.time() - time.monotonic()
