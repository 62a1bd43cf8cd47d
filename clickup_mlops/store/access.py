"""What a reader may see: which Lists. The one value that decides it, wherever rows are read.

`Store.seen_with` gives the store as such a reader sees it; `database.readers` says of each table
which rows that are.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Access:
    """Ids of the Lists, and of the Spaces that they are in; `lists` None: the whole Workspace."""

    lists: frozenset[str] | None
    spaces: frozenset[str] = frozenset()

    @property
    def is_whole(self) -> bool:
        """Whether nothing is hidden."""
        return self.lists is None

    def sees(self, list_id: str) -> bool:
        """Whether tasks of this List are shown."""
        return self.lists is None or list_id in self.lists


EVERYTHING: Final = Access(None)
"""Of who runs the bot: its settings, its machine, its database."""
NOTHING: Final = Access(frozenset())
"""Of somebody who sees no List: only what belongs to none."""
