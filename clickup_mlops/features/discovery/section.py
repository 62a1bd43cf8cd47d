"""Bottlenecks as the bot's timeline shows them: for the page, reports and agents."""

from typing import Final

from clickup_mlops.features.discovery import document
from clickup_mlops.features.discovery.conclude import Conclusions, conclude
from clickup_mlops.features.discovery.operations.reading import (
    finding_types,
    list_joinable,
    read_store,
)
from clickup_mlops.ports.sections.model import DAY_MS, Data, Query
from clickup_mlops.store import Store
from clickup_mlops.views.model import Section

DAYS: Final = 90
"""Shorter ranges say nothing of how a team works."""


def conclude_of_store(store: Store, workspace: str, now_ms: int, days: int = DAYS) -> Conclusions:
    """Of the tasks that were created in the last days. Names nobody, makes no API calls."""
    reading = read_store(store, workspace, now_ms - days * DAY_MS, now_ms)
    return conclude(reading, finding_types(), list_joinable())


def build(data: Data, query: Query) -> Section | None:
    """What was found; None: too few tasks to say anything."""
    conclusions = conclude_of_store(data.store, data.workspace, query.now_ms)
    return document.build_findings(conclusions) if conclusions.places else None
