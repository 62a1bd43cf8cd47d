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

Term = tuple[tuple[str, ...], tuple[bool, ...], str]
"""Words, for each word whether its ending is open, and the concept."""

WordTerms = tuple[tuple[str, ...], dict[str, list[Term]]]
"""What begins with a word: concepts of terms that it is alone, and the longer terms by the first
letter of their second word."""

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
            for concept in (self._terms_of(word) or ((), {}))[0]:
                places.setdefault(concept, []).append((-1, -1, word))
        if text.east:
            east_text = " ".join(text.east)
            for piece, concept in self._east:
                if piece in east_text:
                    places.setdefault(concept, []).append((-1, -1, piece))
        return places

    def _spans(self, words: tuple[str, ...]) -> list[tuple[int, int, str]]:
        spans = []
        for at, terms in enumerate(map(self._terms_of, words)):
            if terms is not None:
                single, longer = terms
                spans += [(at, at + 1, concept) for concept in single]
                following = words[at + 1][:1] if at + 1 < len(words) else ""
                for term in longer.get(following, ()):
                    if _matches_rest(term, words, at):
                        spans.append((at, at + len(term[0]), term[2]))
        return spans

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
        longer: dict[str, list[Term]] = {}
        for term in terms:
            if len(term[0]) > 1:
                longer.setdefault(term[0][1][:1], []).append(term)
        return tuple(term[2] for term in terms if len(term[0]) == 1), longer


@lru_cache(maxsize=1)
def load_shipped() -> Lexicon:
    """The lexicon of this package, read once."""
    return Lexicon(read_concepts(list_term_files()))


def _select_outermost(spans: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Those that no other one contains. They come in the order of their starts."""
    ends: dict[int, int] = {}
    for start, end, _ in spans:
        if end > ends.get(start, 0):
            ends[start] = end
    reach = 0
    outermost = set()
    for start, end in ends.items():
        if end > reach:
            reach = end
            outermost.add((start, end))
    return [span for span in spans if span[:2] in outermost]


def _matches_rest(term: Term, words: tuple[str, ...], at: int) -> bool:
    """Whether a term whose first word stands here goes on as the text does."""
    parts, opened, _ = term
    if at + len(parts) > len(words):
        return False
    for offset in range(1, len(parts)):
        word = words[at + offset]
        if word != parts[offset] and not (opened[offset] and word.startswith(parts[offset])):
            return False
    return True
