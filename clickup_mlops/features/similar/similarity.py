"""How much two tasks resemble each other, by the words of their names and by their model. Pure.

A word counts the more, the fewer tasks of the List have it: `chat-3` says more than `latency` where
every task is about latency. The share is that of the cosine of weighted words: 1 is the same name.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from math import log, sqrt
from typing import Final

from clickup_mlops.automations.conditions.lookups import Title

FEWEST_WORDS: Final = 2
"""Words that two tasks must have in common; of names of one word that one."""
_WORD: Final = re.compile(r"[^\W_]+(?:[-.][^\W_]+)*")
_NUMBER: Final = re.compile(r"[vr#]?\d+(?:[.-]\d+)*")
_SAYS_NOTHING: Final = frozenset(
    re.split(
        " ",
        "a an and are as at be by for from in into is it of on or that the this to was were with",
    )
)
_MODEL: Final = "model "
_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Match:
    """The task that resembles another one most: `share` from 0 to 1, and by which words."""

    title: Title
    share: float
    words: tuple[str, ...]


def find_similar(title: Title, titles: Iterable[Title]) -> Match | None:
    """The most similar of these tasks; of equal ones the oldest. None: none has enough in common.

    The text of a title is its model, which counts like a word.
    """
    terms = _split(title.name, title.text)
    all_terms = [
        (other, _split(other.name, other.text)) for other in titles if other.id != title.id
    ]
    candidates = [
        (candidate, candidate_terms, shared)
        for candidate, candidate_terms in all_terms
        if (shared := terms & candidate_terms) and _is_enough(shared, terms, candidate_terms)
    ]
    if not candidates:
        return None
    weights = weigh([terms, *(other_terms for _, other_terms in all_terms)])
    of_terms, best = _add(terms, weights), None
    for candidate, candidate_terms, shared in candidates:
        share = _add(shared, weights) / sqrt(of_terms * _add(candidate_terms, weights))
        # Sets add in any order: what is equal differs in its last digits.
        rank = round(min(share, 1.0), 9), -candidate.created_ms
        if best is None or rank > best[0]:
            best = rank, candidate, shared
    return None if best is None else _match(*best, weights)


@lru_cache(maxsize=4096)
def _split(name: str, model: str) -> frozenset[str]:
    """The words of a name that say something, and its model."""
    words = {word.casefold() for word in _WORD.findall(name)} - _SAYS_NOTHING
    return frozenset(words | {f"{_MODEL}{model.casefold()}"} if model else words)


def weigh(all_terms: Sequence[frozenset[str]]) -> Mapping[str, float]:
    """The squared weight of each term: the rarer, the more."""
    counts = Counter(chain.from_iterable(all_terms))
    return {term: log(1 + len(all_terms) / count) ** 2 for term, count in counts.items()}


def is_series(terms: frozenset[str], candidate_terms: frozenset[str]) -> bool:
    """Whether both names differ by their numbers alone: parts of one plan, no duplicates."""
    return terms != candidate_terms and _without_numbers(terms) == _without_numbers(candidate_terms)


@lru_cache(maxsize=4096)
def _without_numbers(terms: frozenset[str]) -> frozenset[str]:
    return frozenset(term for term in terms if not _NUMBER.fullmatch(term))


def _is_enough(
    shared: frozenset[str], terms: frozenset[str], candidate_terms: frozenset[str]
) -> bool:
    """Whether they have enough terms in common, and more differs than their numbers."""
    if len(shared) < FEWEST_WORDS and len(shared) < min(len(terms), len(candidate_terms)):
        return False
    return not is_series(terms, candidate_terms)


def _match(
    rank: tuple[float, int], title: Title, shared: frozenset[str], weights: Mapping[str, float]
) -> Match:
    by_weight = sorted(shared, key=lambda term: (-weights[term], term))
    return Match(title, rank[0], tuple(by_weight[:_SHOWN]))


def _add(terms: Iterable[str], weights: Mapping[str, float]) -> float:
    return sum(map(weights.__getitem__, terms))
