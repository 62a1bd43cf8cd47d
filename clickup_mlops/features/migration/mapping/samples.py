"""What some items of a board show: their names, and which columns have values. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Final

from clickup_mlops.features.migration.records import Item

MOST_NAMES: Final = 30
"""Names that are kept."""


@dataclass(frozen=True, slots=True)
class BoardSample:
    """`names` of the first items. `filled`: ids of columns of which an item has a value; None: not
    all items were looked at.
    """

    names: tuple[str, ...] = ()
    filled: frozenset[str] | None = None

    def is_empty(self, column_id: str) -> bool:
        """Whether no item has a value in that column; False if that is not known."""
        return self.filled is not None and column_id not in self.filled


NO_SAMPLE: Final = BoardSample()


def sample(items: Iterable[Item], most: int) -> BoardSample:
    """Of the first `most` items. Without items nothing is known of the columns."""
    names: list[str] = []
    filled: set[str] = set()
    iterator = iter(items)
    for item in islice(iterator, most):
        filled.update(item.cells)
        if len(names) < MOST_NAMES:
            names.append(item.name)
    is_complete = bool(names) and next(iterator, None) is None
    return BoardSample(tuple(names), frozenset(filled) if is_complete else None)
