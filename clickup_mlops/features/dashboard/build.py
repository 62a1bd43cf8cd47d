"""Builds the sections of a page."""

from collections.abc import Iterator

from clickup_mlops.ports.sections.find import Page
from clickup_mlops.ports.sections.model import Data, Query
from clickup_mlops.views.model import Section


def sections(page: Page, data: Data, query: Query, only: str = "") -> Iterator[Section]:
    """Those that there is something to show for; `only` the one of that key."""
    for key, section in page.sections.items():
        if only not in ("", key) or section.targeted not in (None, bool(query.target)):
            continue
        if built := section.build(data, query):
            yield built.named(key)
