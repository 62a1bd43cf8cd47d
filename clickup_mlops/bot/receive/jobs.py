"""Jobs by the clock. A timer only puts a row into the inbox; a lane does the work.

The row's key is `cron:<job>:<scheduled time>`, so two schedulers on two machines do no harm: the
second row is a duplicate. Each job has its own lane, so it never runs twice at the same time; and
its own thread, so that no job holds up another one, or the tasks.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final

from clickup_mlops import logs
from clickup_mlops.bot.clock import Clock, to_ms
from clickup_mlops.bot.inbox_writer import InboxWriter
from clickup_mlops.bot.lanes.worker import TRANSIENT_ERRORS, Postponed
from clickup_mlops.bot.registered import Job, Timer, every
from clickup_mlops.clickup.governor import Stopping
from clickup_mlops.errors import Unauthorized
from clickup_mlops.store import InboxRow

LANE: Final = "cron:"
"""Lanes of jobs begin like this; the job's name follows."""
RETRY_MS: Final = 5_000
"""How soon a job is tried again that ClickUp or the store answered "not now" to."""

_log = logs.get()


class JobQueue:
    """Puts jobs into the inbox, by name."""

    def __init__(self, inbox: InboxWriter, clock: Clock) -> None:
        self._inbox, self._clock = inbox, clock

    def run_now(self, job: str) -> bool:
        """Have the job run now, besides its usual times."""
        return self.insert(job, self._clock())

    def insert(self, job: str, scheduled_ms: int) -> bool:
        """Have the job run; False: somebody has put this very run into the inbox before."""
        lane = f"{LANE}{job}"
        return self._inbox.put(
            self._inbox.event(f"{lane}:{scheduled_ms}", job, source="cron", lane=lane)
        )

    def tick(self, job: Job) -> None:
        """Have the job run for the interval that has begun."""
        # The same time on every machine: the beginning of the interval, not when we woke up.
        now = self._clock()
        self.insert(job.name, now - now % to_ms(job.every))

    def timers(self, jobs: Iterable[Job]) -> Iterator[Timer]:
        """One for each job."""
        for job in jobs:
            yield Timer(every(job.every), partial(self.tick, job))


class JobRunner:
    """`run` runs a job once. One that fails is given up: the next one comes anyway."""

    def __init__(self, jobs: Mapping[str, Callable[[], object]], clock: Clock) -> None:
        self._jobs, self._clock = jobs, clock

    def handle(self, rows: Sequence[InboxRow]) -> None:
        """Run the job that the rows' lane is named after: once is enough for all that was missed.

        Raises: as `run`.
        """
        self.run(rows[0].lane.removeprefix(LANE))

    def run(self, job: str) -> None:
        """Do it.

        Raises:
            Postponed: not now.
            Unauthorized: ClickUp does not accept the token: everything pauses.
            Stopping: the program is; the next one does it.
        """
        try:
            self._jobs[job]()
        except (Unauthorized, Stopping, Postponed):
            raise
        except TRANSIENT_ERRORS as problem:
            _log.warning("job_postponed", job=job, problem=str(problem))
            raise Postponed(self._clock() + RETRY_MS) from problem
        except Exception:
            _log.exception("job_failed", job=job)
