"""The records of the account. Times are Unix milliseconds, ids numbers."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class User:
    """A person, guest or agent. `status` ACTIVE, INACTIVE (deleted) or PENDING."""

    id: int
    name: str
    email: str
    kind: str = "member"
    status: str = "ACTIVE"
    time_zone: str = "UTC"
    created_ms: int = 0


@dataclass(slots=True)
class Team:
    """A team and its members."""

    id: int
    name: str
    user_ids: list[int]
    owner_ids: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Workspace:
    """A workspace; the `main` one does not exist for boards: they answer null."""

    id: int
    name: str
    main: bool = False
    kind: str = "open"
    state: str = "active"
    created_ms: int = 0
    description: str | None = None


@dataclass(slots=True)
class Folder:
    """A folder, maybe in another."""

    id: int
    name: str
    workspace_id: int
    parent_id: int | None = None
    created_ms: int = 0


@dataclass(slots=True)
class Column:
    """A column. `calculated`: the function of a roll-up on a multi-level board, or empty."""

    id: str
    title: str
    type: str
    settings: dict[str, Any] = field(default_factory=dict)
    description: str | None = None
    archived: bool = False
    calculated: str = ""


@dataclass(slots=True)
class Group:
    """A section of a board; `position` as the API writes it: a number as text."""

    id: str
    title: str
    color: str
    position: str
    archived: bool = False


@dataclass(slots=True)
class Board:
    """A board. `type` board, sub_items_board or document; `workspace_id` None: the main one.

    `item_ids` are the top items in the order of the board within their groups, archived ones too.
    """

    id: int
    name: str
    creator_id: int
    columns: dict[str, Column] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    item_ids: dict[int, None] = field(default_factory=dict)
    description: str | None = None
    type: str = "board"
    kind: str = "public"
    state: str = "active"
    hierarchy: str = "classic"
    workspace_id: int | None = None
    folder_id: int | None = None
    owner_ids: list[int] = field(default_factory=list)
    tag_ids: list[int] = field(default_factory=list)
    views: list[dict[str, str]] = field(default_factory=list)
    subitem_board_id: int | None = None
    item_noun: str = "item"
    created_ms: int = 0
    updated_ms: int = 0


@dataclass(slots=True)
class Item:
    """An item or subitem. `cells`: decoded raw value by column id; `block_doc` its description.

    Cells of board_relation and dependency hold `{"links": [{"item", "type", "lag"}]}`, which the
    API does not show as a raw value.
    """

    id: int
    board_id: int
    group_id: str
    name: str
    creator_id: int
    cells: dict[str, Any] = field(default_factory=dict)
    parent_id: int | None = None
    child_ids: list[int] | None = None
    update_ids: list[int] | None = None
    gallery_ids: list[int] | None = None
    description_doc: int | None = None
    subscriber_ids: list[int] | None = None
    state: str = "active"
    created_ms: int = 0
    updated_ms: int = 0


@dataclass(slots=True)
class Update:
    """An update of an item, of a board (`item_id` None), or a reply (`parent_id`).

    `creator_id` may be negative: an automation or template.
    """

    id: int
    board_id: int
    item_id: int | None
    body: str
    creator_id: int
    created_ms: int
    edited_ms: int
    parent_id: int | None = None
    reply_ids: list[int] | None = None
    asset_ids: list[int] | None = None
    liker_ids: list[int] | None = None
    pinned: bool = False
    original_creation: str | None = None


@dataclass(slots=True)
class Asset:
    """A file. Without `content` its `size` bytes follow from its id."""

    id: int
    name: str
    size: int
    uploader_id: int
    created_ms: int
    content: bytes | None = None


@dataclass(slots=True)
class Tag:
    """A tag of the account."""

    id: int
    name: str
    color: str


@dataclass(slots=True)
class Block:
    """A block of a doc; `content` as JSON."""

    id: str
    type: str
    content: dict[str, Any]
    parent_id: str | None = None


@dataclass(slots=True)
class Doc:
    """A doc; `object_id` is the id of its board of type document."""

    id: int
    object_id: int
    name: str
    creator_id: int
    blocks: list[Block] = field(default_factory=list)
    workspace_id: int | None = None
    created_ms: int = 0
    updated_ms: int = 0


@dataclass(slots=True)
class Activity:
    """An entry of a board's activity log."""

    id: str
    board_id: int
    event: str
    entity: str
    user_id: int
    at_ms: int
    data: dict[str, Any]


@dataclass(slots=True)
class Webhook:
    """A webhook of a board."""

    id: int
    board_id: int
    event: str
    config: str | None = None


@dataclass(slots=True)
class Automation:
    """An automation of a board."""

    id: int
    board_id: int
    title: str
    description: str
    user_id: int
    active: bool = True
    created_ms: int = 0
