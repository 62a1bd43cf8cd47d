"""What brings numbers into task fields."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from secrets import token_hex
from typing import TYPE_CHECKING, Final

from clickup_mlops import pace
from clickup_mlops.automations.perform import ExecutorContext
from clickup_mlops.bot.clock import to_ms
from clickup_mlops.bot.lanes.worker import HOLDER, Postponed
from clickup_mlops.bot.members import member
from clickup_mlops.bot.package import Package
from clickup_mlops.bot.registered import Job
from clickup_mlops.bot.write.mirrored_client import LaneJournal, MirroredClickUp
from clickup_mlops.clickup.budget import PriorityClass
from clickup_mlops.clickup.model import Task
from clickup_mlops.errors import StoreBusy
from clickup_mlops.features.metrics.names import JOB, LANE
from clickup_mlops.features.metrics.settings import MetricsSettings, kinds
from clickup_mlops.features.metrics.source import SourceTable
from clickup_mlops.routing.objectives import parse_measure
from clickup_mlops.series.history import History

if TYPE_CHECKING:
    from clickup_mlops.bot.packages import Packages
    from clickup_mlops.features.metrics.jobs.bindings import Bound
    from clickup_mlops.features.metrics.jobs.owners import Owners
    from clickup_mlops.features.metrics.jobs.push import Push, Pushed
    from clickup_mlops.features.metrics.jobs.recording import Recording
    from clickup_mlops.features.metrics.jobs.scraper import Scraper
    from clickup_mlops.features.metrics.jobs.tasks import BoundTasks
    from clickup_mlops.features.metrics.jobs.writer import Writer

PASS_EVERY: Final = timedelta(seconds=15)
"""How soon a pass sees that an objective was crossed, or that a source fell silent."""
ROLLUP: Final = "rollup"
ROLLUP_EVERY: Final = timedelta(minutes=5)
_LEASE_MS: Final = 600_000
"""For how long a pass by hand that was killed keeps the job from its turn."""
_SOON: Final = "Try again in a minute."


class MetricsPackage(Package):
    """A job that scrapes and writes, if a source is configured. `dry_run`: nothing is written."""

    def __init__(self, packages: "Packages", *, dry_run: bool = False) -> None:
        super().__init__(packages.core)
        self._dry_run = dry_run
        self._context, self._execution = packages.context, packages.execution
        self._sources = packages.sources

    @property
    def is_used(self) -> bool:
        """Whether there is anything to read."""
        return bool(self.core.settings.table(MetricsSettings).sources)

    @member
    def push(self) -> "Push":
        """The pass that the job makes."""
        from clickup_mlops.features.metrics.jobs.board import Board
        from clickup_mlops.features.metrics.jobs.push import Parts, Push
        from clickup_mlops.features.metrics.jobs.turns import Turns

        core, settings = self.core, self.core.settings.table(MetricsSettings)
        contacts, recording = self._sources.contacts.record, self._recording
        parts = Parts(
            core.store,
            settings,
            self.scraper,
            Board(settings, self._limit, contacts, recording),
            self._tasks,
            self._writer,
            Turns(core.governor, core.now_ms),
            self._limit,
            self.owners,
            core.workspace_id,
            core.settings.jobs.time_zone,
            core.now_ms,
            core.sleep,
            core.stopping.is_set,
        )
        return Push(parts, self.bound)

    @member
    def scraper(self) -> "Scraper":
        """What reads the sources."""
        from clickup_mlops.features.metrics.jobs.scraper import Scraper
        from clickup_mlops.features.metrics.read.collect import Collector
        from clickup_mlops.features.metrics.read.reader import WorldReader

        sources = self.core.settings.table(MetricsSettings).sources
        return Scraper(Collector(sources, kinds, WorldReader()), self.core.now_ms)

    @property
    def owners(self) -> "Owners":
        """Whose a series is that fits several tasks."""
        from clickup_mlops.features.metrics.jobs.owners import Owners

        tags = self.core.settings.routing.incident.tags
        return Owners(self.core.store, tags, self.core.extensions.has_incident)

    @member
    def _tasks(self) -> "BoundTasks":
        from clickup_mlops.features.metrics.jobs.tasks import BoundTasks

        core = self.core
        return BoundTasks(
            core.client.with_priority_class(PriorityClass.METRICS).tasks,
            core.store,
            core.workspace_id,
            to_ms(core.settings.table(MetricsSettings).reread_tasks),
        )

    @member
    def _writer(self) -> "Writer":
        from clickup_mlops.features.metrics.jobs.writer import Writer

        core, settings = self.core, self.core.settings.table(MetricsSettings)
        return Writer(
            core.store,
            self._executor_context,
            self._tasks,
            core.now_ms,
            workspace=core.workspace_id,
            cap=settings.writes_per_hour,
            auto=settings.sink == "auto",
        )

    @property
    def _recording(self) -> "Recording | None":
        from clickup_mlops.features.metrics.jobs.recording import Recording

        core = self.core
        if self._dry_run:
            return None
        return Recording(
            core.store,
            core.workspace_id,
            core.settings.table(MetricsSettings).history_series,
        )

    def bound(self) -> "Bound":
        """The bindings that hold now."""
        from clickup_mlops.features.metrics.jobs.bindings import bound

        core = self.core
        templates = core.store.space_policies.bindings(core.workspace_id)
        return bound(core.settings.table(MetricsSettings), templates)

    def jobs(self) -> Iterable[Job]:
        """Push, and make means of what was measured, if there is a source."""
        if self.is_used:
            push_every = self.core.settings.table(MetricsSettings).push_every
            yield Job(JOB, min(PASS_EVERY, push_every), self._job, at_start=True)
            yield Job(ROLLUP, ROLLUP_EVERY, self._rollup, at_start=True)

    def fills_fields(self) -> bool:
        """Whether a binding holds now, of the settings or of a template."""
        return bool(self.bound().bindings)

    def watched_sources(self) -> Mapping[str, timedelta]:
        """Those of `[metrics.sources]` that should send something regularly."""
        return {
            f"metrics:{name}": source.silent_after
            for name, source in self.core.settings.table(MetricsSettings).sources.items()
            if source.silent_after is not None
        }

    def expected_sources(self) -> Mapping[str, timedelta | None]:
        """Those of `[metrics.sources]`: before their fields would be cleared."""
        return {
            f"metrics:{name}": source.silent_after or _stale_after(source)
            for name, source in self.core.settings.table(MetricsSettings).sources.items()
        }

    def page_history(self, stored: History) -> History:
        """Prometheus where it is the source; what it is asked is asked once for a page."""
        sources = self.core.settings.table(MetricsSettings).sources
        if not any(source.kind == "prometheus" for source in sources.values()):
            return stored
        from clickup_mlops.features.metrics.presentation.prometheus_history import PrometheusHistory
        from clickup_mlops.features.metrics.read.reader import WorldReader

        bound = self.bound()
        return PrometheusHistory(stored, bound.sources, bound.bindings, WorldReader())

    def push_now(self) -> "Pushed":
        """A pass outside of the job, and never beside it: both would take a field for a person's.

        Raises:
            StoreBusy: the job runs just now, or an earlier pass was cut off a moment ago.
            ClickUpMlopsError: ClickUp or the store is away.
        """
        if self._dry_run:
            return self.push.run()
        leases, owner, now = self.core.store.leases, f"push:{token_hex(6)}", self.core.now_ms()
        if not leases.take(LANE, owner, now, now + _LEASE_MS):
            raise StoreBusy("the bot reads and writes metrics just now", hint=_SOON)
        holds = HOLDER.set((LANE, owner))
        try:
            return self._run()
        except Postponed as problem:
            raise StoreBusy("a write of an earlier pass may be on its way", hint=_SOON) from problem
        finally:
            HOLDER.reset(holds)
            leases.release(LANE, owner)

    def _run(self) -> "Pushed":
        self._execution.reconciler.reconcile(LANE)
        return self.push.run()

    def _rollup(self) -> None:
        from clickup_mlops.features.metrics.jobs.rollup import rollup

        rollup(self.core.store, self.core.settings.retention, self.core.now_ms())

    def _job(self) -> None:
        with pace.in_slices():
            self.push.report(self._run())

    def start(self) -> None:
        """From its first pass on, this process reads sources in a thread of its own."""
        if self.is_used:
            self.scraper.is_live = True

    def stop(self) -> None:
        """End that thread. A source that is being read now is left to its time-out."""
        if self.is_used:
            self.scraper.stop()

    @property
    def _executor_context(self) -> ExecutorContext:
        """As automations write, after routing."""
        core = self.core
        client = core.client.with_priority_class(PriorityClass.METRICS)
        return ExecutorContext(
            clickup=MirroredClickUp(
                client,
                core.store,
                core.workspace_id,
                core.now_ms,
                core.extensions.service,
            ),
            effects=self._execution.effects,
            journal=LaneJournal(core.store.journal),
            clock=core.now_ms,
            shadow=self._dry_run or core.settings.automations.mode == "shadow",
            is_reported=self._execution.people.is_reported,
        )

    def _limit(self, task: Task, field: str) -> float | None:
        """The objective of a measured field on this task, by the pairs that hold in its Space."""
        name = field.casefold()
        for slo in self._context.router.policy_of(task).policy.slos:
            if slo.metric.casefold() == name:
                return parse_measure(slo.objective, task.field(slo.objective))
        return None


def _stale_after(source: SourceTable) -> timedelta:
    from clickup_mlops.features.metrics.placement.planning import STALE_AFTER

    return STALE_AFTER * source.every


PACKAGE: Final = MetricsPackage
