"""The lexicon: concepts (`serving_engine`, `trouble`, ...) and the terms that speak of them.

`lexicon_*.toml` beside this file hold the terms, as people write them; see the head of each file.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from sys import intern
from typing import Any

from clickup_mlops.content import read_toml
from clickup_mlops.errors import ContentError
from clickup_mlops.routing.classifier.text import WORDS_KEPT, Text, tokenize

FOLDER = Path(__file__).parent
_KEY = 3  # letters by which terms with an open ending are found
_PAIR = 2  # words of the terms that their first two words decide

Term = tuple[tuple[str, ...], tuple[bool, ...], str]
"""Words, for each word whether its ending is open, and the concept."""

WordTerms = tuple[tuple[str, ...], tuple[Term, ...]]
"""What begins with a word: concepts of terms that it is alone, and the longer terms."""

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
        self._terms_of = lru_cache(WORDS_KEPT)(self._find_terms)
        self._pairs_of = lru_cache(4 * WORDS_KEPT)(self._find_pairs)
        for concept in concepts:
            for term in concept.terms:
                self._add(term, concept.name)

    def find(self, text: Text) -> ConceptPlaces:
        """The concepts of a text, each with its places.

        A longer term hides the shorter ones inside it: "type inference" is not "inference".
        """
        places = self._find_outermost(text.words)
        for word in text.joined:
            for concept in (self._terms_of(word) or ((), ()))[0]:
                places.setdefault(concept, []).append((-1, -1, word))
        if text.east:
            east_text = " ".join(text.east)
            for piece, concept in self._east:
                if piece in east_text:
                    places.setdefault(concept, []).append((-1, -1, piece))
        return places

    def _find_outermost(self, words: tuple[str, ...]) -> ConceptPlaces:
        """The longest terms that begin at each word, unless an earlier one reaches as far."""
        places: ConceptPlaces = {}
        reach, last = 0, len(words) - 1
        for at, terms in enumerate(map(self._terms_of, words)):
            if terms is None:
                continue
            concepts, longer = terms
            size = 1
            if longer and at < last and (pairs := self._pairs_of(words[at], words[at + 1])):
                size, concepts = _select_longest(pairs, words, at, concepts)
            if concepts and at + size > reach:
                reach = at + size
                phrase = words[at] if size == 1 else " ".join(words[at:reach])
                for concept in concepts:
                    places.setdefault(concept, []).append((at, reach, phrase))
        return places

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

    def _find_terms(self, word: str) -> WordTerms | None:
        """What begins with a word; None: nothing does, as is so for most words."""
        opened = self._open.get(word[:_KEY], ())
        terms = [*self._exact.get(word, ()), *(t for t in opened if word.startswith(t[0][0]))]
        if not terms:
            return None
        longer = tuple(term for term in terms if len(term[0]) > 1)
        return tuple(term[2] for term in terms if len(term[0]) == 1), longer

    def _find_pairs(self, first: str, second: str) -> tuple[Term, ...]:
        """The longer terms whose first two words these are."""
        _, longer = self._terms_of(first) or ((), ())
        return tuple(term for term in longer if _matches(term, 1, second))


@lru_cache(maxsize=1)
def load_shipped() -> Lexicon:
    """The lexicon of this package, read once."""
    return Lexicon(read_concepts(list_term_files()))


def _select_longest(
    terms: Iterable[Term], words: tuple[str, ...], at: int, concepts: tuple[str, ...]
) -> tuple[int, tuple[str, ...]]:
    """How long the longest of these terms that stand here are, and their concepts; `concepts`:
    those of the word alone.
    """
    size = 1
    for term in terms:
        length = len(term[0])
        if length >= size and (length == _PAIR or _matches_rest(term, words, at)):
            concepts = (*concepts, term[2]) if length == size else (term[2],)
            size = length
    return size, concepts


def _matches_rest(term: Term, words: tuple[str, ...], at: int) -> bool:
    """Whether a term whose first two words stand here goes on as the text does."""
    if at + len(term[0]) > len(words):
        return False
    return all(_matches(term, offset, words[at + offset]) for offset in range(2, len(term[0])))


def _matches(term: Term, offset: int, word: str) -> bool:
    parts, opened, _ = term
    return word == parts[offset] or (opened[offset] and word.startswith(parts[offset]))
