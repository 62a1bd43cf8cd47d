"""Coverage: since when the bot knows what happens, if that was within the period."""

from clickup_mlops.report import coverage, figures
from clickup_mlops.report.model import Data, SectionType
from clickup_mlops.views import text
from clickup_mlops.views.model import Note, Section


def build(data: Data) -> Section | None:
    """The section; None if the whole period is known."""
    since = coverage.since_ms(data.store)
    if since is None or since <= data.period.start_ms:
        return None
    at = text.moment(since, data.period.zone)
    words = f"The bot has kept the timeline since {at}: what happened before is not counted."
    return Section(
        "coverage", SECTION.title, (Note(words, "warning"),), figures.source(data, "timeline")
    )


SECTION = SectionType(
    "Coverage", build, order=1, of=("daily", "weekly", "monthly", "milestone", "incident")
)
