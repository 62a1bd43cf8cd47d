"""Which known word a misspelt one may mean, and numbers with their nouns. Pure."""

import difflib
from collections.abc import Iterable

CLAUSE = '; did you mean "{}"?'
"""After a statement of what is wrong."""
SENTENCE = 'Did you mean "{}"?'
"""As a hint of its own."""


def find_nearest(word: str, candidates: Iterable[str], *, cutoff: float = 0.5) -> str | None:
    """The known word that looks most like this one, in any case; None if none is close.

    `cutoff` is how alike they must be, from 0 to 1.
    """
    by_fold = {candidate.casefold(): candidate for candidate in reversed([*candidates])}
    close = difflib.get_close_matches(word.casefold(), list(by_fold), n=1, cutoff=cutoff)
    return by_fold[close[0]] if close else None


def find_similar(word: str, candidates: Iterable[str], *, most: int = 3) -> list[str]:
    """Up to `most` known words that look like this one, the nearest first."""
    by_fold = {candidate.casefold(): candidate for candidate in reversed([*candidates])}
    close = difflib.get_close_matches(word.casefold(), list(by_fold), n=most, cutoff=0.5)
    return [by_fold[candidate] for candidate in close]


def suggest_word(
    word: str,
    candidates: Iterable[str],
    form: str = CLAUSE,
    *,
    otherwise: str = "",
    cutoff: float = 0.5,
) -> str:
    """`form` with the nearest known word, or `otherwise` if none is close."""
    close = find_nearest(word, candidates, cutoff=cutoff)
    return form.format(close) if close else otherwise


def format_count(count: int, noun: str, plural: str = "") -> str:
    """A number with its noun, such as `1 event` and `2 events`.

    `plural` for all that an `s` does not make: `1 task stays`, `2 tasks stay`.
    """
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"
