"""What runs the jobs of all packages by the clock."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from clickup_mlops.bot import stats
from clickup_mlops.bot.members import member
from clickup_mlops.bot.package import Package
from clickup_mlops.bot.receive import jobs
from clickup_mlops.bot.receive.jobs import JobQueue, JobRunner
from clickup_mlops.bot.registered import Job, LaneKind, Timer

if TYPE_CHECKING:
    from clickup_mlops.bot.core import Core


class JobsPackage(Package):
    """`registered` are the jobs of all packages."""

    def __init__(self, core: "Core", registered: Sequence[Job]) -> None:
        super().__init__(core)
        self.registered = tuple(registered)

    @member
    def queue(self) -> JobQueue:
        """Puts jobs into the inbox."""
        return JobQueue(self.core.inbox_writer, self.core.now_ms)

    @member
    def runner(self) -> JobRunner:
        """Runs them; when each ended well is noted."""
        core = self.core
        by_name = {job.name: job.run for job in self.registered}
        return JobRunner(stats.watched(by_name, core.store, core.now_ms), core.now_ms)

    def start(self) -> None:
        """Have those run that something may have happened for while the bot was away."""
        for job in self.registered:
            if job.at_start:
                self.queue.run_now(job.name)

    def catch_up(self) -> None:
        """Have each run for the interval that has begun, unless it did."""
        for job in self.registered:
            self.queue.tick(job)

    def lane_kinds(self) -> Iterable[LaneKind]:
        """A lane and a thread for each job. One that is cut off does no harm."""
        yield LaneKind(
            jobs.LANE,
            self.runner.handle,
            threads=len(self.registered),
            watched=False,
        )

    def timers(self) -> Iterable[Timer]:
        """One for each job."""
        return self.queue.timers(self.registered)
