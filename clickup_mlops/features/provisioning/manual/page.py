"""The manual checklist as a page with a box for each item. Pure.

The API drops ClickUp's own check boxes in pages, so a box is a character: people type over it, and
the bot ticks what it sees done.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from clickup_mlops.clickup.blocks import escape_markdown
from clickup_mlops.features.provisioning.manual.instructions import ChecklistItem

NAME: Final = "Manual steps"
OPEN: Final = "☐"
TICKED: Final = "☑"
_TICKS: Final = frozenset("☑☒✅✔✓")
_UNSEEN: Final = frozenset({"automation", "dashboard"})
"""Kinds of items that no call shows: a tick of a person confirms them."""


def text(template: str, items: Sequence[ChecklistItem], done_titles: Collection[str]) -> str:
    """The page as Markdown: open `items` with their clicks, then the titles that are `done`."""
    return "\n".join(_lines(template, items, done_titles))


def _lines(
    template: str, items: Sequence[ChecklistItem], done_titles: Collection[str]
) -> Iterator[str]:
    yield (
        f"`clickup-mlops provision verify {template} --page` keeps this page and ticks what it "
        f"sees done. It cannot see automations and dashboards: replace their {OPEN} by {TICKED}."
    )
    for item in items:
        yield from ("", f"### {OPEN} {escape_markdown(item.title)}", "", f"<{item.link}>", "")
        yield from (f"{n}. {escape_markdown(click)}" for n, click in enumerate(item.clicks, 1))
    if done_titles:
        yield ""
        yield from (f"- {TICKED} {escape_markdown(title)}" for title in done_titles)


def confirmed(page: str, items: Sequence[ChecklistItem]) -> list[str]:
    """The names of automations and dashboards whose boxes a person has ticked."""
    lines = [line.replace("\\", "") for line in page.splitlines() if _TICKS & set(line)]
    unseen = (item for item in items if item.kind in _UNSEEN)
    return [_name(item) for item in unseen if any(item.title in line for line in lines)]


def _name(item: ChecklistItem) -> str:
    """What its title has in quotes."""
    return item.title.partition('"')[2].removesuffix('"')
