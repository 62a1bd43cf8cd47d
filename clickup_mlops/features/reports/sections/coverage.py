"""Coverage: what the bot does not know of the period: its beginning, or its end if it goes on."""

from collections.abc import Iterator

from clickup_mlops.features.reports import coverage
from clickup_mlops.ports.sections import figures
from clickup_mlops.ports.sections import period as periods
from clickup_mlops.ports.sections.model import CALENDAR, Data, Query, SectionType
from clickup_mlops.views import text
from clickup_mlops.views.model import Note, Section


def build(data: Data, query: Query) -> Section | None:
    """The section; None if the whole period is known."""
    notes = tuple(Note(words, "warning") for words in _missing(data, query))
    if not notes:
        return None
    return Section("coverage", SECTION.title, notes, figures.source(query, "timeline"))


def _missing(data: Data, query: Query) -> Iterator[str]:
    since, period = coverage.since_ms(data.store), query.period
    if since is not None and since > period.start_ms:
        at = text.format_moment(since, period.zone)
        yield f"The bot has kept the timeline since {at}: what happened before is not counted."
    if not periods.is_over(period):
        at = text.format_moment(period.end_ms, period.zone)
        yield f"The period is not over: everything is until {at}."


SECTION = SectionType("Coverage", build, order=1, reports=(*CALENDAR, "milestone", "incident"))
