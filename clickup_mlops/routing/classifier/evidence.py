"""Which words of a text decided: from features back to what a person can read.

A word counts with all that it says: as itself, by its beginning and by its letters.
"""

from collections.abc import Collection, Iterable
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from clickup_mlops.routing.classifier.features import BODY_WORDS, Reading
from clickup_mlops.routing.classifier.text import STOP_WORDS, split_east, stem
from clickup_mlops.routing.classifier.weights import Packed

_WORDS = 5
_LOOK = 40
_KINDS_OF_IDEAS = ("", "t", "1", "h")


class Group(NamedTuple):
    """Words or features that have the same value, and the packed row of each, in the same order."""

    names: Collection[str]
    value: float
    packed: list[int]


def find_evidence(
    groups: Iterable[Group], reading: Reading, rows: Packed, outcome: int
) -> tuple[str, ...]:
    """The words that speak most for an outcome, strongest first, none twice."""
    phrases: list[str] = []
    surface = Surface(reading)
    for name in _rank_features(groups, rows, outcome):
        words = surface.find(name)
        if words and not any(words in phrase or phrase in words for phrase in phrases):
            phrases.append(words)
        if len(phrases) == _WORDS:
            break
    return tuple(phrases)


def _rank_features(groups: Iterable[Group], rows: Packed, outcome: int) -> list[str]:
    """Words and features that speak for an outcome more than for the mean, strongest first."""
    strengths: dict[str, float] = {}
    for names, value, packed in groups:
        rows.add_leads(strengths, names, packed, place=outcome, value=value)
    # Numbers are sorted sooner than pairs, and most of them are too small.
    least = sorted(strengths.values(), reverse=True)[:_LOOK]
    bar = least[-1] if least else 0.0
    strongest = [(value, name) for name, value in strengths.items() if value >= bar]
    return [name for _, name in sorted(strongest, reverse=True)[:_LOOK]]


class Surface:
    """The words of a text that its features are made of."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._words = {*reading.tail.words[:BODY_WORDS], *reading.head.words}
        self._ideas = reading.body_ideas | reading.title_ideas

    def find(self, name: str) -> str:
        """A word itself, or the words of a feature; empty if it has none that say something."""
        if name in self._words:
            return name if len(name) > 2 and name not in STOP_WORDS else ""
        if name.startswith("w:"):
            pair = name[2:]
            return pair if pair in self._whole else self._pairs.get(pair, "")
        kind, _, idea = name.partition("#")
        if kind in _KINDS_OF_IDEAS and idea in self._ideas:
            return max((words for _, _, words in self._ideas[idea]), key=len)
        return ""

    @cached_property
    def _whole(self) -> set[str]:
        texts = (self._reading.tail, self._reading.head)
        return {word for text in texts for word in (*text.joined, *split_east(text.east))}

    @cached_property
    def _pairs(self) -> dict[str, str]:
        return {
            f"{stem(first)} {stem(second)}": f"{first} {second}"
            for words in (self._reading.tail.words[:BODY_WORDS], self._reading.head.words)
            for first, second in pairwise(words)
        }
