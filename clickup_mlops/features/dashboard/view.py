"""A view: a page, what it is about, how far it goes back, and which of its sections.

As text it is the page's address below the dashboard: `model?target=chat&range=7d&sections=slo`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import parse_qsl, urlencode

from clickup_mlops.errors import InputError
from clickup_mlops.features.dashboard.settings import SavedView
from clickup_mlops.ports.sections.find import Page, all_pages
from clickup_mlops.ports.sections.model import Data
from clickup_mlops.spelling import find_similar

_LISTED = 10


@dataclass(frozen=True, slots=True)
class View:
    """Empty: the page's overview, the default range, all sections."""

    page: str
    target: str = ""
    range: str = ""
    sections: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """From its text."""
        page, _, query = text.partition("?")
        arguments = dict(parse_qsl(query))
        sections = tuple(filter(None, arguments.get("sections", "").split(",")))
        return cls(page, arguments.get("target", ""), arguments.get("range", ""), sections)

    @classmethod
    def saved(cls, saved_view: SavedView) -> Self:
        """Of a saved view in the settings."""
        return cls(saved_view.page, saved_view.target, saved_view.range, saved_view.sections)

    def arguments(self) -> dict[str, str]:
        """What stands in the address."""
        parts = {"target": self.target, "range": self.range, "sections": ",".join(self.sections)}
        return {name: value for name, value in parts.items() if value}

    def shows(self, page: str, section: str = "") -> bool:
        """Whether that is part of it; no section: the page itself."""
        return page == self.page and (not section or section in (self.sections or (section,)))

    def __str__(self) -> str:
        query = urlencode(self.arguments())
        return f"{self.page}?{query}" if query else self.page


def resolve(
    saved: Mapping[str, SavedView], text: str, *, range_: str = "", sections: Iterable[str] = ()
) -> View:
    """The view that a person names: `page`, `page/target`, or a saved view.

    `range_` and `sections` replace those of a saved view.

    Raises:
        InputError: there is no such page, saved view or section; or the page is about nothing.
    """
    name = text.strip("/").removeprefix("view/")
    if name in saved and name not in all_pages():
        view = View.saved(saved[name])
    else:
        page, _, target = name.partition("/")
        view = View(page, target)
    view = replace(view, range=range_ or view.range, sections=tuple(sections) or view.sections)
    _must_exist(view, saved)
    return view


def _must_exist(view: View, saved: Mapping[str, SavedView]) -> None:
    page = all_pages().get(view.page)
    if page is None:
        raise _unknown("page or saved view", view.page, [*all_pages(), *saved])
    if view.target and page.type.targets is None:
        raise InputError(f"the page {view.page} is about no single target: {view.target}")
    _must_have(page, view.sections)


def check_target(view: View, data: Data) -> None:
    """Nothing, if the page knows what it is to be about.

    Raises:
        InputError: nothing of that name is known; names similar ones.
    """
    page = all_pages()[view.page].type
    if not view.target or page.targets is None:
        return
    names = [*(key for key, _ in page.targets(data)), *page.further(data)]
    if view.target.strip().casefold() not in map(str.casefold, names):
        near = find_similar(view.target, dict.fromkeys(names)) or sorted(set(names))[:_LISTED]
        raise InputError(
            f"the page {view.page} knows nothing about {view.target}",
            hint=f"There are, for example: {', '.join(near)}." if near else page.empty,
        )


def _must_have(page: Page, sections: Iterable[str]) -> None:
    for section in sections:
        if section not in page.sections:
            raise _unknown(f"section of the page {page.key}", section, [*page.sections])


def _unknown(kind: str, name: str, names: list[str]) -> InputError:
    return InputError(f"no {kind}: {name}", hint=f"There are: {', '.join(names) or 'none'}.")
