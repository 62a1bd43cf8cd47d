"""Which live object a wanted one is: by the id of the last apply, else by name in its place. Pure.

So a list that was renamed in ClickUp is still the same list, though another one has its name now,
and one that was moved is found where it is now.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from clickup_mlops.features.provisioning.tree import Kind, Node, Path, Tree, fold

if TYPE_CHECKING:
    from clickup_mlops.features.provisioning.tables.provisions import Remembered

SHARED: Final[frozenset[Kind]] = frozenset({"field", "channel"})
"""Kinds that are visible below their place: one of the place or of any place around it matches."""

_OWNED: Final[frozenset[Kind]] = frozenset({"space", "folder", "list", "view", "task", "doc"})
"""Kinds of which two wanted paths never mean one object."""

How = Literal["name", "renamed", "moved", "gone", "new"]


@dataclass(frozen=True, slots=True)
class Match:
    """The live object, if any, and how it was found: `gone` was there at the last apply."""

    how: How
    node: Node | None = None


class Matcher:
    """Finds live objects; each is taken by at most one wanted path."""

    def __init__(
        self, want: Iterable[Path], have: Tree, remembered: "Mapping[Path, Remembered]"
    ) -> None:
        self._wanted = {fold(path) for path in want}
        self._memory = {fold(path): entry for path, entry in remembered.items()}
        self._by_name = {fold(path): node for path, node in have.items()}
        self._by_id: dict[tuple[Kind, str], list[Node]] = {}
        self._owners = {
            (path[-1][0], entry.object_id): path
            for path, entry in self._memory.items()
            if path in self._wanted and path[-1][0] in _OWNED
        }
        for node in have.values():
            if node.id is not None:
                self._by_id.setdefault((node.kind, node.id), []).append(node)

    def memory(self, path: Path) -> "Remembered | None":
        """What is remembered of a wanted path."""
        return self._memory.get(fold(path))

    def find(self, path: Path, place: Path | None) -> Match:
        """The object of a wanted path; `place` is where its parent lives, None: nowhere yet."""
        named = self._named(path[-1], place) if place is not None else None
        memory = self.memory(path)
        candidates = self._by_id.get((path[-1][0], memory.object_id), []) if memory else []
        if named is not None and (
            named in candidates or not (candidates or self._is_anothers(named, path))
        ):
            return Match("name", named)
        for node in sorted(candidates, key=lambda candidate: not _is_in(candidate, place)):
            return Match("renamed" if _is_in(node, place) else "moved", node)
        return Match("new" if memory is None else "gone")

    def _is_anothers(self, node: Node, path: Path) -> bool:
        """Whether an earlier apply knows the object under another wanted path."""
        owner = self._owners.get((node.kind, node.id or ""))
        return owner is not None and owner != fold(path)

    def by_id(self, kind: Kind, object_id: str) -> Node | None:
        """The live object of this id, wherever it is."""
        return next(iter(self._by_id.get((kind, object_id), ())), None)

    def above(self, kind: Kind, name: str, place: Path) -> Node | None:
        """The nearest object of that name at or above a place."""
        for end in range(len(place), -1, -1):
            if node := self._by_name.get(fold((*place[:end], (kind, name)))):
                return node
        return None

    def _named(self, part: tuple[Kind, str], place: Path) -> Node | None:
        if part[0] in SHARED:
            return self.above(*part, place)
        return self._by_name.get(fold((*place, part)))


def _is_in(node: Node, place: Path | None) -> bool:
    """Whether it is in its place; a shared object may be above."""
    if node.kind in SHARED and place is not None:
        return place[: len(node.parent)] == node.parent
    return node.parent == place
