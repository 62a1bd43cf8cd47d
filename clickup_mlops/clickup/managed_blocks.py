"""Blocks that the bot keeps up to date in a page on which people write. Pure.

A block stands between two lines that people can see, because ClickUp keeps no hidden ones. What
people write around it stays. What they write in it is moved below it, so that it stays, too; lines
of the bot that they delete there come back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from clickup_mlops.errors import Conflict

MOVED: Final = "*Moved out of the block above, which clickup-mlops keeps up to date:*"
"""Stands above what people had written in a block."""
_CHECKLIST: Final = ("- [ ]", "- [x]", "* [ ]", "* [x]")


@dataclass(frozen=True, slots=True)
class Replaced:
    """The page's new text, and the lines of people that were moved out of the block."""

    page: str
    moved: tuple[str, ...] = ()


def replace_block(page: str, key: str, text: str | None, last: str | None) -> Replaced:
    """The page with the block `key` as `text`; None: without it. `last`: as the bot wrote it last.

    A block that the bot has not written yet is added at the page's end.

    Raises:
        Conflict: people removed the block; or wrote checklists, which ClickUp would drop with it.
    """
    lines = page.splitlines()
    first, end = _find_marks(lines, key)
    _check_no_checklist(lines)
    if first is None and end is None:
        if last is not None and text is not None:
            raise Conflict(
                f'the block "{key}" was removed from the page',
                hint=f"To get it back, write this line where it belongs: {_begin_mark(key)}",
            )
        return Replaced(page if text is None else _join(lines, _build_block(key, text), [], []))
    own_lines = _list_own_lines(key, last)
    start, stop = _find_bounds(lines, first, end, own_lines)
    moved = [line for line in lines[start:stop] if _normalize_line(line) not in own_lines]
    block = [] if text is None else _build_block(key, text)
    return Replaced(_join(lines[:start], block, moved, lines[stop:]), tuple(moved))


def extract_block(page: str, key: str) -> str | None:
    """What stands in the block; None: the page has none, or not all of it."""
    lines = page.splitlines()
    first, end = _find_marks(lines, key)
    if first is None or end is None:
        return None
    return "\n".join(lines[first + 1 : end]).strip()


def is_same_text(first: str, second: str) -> bool:
    """Whether two texts are the same but for what ClickUp changes: blanks and backslashes."""
    return _normalize_blanks(first) == _normalize_blanks(second)


def _begin_mark(key: str) -> str:
    return f"*Begin of {key}, kept up to date by clickup-mlops*"


def _end_mark(key: str) -> str:
    return f"*End of {key}*"


def _build_block(key: str, text: str) -> list[str]:
    return [_begin_mark(key), "", *map(_defuse_mark, text.strip().splitlines()), "", _end_mark(key)]


def _defuse_mark(line: str) -> str:
    # A text of somebody else must not begin or end a block: an invisible character is the mark's
    # difference.
    return f"{line}\u2060" if _normalize_line(line).startswith(_MARK_STARTS) else line


def _check_no_checklist(lines: Sequence[str]) -> None:
    if any(line.lstrip().startswith(_CHECKLIST) for line in lines):
        raise Conflict(
            "the page has a checklist, which ClickUp would drop if the bot wrote the page",
            hint="Move the checklist to another page or a subpage of this one.",
        )


def _find_bounds(
    lines: Sequence[str], first: int | None, end: int | None, own_lines: frozenset[str]
) -> tuple[int, int]:
    """From where to where the block goes. Without one of its two lines: as far as the bot's own."""
    if first is not None and end is not None:
        return first, end + 1
    if first is not None:
        return first, _skip_own_lines(lines, first + 1, 1, own_lines)
    assert end is not None  # noqa: S101 - one of them was found
    return _skip_own_lines(lines, end - 1, -1, own_lines) + 1, end + 1


def _skip_own_lines(lines: Sequence[str], at: int, step: int, own_lines: frozenset[str]) -> int:
    """The first line from there on that is not the bot's."""
    while 0 <= at < len(lines) and _normalize_line(lines[at]) in own_lines:
        at += step
    return at


def _join(
    before: Sequence[str], block: Sequence[str], moved: Sequence[str], after: Sequence[str]
) -> str:
    preserved = [MOVED, "", *moved] if moved else []
    parts = ["\n".join(part).strip("\n") for part in (before, block, preserved, after)]
    return "\n\n".join(part for part in parts if part)


def _list_own_lines(key: str, last: str | None) -> frozenset[str]:
    """The lines that are the bot's, and empty ones."""
    return frozenset(_normalize_line(line) for line in _build_block(key, last or ""))


def _find_marks(lines: Sequence[str], key: str) -> tuple[int | None, int | None]:
    """Where the block begins and ends. People may have moved or removed either line."""
    first = _find_line(lines, _begin_mark(key), 0)
    return first, _find_line(lines, _end_mark(key), first or 0)


def _find_line(lines: Sequence[str], mark: str, since: int) -> int | None:
    plain_mark = _normalize_line(mark)
    return next(
        (at for at in range(since, len(lines)) if _normalize_line(lines[at]) == plain_mark), None
    )


def _normalize_line(line: str) -> str:
    """Without what ClickUp may write otherwise: emphasis, backslashes, blanks."""
    return _normalize_blanks(line.translate(_EMPHASIS))


def _normalize_blanks(text: str) -> str:
    return " ".join(text.replace("\\", "").split())


_MARK_STARTS: Final = ("Begin of ", "End of ")
_EMPHASIS: Final = str.maketrans("", "", "*_")
