"""An incident on a provider's status page supports the report of one that names the provider."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final

from clickup_mlops.bot.handle.context.recent_deployments import fold, read_words
from clickup_mlops.clickup.model import Task
from clickup_mlops.features.status_pages.pages import PageIncident, Pages
from clickup_mlops.features.status_pages.settings import StatusPage
from clickup_mlops.routing.corroboration import STATUS_PAGE, Corroboration
from clickup_mlops.store import Store

_BEFORE_MS: Final = 3_600_000
"""How long before a page admits it users report an incident."""


class ProviderIncidents:
    """`routing.corroboration.Witnesses` that know what status pages report."""

    def __init__(self, store: Store, pages: Mapping[str, StatusPage]) -> None:
        self._answers, self._pages = Pages(store), pages

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


def _covers(incident: PageIncident, at_ms: int) -> bool:
    return incident.begin_ms - _BEFORE_MS <= at_ms <= incident.end_ms
