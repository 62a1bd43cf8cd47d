"""What a survey asks, and who it found to be nobody in ClickUp."""

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, field
from typing import Protocol

from clickup_mlops.features.migration.columns._model import Lookup
from clickup_mlops.features.migration.convert import Conversion, ItemLoss
from clickup_mlops.features.migration.mapping.model import BoardTable, Mapping
from clickup_mlops.features.migration.plan.model import Unmatched
from clickup_mlops.features.migration.records import Asset, Board, Item, Update
from clickup_mlops.features.migration.steps import AddComment

Convert = Callable[[Item, Board, BoardTable, Mapping, Lookup], Conversion]
"""As `migrate.convert.convert`."""
Comment = Callable[
    [Update, Mapping, Lookup, ReadOnly[str, str]], tuple[AddComment, Sequence[ItemLoss]]
]
"""As `migrate.comments.comment`."""


class Records(Protocol):
    """What was read from the source: the part of `staging.Staged` that a survey needs."""

    def boards(self) -> Iterator[Board]:
        """The boards, with columns and groups."""

    def items(self, board_id: str) -> Iterator[Item]:
        """A board's items and subitems."""

    def updates(self, board_id: str) -> Iterator[Update]:
        """The updates of a board's items."""

    def assets(self, board_id: str) -> Iterator[Asset]:
        """The files of a board's items."""

    def item(self, item_id: str) -> Item | None:
        """One item."""

    def asset(self, item_id: str, asset_id: str) -> Asset | None:
        """One file of an item."""


@dataclass(frozen=True, slots=True)
class World:
    """What a survey asks. `states`: the state of those steps (by key) that the journal has."""

    records: Records
    mapping: Mapping
    convert: Convert
    comment: Comment
    lookup: Lookup
    states: Callable[[Sequence[str]], ReadOnly[str, str]]

    def commented(self, update: Update) -> tuple[AddComment, Sequence[ItemLoss]]:
        """The comment that an update becomes, and what it loses. Raises as a conversion does."""
        assets = (self.records.asset(update.item_id, asset_id) for asset_id in update.assets)
        names = {asset.id: asset.name for asset in assets if asset is not None}
        return self.comment(update, self.mapping, self.lookup, names)


@dataclass(slots=True)
class People:
    """A lookup that remembers, item by item, who was asked for and is nobody in ClickUp."""

    lookup: Lookup
    items: dict[str, int] = field(default_factory=dict)
    _now: set[str] = field(default_factory=set)

    def person(self, person_id: str) -> int | None:
        """The ClickUp user who is this person; None: there is none, and that is remembered."""
        user_id = self.lookup.person(person_id)
        if user_id is None:
            self._now.add(person_id)
        return user_id

    def members(self, team_id: str) -> tuple[str, ...]:
        """The people in a team."""
        return self.lookup.members(team_id)

    def name(self, person_id: str) -> str:
        """What the person or team is called."""
        return self.lookup.name(person_id)

    def next_item(self) -> None:
        """What was asked so far was about one item."""
        for person_id in self._now:
            self.items[person_id] = self.items.get(person_id, 0) + 1
        self._now.clear()

    def unmatched(self) -> tuple[Unmatched, ...]:
        """Who is nobody in ClickUp, those first whom most items name."""
        rows = [Unmatched(person, self.name(person), items) for person, items in self.items.items()]
        return tuple(sorted(rows, key=lambda person: (-person.items, person.name, person.id)))
