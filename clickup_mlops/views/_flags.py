"""Flags of the marks in a chart: those that would overlap share one. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from clickup_mlops.views.model import Mark

_LETTER: Final = 6.0
_PADDING: Final = 6.0
_APART: Final = 1.0


@dataclass(frozen=True, slots=True)
class PlacedMark:
    """A mark with its letter and number, such as `D2`, at `x` px."""

    letter: str
    x: float
    mark: Mark


@dataclass(frozen=True, slots=True)
class Flag:
    """One or more marks; `start` and `wide` in px."""

    marks: tuple[PlacedMark, ...]
    words: str
    """Such as `D2`, or `A1-4 I1`."""
    start: float
    wide: float

    @property
    def end(self) -> float:
        """Where it ends."""
        return self.start + self.wide


def place_flags(marks: Iterable[PlacedMark], width: float) -> list[Flag]:
    """A flag above each mark, from left to right, within `width` px. None overlaps another."""
    placed_flags: list[Flag] = []
    for placed in sorted(marks, key=lambda placement: placement.x):
        flag = _build_flag((placed,), width)
        while placed_flags and flag.start < placed_flags[-1].end + _APART:
            flag = _build_flag((*placed_flags.pop().marks, *flag.marks), width)
        placed_flags.append(flag)
    return placed_flags


def _build_flag(marks: tuple[PlacedMark, ...], width: float) -> Flag:
    words = " ".join(_iterate_words(marks))
    wide = _PADDING + _LETTER * len(words)
    middle = (marks[0].x + marks[-1].x) / 2
    start = max(0.0, min(middle - wide / 2, width - wide))
    return Flag(marks, words, start, wide)


def _iterate_words(marks: Sequence[PlacedMark]) -> Iterator[str]:
    """The letters of each kind once, with the first and the last number."""
    letters = sorted(marks, key=lambda placement: (placement.letter[0], int(placement.letter[1:])))
    for letter, group in groupby(letters, key=lambda placement: placement.letter[0]):
        numbers = [int(placement.letter[1:]) for placement in group]
        last = f"-{numbers[-1]}" if len(numbers) > 1 else ""
        yield f"{letter}{numbers[0]}{last}"
