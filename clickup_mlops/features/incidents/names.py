"""People's names in slash commands. Pure."""

from collections.abc import Sequence
from typing import Final

_REASONS: Final = frozenset({"because", "due", "for", "weil", "denn", "wegen", "porque", "car"})
_LONGEST: Final = 4


def count_name_words(words: Sequence[str]) -> int:
    """How many words at the beginning are a name: those before the reason, at most four."""
    ends = (index for index, word in enumerate(words) if word.lower() in _REASONS)
    return min(next(ends, len(words)), _LONGEST)
