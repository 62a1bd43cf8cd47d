"""Which words of a text decided: from features back to what a person can read."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from heapq import heapify, heappop
from itertools import islice, pairwise
from typing import NamedTuple

from clickup_mlops.routing.classifier.features import BODY_WORDS, LETTER_GROUPS, Reading
from clickup_mlops.routing.classifier.text import split_east, stem
from clickup_mlops.routing.classifier.weights import Packed

_WORDS = 5
_LOOK = 40
_KINDS_OF_IDEAS = ("", "t", "1", "h")


class Group(NamedTuple):
    """Features that have the same value, and the packed row of each, in the same order."""

    names: set[str]
    value: float
    packed: list[int | None]


def find_evidence(
    groups: list[Group], reading: Reading, rows: Packed, outcome: int
) -> tuple[str, ...]:
    """The words that speak most for an outcome, strongest first, none twice."""
    phrases: list[str] = []
    surface = Surface(reading)
    for name in islice(_rank_features(groups[:-LETTER_GROUPS], rows, outcome), _LOOK):
        words = surface.find(name)
        if words and not any(words in phrase or phrase in words for phrase in phrases):
            phrases.append(words)
        if len(phrases) == _WORDS:
            break
    return tuple(phrases)


def _rank_features(groups: Iterable[Group], rows: Packed, outcome: int) -> Iterator[str]:
    """The features that speak for an outcome more than for the mean of all, strongest first."""
    strengths: dict[str, float] = {}
    for names, value, packed in groups:
        found = rows.measure_leads(names, packed, outcome, value)
        for name in strengths.keys() & found.keys():
            found[name] += strengths[name]
        strengths |= found
    heap = [(-strength, name) for name, strength in strengths.items()]
    heapify(heap)
    while heap:
        yield heappop(heap)[1]


class Surface:
    """The words of a text that its features are made of; of several, the last of the title."""

    def __init__(self, reading: Reading) -> None:
        texts = (reading.tail, reading.head)
        self._words = [*reading.tail.words[:BODY_WORDS], *reading.head.words]
        self._whole = {word for text in texts for word in (*text.joined, *split_east(text.east))}
        self._ideas = reading.body_ideas | reading.title_ideas
        self._reading = reading

    def find(self, name: str) -> str:
        """The words of a feature; empty if it is not made of words."""
        kind, _, text = name.partition(":")
        match kind:
            case "w" if text in self._whole:
                return text
            case "w" if " " in text:
                return self._pairs.get(text, "")
            case "w" | "t":
                return self._by_root.get(text, "")
            case "p":
                return next((word for word in reversed(self._words) if word.startswith(text)), "")
        kind, _, idea = name.partition("#")
        if kind in _KINDS_OF_IDEAS and idea in self._ideas:
            return max((words for _, _, words in self._ideas[idea]), key=len)
        return ""

    @cached_property
    def _by_root(self) -> dict[str, str]:
        return {stem(word): word for word in self._words if len(word) > 2}

    @cached_property
    def _pairs(self) -> dict[str, str]:
        return {
            f"{stem(first)} {stem(second)}": f"{first} {second}"
            for words in (self._reading.tail.words[:BODY_WORDS], self._reading.head.words)
            for first, second in pairwise(words)
        }
