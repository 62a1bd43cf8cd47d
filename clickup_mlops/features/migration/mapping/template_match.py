"""Which shipped workspace template a board is like: by its workload, then by its words. Pure."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Final

from clickup_mlops.features.migration.mapping.template_fields import TemplateFields
from clickup_mlops.features.migration.mapping.words import split
from clickup_mlops.features.migration.records import Board

Classify = Callable[[str, str], str]
"""Workload of a text, by title and body; "" if it is unclear."""
_OTHER: Final = "other"
_SHARE: Final = 0.5
"""The share of the votes that a workload needs."""


@dataclass(frozen=True, slots=True)
class TemplateMatch:
    """The template that fits, and why. `template` is empty if there is none; `reason` is then
    empty too, unless the board has a workload.
    """

    template: str = ""
    workload: str = ""
    reason: str = ""


def find(
    board: Board, names: Sequence[str], offered: Mapping[str, TemplateFields], classify: Classify
) -> TemplateMatch:
    """The template of the board's workload that shares the most telling words with it.

    `names` are of some of its items. Words that many templates use tell little.
    """
    workload, share = _workload(board, names, classify)
    if not workload:
        return TemplateMatch()
    why = f"looks like {workload} work ({share:.0%} of its texts)"
    words = set(split(" ".join((*_texts(board), *names))))
    scored = _scores(words, {n: g for n, g in offered.items() if g.workload == workload})
    best = max(scored, key=lambda name: (sum(scored[name].values()), name), default="")
    if not best or not scored[best]:
        return TemplateMatch("", workload, f"The board {why}, but like no template in particular.")
    telling = sorted(scored[best], key=lambda word: (-scored[best][word], word))[:4]
    return TemplateMatch(best, workload, f"The board {why}; words: {', '.join(telling)}.")


def _workload(board: Board, names: Sequence[str], classify: Classify) -> tuple[str, float]:
    """What most texts say; the board's own count as much as a third of its items."""
    title, *more = _texts(board)
    votes = Counter(filter(None, (classify(name, "") for name in names)))
    board_workload = classify(title, "\n".join(more)) or classify(title, "")
    votes[board_workload or _OTHER] += 1 + len(names) // 3
    best, count = votes.most_common(1)[0]
    share = count / votes.total()
    return ("", 0.0) if best == _OTHER or share < _SHARE else (best, share)


def _texts(board: Board) -> Iterator[str]:
    yield board.name
    yield board.description
    for titled in (*board.columns, *board.subitem_columns):
        yield titled.title
    yield from (titled.title for titled in board.groups)


def _scores(
    words: Collection[str], offered: Mapping[str, TemplateFields]
) -> dict[str, dict[str, float]]:
    """By template: the words that it shares with the board, and how telling each is."""
    vocabularies = {name: template.words for name, template in offered.items()}
    used = Counter(word for vocabulary in vocabularies.values() for word in vocabulary)
    return {
        name: {
            word: weight * log(1 + len(vocabularies) / used[word])
            for word, weight in vocabulary.items()
            if word in words and (used[word] < len(vocabularies) or len(vocabularies) == 1)
        }
        for name, vocabulary in vocabularies.items()
    }
