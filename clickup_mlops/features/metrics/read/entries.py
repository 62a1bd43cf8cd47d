"""Lists that tools answer with: one entry that makes no sense loses no other. Pure."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeVar

from clickup_mlops.features.metrics.source import SourceError
from clickup_mlops.spelling import format_count

NONSENSE: Final = (AttributeError, IndexError, KeyError, TypeError, ValueError)
"""What reading something that has another form raises."""
Entry = TypeVar("Entry")


def read_each(
    entries: object, read: Callable[..., Entry], noun: str
) -> tuple[list[Entry], Sequence[str]]:
    """What `read` makes of each entry, and a sentence if some make no sense. `noun`: what they are,
    in the singular.

    Raises:
        SourceError: it is no list.
    """
    if not isinstance(entries, Iterable) or isinstance(entries, str | bytes | dict):
        raise SourceError(f"no list of {noun}s: {entries!r:.80}")
    results, problems = list[Entry](), list[str]()
    for entry in entries:
        try:
            results.append(read(entry))
        except NONSENSE as problem:
            problems.append(f"{type(problem).__name__}: {problem}")
    if not problems:
        return results, ()
    return results, (f"{format_count(len(problems), noun)} left out: {problems[0]:.120}",)
