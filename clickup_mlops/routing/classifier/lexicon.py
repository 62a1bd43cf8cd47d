"""The lexicon: concepts (`serving_engine`, `trouble`, ...) and the terms that speak of them.

`lexicon_*.toml` beside this file hold the terms, as people write them; see the head of each file.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from sys import intern
from typing import Any

from clickup_mlops.content import read_toml
from clickup_mlops.errors import ContentError
from clickup_mlops.routing.classifier.text import Text, tokenize

FOLDER = Path(__file__).parent
_LONGEST = 6  # words of a term
_COMPARED = 2  # words of a term that its index already compares
_KEY = 3  # letters by which terms with an open ending are found

Term = tuple[tuple[str, ...], tuple[bool, ...], str]
"""Words, for each word whether its ending is open, and the concept."""

ConceptPlaces = dict[str, list[tuple[int, int, str]]]
"""Concept -> where it was found: first word, the word after its last (-1, -1: not a place among
the words), and the words themselves."""


def list_term_files() -> list[Path]:
    """The lexicon files, in name order."""
    return sorted(FOLDER.glob("lexicon_*.toml"))


@dataclass(frozen=True, slots=True)
class Concept:
    """Terms of one idea; `speaks_for` is the workload that they tell on their own, if any."""

    name: str
    terms: tuple[str, ...]
    speaks_for: str = ""


def read_concepts(paths: Iterable[Path]) -> list[Concept]:
    """The concepts of lexicon files.

    Raises:
        ContentError: a file cannot be read, or a concept has no list of terms.
    """
    return [
        _parse_concept(path, name, table)
        for path in paths
        for name, table in read_toml(path).items()
    ]


def _parse_concept(path: Path, name: str, table: Any) -> Concept:
    listed = table.get("terms") if isinstance(table, dict) else None
    if not listed or not all(isinstance(term, str) for term in listed):
        raise ContentError(path, name, "needs `terms`, a list of words")
    return Concept(name, tuple(listed), table.get("speaks_for", ""))


class Lexicon:
    """Finds the concepts of a text."""

    def __init__(self, concepts: Iterable[Concept]) -> None:
        self._exact: dict[str, list[Term]] = defaultdict(list)
        self._open: dict[str, list[Term]] = defaultdict(list)
        self._east: list[tuple[str, str]] = []
        self._endings: dict[tuple[bool, ...], tuple[bool, ...]] = {}
        for concept in concepts:
            for term in concept.terms:
                self._add(term, concept.name)

    def find(self, text: Text) -> ConceptPlaces:
        """The concepts of a text, each with its places.

        A longer term hides the shorter ones inside it: "type inference" is not "inference".
        """
        places: ConceptPlaces = {}
        for start, end, concept in _select_outermost(self._spans(text.words)):
            words = " ".join(text.words[start:end])
            places.setdefault(concept, []).append((start, end, words))
        for word in text.joined:
            for term in self._starting_with(word, ""):
                places.setdefault(term[2], []).append((-1, -1, word))
        if text.east:
            east_text = " ".join(text.east)
            for piece, concept in self._east:
                if piece in east_text:
                    places.setdefault(concept, []).append((-1, -1, piece))
        return places

    def _spans(self, words: tuple[str, ...]) -> list[tuple[int, int, str]]:
        return [
            (at, at + len(term[0]), term[2])
            for at, (word, following) in enumerate(pairwise((*words, "")))
            for term in self._starting_with(word, following)
            if len(term[0]) <= _COMPARED or _matches_rest(term, words, at)
        ]

    def _add(self, term: str, concept: str) -> None:
        parts = term.split()
        opened = tuple(part.endswith("*") for part in parts)
        text = tokenize(term.replace("*", ""), 200)
        if text.east:
            self._east.append(("".join(text.east), concept))
        elif len(text.words) == len(parts):
            # Many terms share words and endings: each of them is kept once.
            words, opened = tuple(map(intern, text.words)), self._endings.setdefault(opened, opened)
            entry, first = (words, opened, concept), words[0]
            if opened[0] and len(first) >= _KEY:
                self._open[first[:_KEY]].append(entry)
            else:
                self._exact[first].append(entry)

    def _starting_with(self, word: str, following: str) -> list[Term]:
        """The terms whose first two words (or only word) these are."""
        opened = self._open.get(word[:_KEY], ())
        first = [*self._exact.get(word, ()), *(t for t in opened if word.startswith(t[0][0]))]
        return [term for term in first if len(term[0]) == 1 or _matches_second(term, following)]


@lru_cache(maxsize=1)
def load_shipped() -> Lexicon:
    """The lexicon of this package, read once."""
    return Lexicon(read_concepts(list_term_files()))


def _select_outermost(spans: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    ends: dict[int, int] = {}
    for start, end, _ in spans:
        ends[start] = max(end, ends.get(start, 0))
    outermost = []
    for start, end, concept in spans:
        before = (ends.get(at, 0) for at in range(start - _LONGEST, start))
        if ends[start] == end and all(earlier_end < end for earlier_end in before):
            outermost.append((start, end, concept))
    return outermost


def _matches_second(term: Term, word: str) -> bool:
    parts, opened, _ = term
    return word == parts[1] or (opened[1] and word.startswith(parts[1]))


def _matches_rest(term: Term, words: tuple[str, ...], at: int) -> bool:
    parts, opened, _ = term
    if at + len(parts) > len(words):
        return False
    for offset in range(_COMPARED, len(parts)):
        word = words[at + offset]
        if word != parts[offset] and not (opened[offset] and word.startswith(parts[offset])):
            return False
    return True
