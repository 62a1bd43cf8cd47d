"""What the bot would do in them."""

from clickup_mlops.features.shadow.pages.proposals import proposal
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.views.model import Section


def _build(data: Data, query: Query) -> Section | None:
    return proposal.SECTION.build(data, query) if "live" in query.may else None


SECTION = SectionType(proposal.SECTION.title, _build, 20)
