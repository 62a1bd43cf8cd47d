"""What every source gives, whatever tool it comes from. Pure values that survive JSON.

What `Cell.value` holds, by the column's type:

| type | value |
| --- | --- |
| status | the key of an `Option` of the column |
| dropdown | list of keys of options |
| people | list of `{"id", "kind"}`; kind `person`, `team` or `agent`, id of a `Person` |
| date | `{"date": "2026-06-15", "time": "09:00:00"}`: UTC; time None: a calendar day |
| timeline, week | `{"from": "2026-03-01", "to": "2026-03-15"}`; timeline also `"milestone": true` |
| numbers | a decimal number as text |
| text, long_text, world_clock (a time zone), color_picker (`#rrggbb`), item_id | text |
| checkbox | true or false |
| tags | list of names |
| link | `{"url", "text"}` |
| email | `{"email", "text"}` |
| phone | `{"phone", "country"}`: digits with or without `+`, ISO code or empty |
| location | `{"lat", "lng", "address"}`: degrees as numbers; may have more parts |
| country | `{"code", "name"}` |
| rating | a whole number |
| hour | `{"hour", "minute"}` |
| file | list of `{"asset": id}`, `{"url", "name", "kind"}` or `{"doc": id, "url"}` |
| dependency | list of `{"item": id, "type", "lag_days"}`: waits for them; FS, SS, FF, SF |
| board_relation | list of `{"item": id, "board": id, "name"}` |
| time_tracking | `{"seconds", "running", "entries": [{"from_ms", "to_ms", "person", "manual"}]}` |
| vote | `{"count", "voters": [id of a Person]}` |
| creation_log, last_updated | `{"at_ms", "person"}` |
| doc | `{"doc": id, "url"}` |
| integration | `{"url", "text"}` |
| mirror, formula, progress, battery, auto_number, button, and any other | text, as shown |

An entry of tracked time may have a `text`. A cell without a value is not in `Item.cells`.
`Cell.text` is what the source shows people.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeVar

import orjson
from pydantic import TypeAdapter

PersonKind = Literal["person", "guest", "agent", "team"]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, or a team with its `members` (ids). `email` is empty where the source has none."""

    id: str
    name: str
    email: str = ""
    kind: PersonKind = "person"
    active: bool = True
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Option:
    """A choice of a status or dropdown column. `active`: people can still choose it."""

    key: str
    name: str
    color: str = ""
    done: bool = False
    active: bool = True


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `options` are in the order in which people see them; `settings` as in the tool."""

    id: str
    title: str
    type: str
    description: str = ""
    options: tuple[Option, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Group:
    """A section of a board."""

    id: str
    title: str
    color: str = ""


@dataclass(frozen=True, slots=True)
class Manual:
    """Something that only people can rebuild: an automation, dashboard, view, form, integration."""

    kind: str
    name: str
    details: str = ""


@dataclass(frozen=True, slots=True)
class Board:
    """A board, project or repository. `groups` in order; `folder` from the outside in.

    Subitems have columns of their own, unless `multi_level`. `items` is how many the source says
    there are, subitems left out; -1: it does not say.
    """

    id: str
    name: str
    columns: tuple[Column, ...] = ()
    subitem_columns: tuple[Column, ...] = ()
    groups: tuple[Group, ...] = ()
    description: str = ""
    workspace: str = ""
    folder: tuple[str, ...] = ()
    url: str = ""
    access: str = "public"
    items: int = -1
    multi_level: bool = False
    archived: bool = False
    owners: tuple[str, ...] = ()
    manual: tuple[Manual, ...] = ()

    def columns_of(self, item: "Item") -> tuple[Column, ...]:
        """The columns that the item's cells belong to."""
        has_own = item.parent_id is not None and not self.multi_level
        return self.subitem_columns if has_own else self.columns


@dataclass(frozen=True, slots=True)
class Cell:
    """A value; its shape depends on the column's type. `text` is what the source shows.

    `computed` names the function that the source computes it with, from the items below: `SUM`.
    """

    value: Any
    text: str = ""
    computed: str = ""


@dataclass(frozen=True, slots=True)
class SourceLoss:
    """A value of an item that its source leaves out: where it is, what is lost, and an example."""

    title: str
    what: str
    example: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """An item or, with a `parent_id`, a subitem. `cells` by column id; times in Unix ms."""

    id: str
    board_id: str
    name: str
    group_id: str = ""
    parent_id: str | None = None
    cells: Mapping[str, Cell] = field(default_factory=dict)
    description: str = ""
    """Markdown."""
    creator: str = ""
    subscribers: tuple[str, ...] = ()
    created_ms: int | None = None
    updated_ms: int | None = None
    url: str = ""
    archived: bool = False
    losses: tuple[SourceLoss, ...] = ()

    def shows_file(self, asset_id: str) -> bool:
        """Whether a column of it holds the file; then the file goes where the column goes."""
        values = (cell.value for cell in self.cells.values() if isinstance(cell.value, list))
        return any(
            isinstance(asset, dict) and str(asset.get("asset")) == asset_id
            for value in values
            for asset in value
        )


@dataclass(frozen=True, slots=True)
class Update:
    """A comment on an item; with `reply_to` an answer to another. `html` as the source has it.

    `author` is the id of a `Person`, or empty: an automation, or unknown. `author_name` is what the
    source calls them, for those who are no person any more.
    """

    id: str
    item_id: str
    html: str
    author: str = ""
    author_name: str = ""
    created_ms: int | None = None
    edited_ms: int | None = None
    reply_to: str | None = None
    pinned: bool = False
    likes: int = 0
    assets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of an item or, with an `update_id`, of one of its updates. `size` in bytes, or -1."""

    id: str
    name: str
    item_id: str
    update_id: str | None = None
    size: int = -1
    created_ms: int | None = None


Record = Person | Board | Item | Update | Asset
R = TypeVar("R", bound=Record)

KINDS: Final[Mapping[str, type[Record]]] = {
    "person": Person,
    "board": Board,
    "item": Item,
    "update": Update,
    "asset": Asset,
}
_ADAPTERS: Final[Mapping[str, TypeAdapter[Any]]] = {
    kind: TypeAdapter(record) for kind, record in KINDS.items()
}


def kind_of(record: Record) -> str:
    """Its key in `KINDS`."""
    return type(record).__name__.lower()


def dumps(record: Record) -> bytes:
    """As JSON; the same record always gives the same bytes."""
    return orjson.dumps(record, option=orjson.OPT_SORT_KEYS)


def loads(kind: type[R], body: bytes) -> R:
    """The record that `dumps` wrote. Raises pydantic's ValidationError."""
    record: R = _ADAPTERS[kind.__name__.lower()].validate_json(body)
    return record
