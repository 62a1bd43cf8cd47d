"""Finds pages and sections, and builds what is asked for."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import ModuleType

from clickup_mlops import registry
from clickup_mlops.ports.sections.page import Data, PageType, Query, SectionType
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
    packages: dict[str, list[ModuleType]] = {}
    for root in map(importlib.import_module, registry.rooms("pages")):
        for info in filter(lambda info: info.ispkg, pkgutil.iter_modules(root.__path__)):
            package = importlib.import_module(f"{root.__name__}.{info.name}")
            packages.setdefault(info.name, []).append(package)
    pages = [page for name, parts in packages.items() if (page := _page(name, parts))]
    return {page.key: page for page in sorted(pages, key=lambda page: (page.type.order, page.key))}


def sections(page: FoundPage, data: Data, query: Query, only: str = "") -> Iterator[Section]:
    """Those that there is something to show for; `only` the one of that key."""
    for key, section in page.sections.items():
        if only not in ("", key) or section.targeted not in (None, bool(query.target)):
            continue
        if built := section.build(data, query):
            yield built.named(key)


def _page(name: str, packages: Sequence[ModuleType]) -> FoundPage | None:
    """The page with the sections of all features; None if no feature here defines the page."""
    types = [package.PAGE for package in packages if hasattr(package, "PAGE")]
    if not types:
        return None
    sections: dict[str, SectionType] = {}
    for package in packages:
        sections |= registry.find(package, "SECTION")
    ordered = sorted(sections.items(), key=lambda entry: (entry[1].order, entry[0]))
    return FoundPage(name, types[0], dict(ordered))
