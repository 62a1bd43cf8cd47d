"""The thread that follows the clock."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Final

from apscheduler.schedulers.background import BackgroundScheduler

from clickup_mlops import logs
from clickup_mlops.bot.registered import Timer
from clickup_mlops.bot.sources.jobs import every
from clickup_mlops.errors import StoreUnavailable

CATCH_UP_EVERY: Final = timedelta(seconds=5)
"""How soon what was due while the store was away is made up for."""

_log = logs.get()


class Scheduler:
    """Runs timers. `catch_up` has everything run whose time came while the store was away; what was
    put into the inbox before is a duplicate then.
    """

    def __init__(
        self, timers: Iterable[Timer], *, time_zone: str, catch_up: Callable[[], object]
    ) -> None:
        self._catch_up = catch_up
        self._behind = False
        self._scheduler = BackgroundScheduler(timezone=time_zone)
        self.timers = (*timers, Timer(every(CATCH_UP_EVERY), self.catch_up))
        for timer in self.timers:
            self._add(timer)

    @property
    def running(self) -> bool:
        """Whether the scheduler's thread runs."""
        return bool(self._scheduler.running)

    def start(self) -> None:
        """Follow the clock."""
        self._scheduler.start()

    def stop(self) -> None:
        """Stop the clock; what is in the inbox stays there."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

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

    def _add(self, timer: Timer) -> None:
        self._scheduler.add_job(
            self.run,
            timer.trigger,
            args=(timer,),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
