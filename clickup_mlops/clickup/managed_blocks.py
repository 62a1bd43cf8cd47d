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
    first, end = _marks(lines, key)
    _must_survive(lines)
    if first is None and end is None:
        if last is not None and text is not None:
            raise Conflict(
                f'the block "{key}" was removed from the page',
                hint=f"To get it back, write this line where it belongs: {_begin(key)}",
            )
        return Replaced(page if text is None else _joined(lines, _block(key, text), [], []))
    ours = _ours(key, last)
    start, stop = _bounds(lines, first, end, ours)
    moved = [one for one in lines[start:stop] if _plain(one) not in ours]
    block = [] if text is None else _block(key, text)
    return Replaced(_joined(lines[:start], block, moved, lines[stop:]), tuple(moved))


def block_text(page: str, key: str) -> str | None:
    """What stands in the block; None: the page has none, or not all of it."""
    lines = page.splitlines()
    first, end = _marks(lines, key)
    if first is None or end is None:
        return None
    return "\n".join(lines[first + 1 : end]).strip()


def same_text(one: str, other: str) -> bool:
    """Whether two texts are the same but for what ClickUp changes: blanks and backslashes."""
    return _words(one) == _words(other)


def _begin(key: str) -> str:
    return f"*Begin of {key}, kept up to date by clickup-mlops*"


def _end(key: str) -> str:
    return f"*End of {key}*"


def _block(key: str, text: str) -> list[str]:
    return [_begin(key), "", *map(_no_mark, text.strip().splitlines()), "", _end(key)]


def _no_mark(line: str) -> str:
    # A text of somebody else must not begin or end a block: an invisible character is the mark's
    # difference.
    return f"{line}\u2060" if _plain(line).startswith(_MARKS) else line


def _must_survive(lines: Sequence[str]) -> None:
    if any(line.lstrip().startswith(_CHECKLIST) for line in lines):
        raise Conflict(
            "the page has a checklist, which ClickUp would drop if the bot wrote the page",
            hint="Move the checklist to another page or a subpage of this one.",
        )


def _bounds(
    lines: Sequence[str], first: int | None, end: int | None, ours: frozenset[str]
) -> tuple[int, int]:
    """From where to where the block goes. Without one of its two lines: as far as the bot's own."""
    if first is not None and end is not None:
        return first, end + 1
    if first is not None:
        return first, _run(lines, first + 1, 1, ours)
    assert end is not None  # noqa: S101 - one of them was found
    return _run(lines, end - 1, -1, ours) + 1, end + 1


def _run(lines: Sequence[str], at: int, step: int, ours: frozenset[str]) -> int:
    """The first line from there on that is not the bot's."""
    while 0 <= at < len(lines) and _plain(lines[at]) in ours:
        at += step
    return at


def _joined(
    before: Sequence[str], block: Sequence[str], moved: Sequence[str], after: Sequence[str]
) -> str:
    kept = [MOVED, "", *moved] if moved else []
    parts = ["\n".join(part).strip("\n") for part in (before, block, kept, after)]
    return "\n\n".join(part for part in parts if part)


def _ours(key: str, last: str | None) -> frozenset[str]:
    """The lines that are the bot's, and empty ones."""
    return frozenset(_plain(line) for line in _block(key, last or ""))


def _marks(lines: Sequence[str], key: str) -> tuple[int | None, int | None]:
    """Where the block begins and ends. People may have moved or removed either line."""
    first = _found(lines, _begin(key), 0)
    return first, _found(lines, _end(key), first or 0)


def _found(lines: Sequence[str], wanted: str, since: int) -> int | None:
    sought = _plain(wanted)
    return next((at for at in range(since, len(lines)) if _plain(lines[at]) == sought), None)


def _plain(line: str) -> str:
    """Without what ClickUp may write otherwise: emphasis, backslashes, blanks."""
    return _words(line.translate(_EMPHASIS))


def _words(text: str) -> str:
    return " ".join(text.replace("\\", "").split())


_MARKS: Final = ("Begin of ", "End of ")
_EMPHASIS: Final = str.maketrans("", "", "*_")
