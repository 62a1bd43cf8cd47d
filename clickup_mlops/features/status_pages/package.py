"""What status pages bring to the bot."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Final

from clickup_mlops import logs
from clickup_mlops.bot.handle.context.recent_deployments import fold, read_words
from clickup_mlops.bot.package import Package
from clickup_mlops.bot.registered import Job
from clickup_mlops.clickup.model import Task
from clickup_mlops.features.status_pages.settings import StatusPage, StatusPagesSettings
from clickup_mlops.ports.bounded_get import SourceAway
from clickup_mlops.routing.corroboration import STATUS_PAGE, Corroboration, Witnesses

if TYPE_CHECKING:
    from clickup_mlops.bot.packages import Packages
    from clickup_mlops.features.status_pages.pages import PageIncident, Pages

_BEFORE_MS: Final = 3_600_000
"""How long before a page admits it users report an incident."""
_log = logs.get()


class ProviderIncidents:
    """`routing.corroboration.Witnesses` that know what status pages report."""

    def __init__(self, answers: "Pages", pages: Mapping[str, StatusPage]) -> None:
        self._answers, self._pages = answers, pages

    def of(self, task: Task, now_ms: int) -> Iterator[Corroboration]:
        """The newest incident of the first page that the task names, if it went on when the task
        was created. Subtasks are steps of work, and report none. Raises StoreUnavailable.
        """
        # Then, not now: what was a live incident does not end by waiting.
        at_ms, words = task.created_ms or now_ms, read_words(task)
        reports = (
            Corroboration(f'the status page of {name} reports "{incident.name}"', STATUS_PAGE)
            for name, page in self._pages.items()
            if any(fold(word) in words for word in page.names or (name,))
            for incident in self._answers.incidents(name)
            if _covers(incident, at_ms)
        )
        if task.parent_id is None:
            yield from islice(reports, 1)


class StatusPagesPackage(Package):
    """Reads the pages, and supports reports by what they say."""

    def __init__(self, packages: "Packages") -> None:
        super().__init__(packages.core)

    def jobs(self) -> Iterable[Job]:
        """Reads the pages, if there are any."""
        if self._settings.pages:
            yield Job("status_pages", self._settings.every, self._poll, at_start=True)

    def witnesses(self) -> Iterable[Witnesses]:
        """Who knows the incidents of the pages, if there are any."""
        if self._settings.pages:
            from clickup_mlops.features.status_pages.pages import Pages

            yield ProviderIncidents(Pages(self.core.store), self._settings.pages)

    @property
    def _settings(self) -> StatusPagesSettings:
        return self.core.settings.table(StatusPagesSettings)

    def _poll(self) -> None:
        """One after the other; each ends in seconds."""
        from clickup_mlops.features.status_pages.pages import Pages, read

        for name, page in self._settings.pages.items():
            try:
                incidents = read(str(page.url), self.core.now_ms())
            except SourceAway as problem:
                _log.warning("status_page_away", page=name, problem=str(problem))
            else:
                Pages(self.core.store).keep(name, incidents)


def _covers(incident: "PageIncident", at_ms: int) -> bool:
    return incident.begin_ms - _BEFORE_MS <= at_ms <= incident.end_ms


PACKAGE: Final = StatusPagesPackage
