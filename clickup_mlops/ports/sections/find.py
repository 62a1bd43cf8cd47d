"""Finds the pages and sections of all features.

A page is a folder `pages/<page>/` of a feature. Its sections are the files in there, in the folder
of that name of any feature, and those elsewhere whose `pages` names it. Sections that differ in a
word or two are rows of `SECTIONS`, by key, in the folder's `__init__.py`.
"""

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import ModuleType

from clickup_mlops import registry
from clickup_mlops.errors import ConfigError
from clickup_mlops.ports.sections.model import Every, PageType, SectionType


@dataclass(frozen=True, slots=True)
class Page:
    """A page with its sections, by key, in their order."""

    key: str
    type: PageType
    sections: Mapping[str, SectionType]


@dataclass(frozen=True, slots=True)
class _Located:
    """A section, and the page in whose folder it is; empty: it is in a feature's `sections/`."""

    key: str
    page: str
    type: SectionType


@cache
def all_pages() -> Mapping[str, Page]:
    """The pages by key, in their order. A page of which no feature has the `PAGE` is left out.

    Raises:
        ConfigError: a file defines no section, or a page has two of the same name.
    """
    types = {
        name: package.PAGE
        for name, packages in _page_packages().items()
        for package in packages
        if hasattr(package, "PAGE")
    }
    located = [*_all_sections()]
    pages = [
        Page(name, type_, _in_order(s for s in located if name in (s.page, *s.type.pages)))
        for name, type_ in types.items()
    ]
    return {page.key: page for page in sorted(pages, key=lambda page: (page.type.order, page.key))}


@cache
def report_sections(every: Every) -> Mapping[str, SectionType]:
    """The sections of this kind of report by key, in their order.

    Raises:
        ConfigError: a file defines no section, or the report has two of the same name.
    """
    return _in_order(section for section in _all_sections() if every in section.type.reports)


def _all_sections() -> Iterator[_Located]:
    for page, packages in _page_packages().items():
        for package in packages:
            sections = registry.find(package, "SECTION") | getattr(package, "SECTIONS", {})
            for key, section in sections.items():
                yield _Located(key, page, section)
    for key, section in registry.find_all("sections", "SECTION").items():
        yield _Located(key, "", section)


def _page_packages() -> Mapping[str, list[ModuleType]]:
    """By page, the folders of that name in the features."""
    packages: dict[str, list[ModuleType]] = {}
    for root in map(importlib.import_module, registry.rooms("pages")):
        for info in filter(lambda info: info.ispkg, pkgutil.iter_modules(root.__path__)):
            package = importlib.import_module(f"{root.__name__}.{info.name}")
            packages.setdefault(info.name, []).append(package)
    return packages


def _in_order(sections: Iterable[_Located]) -> Mapping[str, SectionType]:
    by_key: dict[str, SectionType] = {}
    for section in sections:
        if section.key in by_key:
            raise ConfigError(
                f'two sections that are shown together are named "{section.key}"',
                hint="Rename one of the two modules.",
            )
        by_key[section.key] = section.type
    return dict(sorted(by_key.items(), key=lambda entry: (entry[1].order, entry[0])))
