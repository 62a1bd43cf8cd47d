"""How much two tasks resemble each other, by the words of their names and by their model. Pure.

A word counts the more, the fewer tasks of the List have it: `chat-3` says more than `latency` where
every task is about latency. The share is that of the cosine of weighted words: 1 is the same name.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt
from typing import Final

from clickup_mlops.clickup.model import Task

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

    task: Task
    share: float
    words: tuple[str, ...]


def find_similar(task: Task, open_tasks: Iterable[Task], model_field: str = "") -> Match | None:
    """The most similar of these tasks; of equal ones the oldest. None: none has enough in common.

    `model_field`: the field in which tasks name their model, which counts like a word.
    """
    candidates = [candidate for candidate in open_tasks if candidate.id != task.id]
    terms = read_terms(task, model_field)
    all_terms = [read_terms(candidate, model_field) for candidate in candidates]
    weights = weigh([terms, *all_terms])
    compared = (
        compare(terms, candidate_terms, weights, candidate)
        for candidate, candidate_terms in zip(candidates, all_terms, strict=True)
    )
    matches = [match for match in compared if match is not None]
    return max(
        matches, key=lambda match: (match.share, -(match.task.created_ms or 0)), default=None
    )


def read_terms(task: Task, model_field: str) -> frozenset[str]:
    """The words of its name that say something, and its model."""
    words = {word.casefold() for word in _WORD.findall(task.name)} - _SAYS_NOTHING
    model = task.field(model_field) if model_field else None
    named = {f"{_MODEL}{model.strip().casefold()}"} if isinstance(model, str) and model else set()
    return frozenset(words | named)


def weigh(all_terms: Sequence[frozenset[str]]) -> Mapping[str, float]:
    """The weight of each term: the rarer, the more."""
    counts = Counter(term for terms in all_terms for term in terms)
    return {term: log(1 + len(all_terms) / count) for term, count in counts.items()}


def is_series(terms: frozenset[str], candidate_terms: frozenset[str]) -> bool:
    """Whether both names differ by their numbers alone: parts of one plan, no duplicates."""
    different = terms ^ candidate_terms
    return bool(different) and all(_NUMBER.fullmatch(term) for term in different)


def compare(
    terms: frozenset[str],
    candidate_terms: frozenset[str],
    weights: Mapping[str, float],
    candidate: Task,
) -> Match | None:
    """How much a candidate's terms resemble the terms; None: too few are the same, or only
    their numbers differ.
    """
    shared = terms & candidate_terms
    if (
        not shared
        or is_series(terms, candidate_terms)
        or len(shared) < min(FEWEST_WORDS, len(terms), len(candidate_terms))
    ):
        return None
    share = _square(shared, weights) / sqrt(
        _square(terms, weights) * _square(candidate_terms, weights)
    )
    by_weight = sorted(shared, key=lambda term: (-weights[term], term))
    return Match(candidate, min(share, 1.0), tuple(by_weight[:_SHOWN]))


def _square(terms: Iterable[str], weights: Mapping[str, float]) -> float:
    return sum(weights[term] ** 2 for term in terms)
