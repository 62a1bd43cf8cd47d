"""Finds pages and sections, and builds what is asked for."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from clickup_mlops import registry
from clickup_mlops.operations.dashboard import pages
from clickup_mlops.operations.dashboard.model import Data, PageType, Query, SectionType
from clickup_mlops.views.model import Section


@dataclass(frozen=True, slots=True)
class FoundPage:
    """A page with its sections, by key, in their order."""

    key: str
    type: PageType
    sections: Mapping[str, SectionType]


@cache
def all_pages() -> Mapping[str, FoundPage]:
    """The pages by key, in their order."""
    found = [_found(info.name) for info in pkgutil.iter_modules(pages.__path__) if info.ispkg]
    return {page.key: page for page in sorted(found, key=lambda one: (one.type.order, one.key))}


def sections(page: FoundPage, data: Data, query: Query, only: str = "") -> Iterator[Section]:
    """Those that there is something to show for; `only` the one of that key."""
    for key, section in page.sections.items():
        if only not in ("", key) or section.targeted not in (None, bool(query.target)):
            continue
        if built := section.build(data, query):
            yield built.named(key)


def _found(name: str) -> FoundPage:
    package = importlib.import_module(f"{pages.__name__}.{name}")
    known: dict[str, SectionType] = registry.find(package, "SECTION")
    ordered = sorted(known.items(), key=lambda one: (one[1].order, one[0]))
    return FoundPage(name, package.PAGE, dict(ordered))
