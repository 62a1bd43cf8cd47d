"""Looks at the runs of all sources, and reports what it finds."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from clickup_mlops import logs
from clickup_mlops.automations.events import INTEGRATION
from clickup_mlops.bot.clock import to_ms
from clickup_mlops.bot.internal_events import own_body
from clickup_mlops.errors import ClickUpMlopsError
from clickup_mlops.features.metrics.read.reader import WorldReader
from clickup_mlops.features.metrics.source import SourceTable
from clickup_mlops.features.progress import watched
from clickup_mlops.features.progress.estimate import eta
from clickup_mlops.features.progress.findings import Finding, Limits, find, follow
from clickup_mlops.features.progress.gpu_use import GpuUse
from clickup_mlops.features.progress.model import ACTIVE, STATUS, Progress, RunReport
from clickup_mlops.features.progress.settings import NAME, ProgressSettings
from clickup_mlops.features.progress.source import RunSource
from clickup_mlops.store.tables.notes import RUN_ENDS

if TYPE_CHECKING:
    from clickup_mlops.bot.core import Core

_log: Final = logs.get()


class Watching:
    """`tables` of the sources of runs by name, and the kinds of sources by theirs."""

    def __init__(
        self,
        core: "Core",
        tables: Mapping[str, SourceTable],
        kinds: Mapping[str, RunSource[Any]],
    ) -> None:
        self.core, self._tables, self._kinds = core, tables, kinds
        self.settings = core.settings.table(ProgressSettings)

    def look(self) -> None:
        """One look at all runs. A source that cannot be read loses no other.

        Raises:
            StoreUnavailable: the next look goes on.
        """
        now, store, workspace = self.core.now_ms(), self.core.store, self.core.workspace_id
        before = watched.read(store, workspace)
        look = _Look(watched.Tasks(store, self.settings.field), GpuUse(store, workspace, now), now)
        current: dict[str, Progress] = {}
        for source, reports in self._collect(now):
            since_ms = watched.last_look_ms(store, workspace, source)
            for report in reports:
                earlier = before.get(f"{source}/{report.id}")
                if report.state in ACTIVE or earlier is not None or since_ms is not None:
                    progress = look.follow(earlier, source, report)
                    news, progress = find(earlier, progress, self._limits, since_ms)
                    current[progress.key] = progress
                    for finding in news:
                        self._report(finding)
            watched.looked(store, workspace, source, now)
        watched.write(store, workspace, before, current, now)
        self._note_ends(current.values(), now)

    @property
    def _limits(self) -> Limits:
        settings = self.settings
        return Limits(to_ms(settings.stalled_after), to_ms(settings.idle_after), settings.jump)

    def _collect(self, now_ms: int) -> Iterator[tuple[str, list[RunReport]]]:
        reader = WorldReader()
        for name, table in self._tables.items():
            try:
                reports, problems = self._kinds[table.kind].collect(table, reader, now_ms)
            except ClickUpMlopsError as problem:
                _log.warning("runs_not_read", source=name, text=str(problem))
                continue
            except Exception as problem:  # whatever a tool answers, other sources go on
                why = f"its answer makes no sense: {type(problem).__name__}: {problem}"
                _log.warning("runs_not_read", source=name, text=why)
                continue
            for text in problems:
                _log.warning("runs_not_read", source=name, text=text)
            yield name, reports

    def _report(self, finding: Finding) -> None:
        """An event in the lane of the run's task; only a log line if it has none."""
        progress, report = finding.progress, finding.progress.report
        _log.info(finding.kind, run=progress.key, task=progress.task_id, text=finding.text)
        if not progress.task_id:
            return
        kind = f"{INTEGRATION}:{NAME}.{finding.kind}"
        data = {
            "status": STATUS.get(report.state, report.state.upper()),
            "text": finding.text,
            "by": report.by,
            "source": progress.source,
            "run": {"id": report.id, "name": report.name, "url": report.url},
        }
        title = f"{report.name}: {finding.text}"
        body = own_body(
            kind, progress.task_id, "", data=data, report=_as_report(finding, title, progress)
        )
        inbox = self.core.inbox_writer
        key = f"{NAME}:{progress.key}:{finding.kind}:{finding.since_ms}"
        row = inbox.event(key, kind, source=INTEGRATION, lane=progress.task_id, body=body)
        inbox.put(row)

    def _note_ends(self, current: Iterable[Progress], now_ms: int) -> None:
        """When runs are expected to end, for whoever plans with their GPUs."""
        notes = self.core.store.notes
        for progress in current:
            expected = eta(progress, now_ms)
            if progress.task_id and expected:
                notes.put(RUN_ENDS, progress.task_id, expected.at_ms, now_ms, wait=False)


@dataclass(frozen=True, slots=True)
class _Look:
    """What is read once for all runs."""

    tasks: watched.Tasks
    gpus: GpuUse
    now_ms: int

    def follow(self, before: Progress | None, source: str, report: RunReport) -> Progress:
        """The run as it is now."""
        idle = report.state == "running" and self.gpus.is_idle(report)
        task_id = before.task_id if before and before.task_id else self.tasks.of(report)
        return follow(before, source, report, task_id, self.now_ms, idle=idle)


def _as_report(finding: Finding, title: str, progress: Progress) -> dict[str, Any]:
    """As reports of tools look in conditions and texts."""
    return {
        "type": finding.kind,
        "key": progress.key,
        "title": title,
        "state": "",
        "severity": "",
        "labels": {},
        "links": {},
        "facts": {"run": progress.report.id, "source": progress.source},
        "made": {},
        "tasks": [progress.task_id],
    }
