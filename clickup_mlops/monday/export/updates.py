"""The sheet of updates. Pure.

Its header stands in the second row and has "Content Type" twice: the first such column says
`Update`, the second one `Reply`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from clickup_mlops.monday.export.board import format_cell
from clickup_mlops.monday.export.workbook import Row

_REQUIRED_TITLES: Final = frozenset({"Item ID", "Update Content", "Post ID"})
_FORMATS: Final = (
    "%d/%B/%Y %I:%M:%S %p",
    "%d/%b/%Y %I:%M:%S %p",
    "%d/%B/%Y %H:%M:%S",
    "%Y-%m-%d %H:%M:%S",
)


@dataclass(frozen=True, slots=True)
class UpdateRow:
    """An update or reply. `created_ms`: Unix ms; None: the cell holds no date."""

    number: int
    item_id: str
    item_name: str
    author: str
    created_ms: int | None
    text: str
    likes: int
    assets: tuple[str, ...]
    id: str
    reply_to: str | None


def read_updates(rows: Iterable[Row]) -> Iterator[UpdateRow]:
    """Every update and reply; nothing if this is no sheet of updates."""
    header: dict[str, int] = {}
    for number, row in enumerate(rows, start=1):
        if header:
            cells = {title: format_cell(row[at]) for title, at in header.items() if at < len(row)}
            if any(cells.values()):
                yield _parse_update(number, cells)
        elif _REQUIRED_TITLES.issubset(map(str, row)):
            header = {str(title): at for at, title in enumerate(row) if title != ""}
        elif number > 10:  # a sheet of items may be long
            return


def is_update_sheet(rows: Iterable[Row]) -> bool:
    """Whether this is a sheet of updates."""
    first = (row for _, row in zip(range(10), rows, strict=False))
    return any(_REQUIRED_TITLES.issubset(map(str, row)) for row in first)


def parse_moment(text: str) -> int | None:
    """Unix ms of a time such as `22/October/2025  12:42:01 PM`; it names no zone: read as UTC."""
    for form in _FORMATS:
        try:
            at = datetime.strptime(" ".join(text.split()), form).replace(tzinfo=UTC)
        except ValueError:
            continue
        return int(at.timestamp() * 1000)
    return None


def _parse_update(number: int, cells: dict[str, str]) -> UpdateRow:
    likes = cells.get("Likes Count", "")
    return UpdateRow(
        number=number,
        item_id=cells.get("Item ID", ""),
        item_name=cells.get("Item Name", ""),
        author=cells.get("User", ""),
        created_ms=parse_moment(cells.get("Created At", "")),
        text=cells.get("Update Content", ""),
        likes=int(likes) if likes.isdecimal() else 0,
        assets=tuple(filter(None, map(str.strip, cells.get("Asset IDs", "").split(",")))),
        id=cells.get("Post ID", ""),
        reply_to=cells.get("Parent Post ID") or None,
    )
