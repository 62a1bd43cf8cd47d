"""What a reply to a proposal says: `agree 1 3`, `disagree 2 high; no 4 training`. Pure."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import dropwhile, groupby
from typing import Final, get_args

from clickup_mlops.routing.decision import NUMBER, Workload

USAGE: Final = "`agree 1 3`, `disagree 2 high`, `disagree 4 training`, or `agree all`"
_AGREE: Final = frozenset({"agree", "agreed", "yes", "ok", "okay", "+1", "👍"})
_DISAGREE: Final = frozenset({"disagree", "disagreed", "no", "-1", "👎"})
_EXCEPT: Final = frozenset({"but", "except", "excluding", "not", "without"})
_PRIORITIES: Final = {str(level): number for level, number in NUMBER.items()}
_STATEMENT: Final = re.compile(r"[;\n]+")
_WORD: Final = re.compile(r"[+-]1(?!\d)|\d+(?:\s*[-–]\s*\d+)?|[^\W\d_]+|👍|👎")
_MOST: Final = 1_000
_MOST_RANGES: Final = 20
_DIGITS: Final = 9
"""Of a number that are read: no proposal has more, and Python reads no number of thousands."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What one person says about the proposals with these numbers; `priority` and `workload` are
    what they want instead, if they say so.
    """

    agrees: bool
    numbers: frozenset[int]
    priority: int | None = None
    workload: Workload | None = None


def parse(text: str, numbers: Collection[int]) -> list[Statement]:
    """What a reply says about the proposals with these numbers; nothing: it is no answer.

    A statement without a number, or with `all`, is about all of them; after `but`, `except` or
    `not` stand those that it is not about.
    """
    return [
        statement
        for part in _STATEMENT.split(text.replace("\\", "").replace("#", " "))
        if (statement := _parse_statement(part.casefold(), frozenset(numbers))) is not None
    ]


def find_unknown(text: str, numbers: Collection[int]) -> list[int]:
    """The numbers of an answer that are none of these."""
    words = [_WORD.findall(part.casefold()) for part in _STATEMENT.split(text.replace("#", " "))]
    said = (part[1:] for part in words if part and part[0] in _AGREE | _DISAGREE)
    about = (part for part in said if all(word in _DETAILS or word[0].isdigit() for word in part))
    return sorted({number for part in about for number in _find_numbers(part)} - {*numbers})


def format_numbers(numbers: Iterable[int]) -> str:
    """Sorted numbers as an answer may have them: `1, 3-5`; of many ranges the first ones."""
    by_distance = groupby(enumerate(numbers), lambda pair: pair[1] - pair[0])
    runs = ([number for _, number in pairs] for _, pairs in by_distance)
    texts = [str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs]
    return ", ".join(texts[:_MOST_RANGES]) + ", …" * (len(texts) > _MOST_RANGES)


def _parse_statement(text: str, numbers: frozenset[int]) -> Statement | None:
    words = _WORD.findall(text)
    if not words or words[0] not in _AGREE | _DISAGREE:
        return None
    agrees, details = words[0] in _AGREE, words[1:]
    exception = [*dropwhile(lambda word: word not in _EXCEPT, details)]
    excluded = _find_numbers(exception)
    details = details[: len(details) - len(exception)] if excluded else details
    named = _find_numbers(details)
    if not named and any(word not in _DETAILS for word in details):
        return None  # "no idea", "ok, later": said to a person
    if not named and not agrees and "all" not in details:
        return None
    about = ((named or numbers) - excluded) & numbers
    priority = next((_PRIORITIES[word] for word in details if word in _PRIORITIES), None)
    workload = next((name for word in details for name in _WORKLOADS if name == word), None)
    return Statement(agrees, about, priority, workload) if about else None


def _find_numbers(words: Iterable[str]) -> frozenset[int]:
    return frozenset(number for word in words for number in _read_numbers(word))


def _read_numbers(word: str) -> Iterator[int]:
    """`3`, or `3-5`."""
    ends = [int(digits[:_DIGITS]) for digits in re.findall(r"\d+", word)]
    if ends:
        yield from range(ends[0], min(ends[-1], ends[0] + _MOST) + 1)


_WORKLOADS: Final[tuple[Workload, ...]] = get_args(Workload)
_DETAILS: Final = frozenset({"all", "and", *_PRIORITIES, *_WORKLOADS})
