"""The records. Every attribute is plain JSON, so that a record can be written to a file as it is.

Times are Unix milliseconds (int). Ids are strings as ClickUp gives them, user ids integers.
"""

from dataclasses import dataclass, field
from typing import Any

JsonTable = dict[str, Any]


@dataclass(slots=True)
class User:
    """A member of a Workspace. `role`: 1 owner, 2 admin, 3 member, 4 guest.

    `shares`: id of a task, List, Folder or (members) Space -> `read`, `comment`, `edit` or
    `create`; `read_only` makes any other role view-only; `custom_role` is a role of an Enterprise
    Workspace, by name.
    """

    id: int
    username: str
    email: str
    color: str = "#7b68ee"
    role: int = 3
    timezone: str = "Europe/Berlin"
    read_only: bool = False
    shares: JsonTable = field(default_factory=dict)
    custom_role: str = ""

    @property
    def initials(self) -> str:
        """First letters of the first two names."""
        return "".join(word[0] for word in self.username.split()[:2]).upper()


@dataclass(slots=True)
class Token:
    """An access token. `id` is the token itself; OAuth ones must be sent with Bearer."""

    id: str
    user_id: int
    oauth: bool = False
    team_ids: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Grant:
    """An OAuth code that can be exchanged once."""

    id: str
    client_id: str
    user_id: int
    team_ids: list[str]


@dataclass(slots=True)
class Team:
    """A Workspace; `field_uses` and `view_uses` count against the plan."""

    id: str
    name: str
    color: str = "#5b4fe9"
    member_ids: list[int] = field(default_factory=list)
    custom_items: list[JsonTable] = field(default_factory=list)
    field_uses: int = 0
    view_uses: JsonTable = field(default_factory=dict)


@dataclass(slots=True)
class Group:
    """A user group ("Team" in ClickUp's pages)."""

    id: str
    team_id: str
    name: str
    handle: str
    creator_id: int
    date_created: int
    member_ids: list[int]


@dataclass(slots=True)
class Space:
    """A Space; owns statuses and tags.

    `task_prefix` is that of its custom task ids; empty: the ClickApp is off.
    """

    id: str
    team_id: str
    name: str
    statuses: list[JsonTable]
    features: JsonTable
    color: str | None = None
    private: bool = False
    archived: bool = False
    admin_can_manage: bool = True
    multiple_assignees: bool = True
    tags: dict[str, JsonTable] = field(default_factory=dict)
    task_prefix: str = ""


@dataclass(slots=True)
class Folder:
    """A Folder. A List straight in a Space sits in a hidden one."""

    id: str
    space_id: str
    name: str
    orderindex: int = 0
    hidden: bool = False
    private: bool = False
    archived: bool = False
    parent_folder: str | None = None
    statuses: list[JsonTable] | None = None


@dataclass(slots=True)
class TaskList:
    """A List. `status` is its colour label; `statuses` overrides those of Folder and Space."""

    id: str
    folder_id: str
    space_id: str
    name: str
    orderindex: int = 0
    content: str = ""
    status: str | None = None
    priority: int | None = None
    assignee_id: int | None = None
    due_date: int | None = None
    due_date_time: bool = False
    start_date: int | None = None
    start_date_time: bool | None = None
    private: bool = False
    archived: bool = False
    statuses: list[JsonTable] | None = None


@dataclass(slots=True)
class Field:
    """A custom field definition, created at one level (`team`, `space`, `folder`, `list`).

    `files`: what was uploaded for it, put on a task or not. `more_lists`: where it was added later.
    """

    id: str
    name: str
    type: str
    type_config: JsonTable
    level: str
    level_id: str
    date_created: int
    creator_id: int
    hide_from_guests: bool = False
    required: bool = False
    task_types: list[int] = field(default_factory=list)
    files: list[JsonTable] = field(default_factory=list)
    more_lists: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Task:
    """A task. `status` is the name; `values` maps field id to the stored value.

    `estimates` is the part of `time_estimate` that each assignee has; `time_spent` what was
    tracked. Both in milliseconds.
    """

    id: str
    list_id: str
    name: str
    creator_id: int
    status: str
    orderindex: int
    date_created: int
    date_updated: int
    text: str = ""
    custom_id: str | None = None
    custom_item_id: int = 0
    date_closed: int | None = None
    date_done: int | None = None
    archived: bool = False
    assignees: list[int] = field(default_factory=list)
    group_assignees: list[str] = field(default_factory=list)
    watchers: list[int] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    parent: str | None = None
    priority: int | None = None
    due_date: int | None = None
    due_date_time: bool = False
    start_date: int | None = None
    start_date_time: bool = False
    points: float | None = None
    time_estimate: int | None = None
    estimates: JsonTable = field(default_factory=dict)
    time_spent: int = 0
    values: JsonTable = field(default_factory=dict)
    checklists: list[JsonTable] = field(default_factory=list)
    dependencies: list[JsonTable] = field(default_factory=list)
    links: list[JsonTable] = field(default_factory=list)
    attachments: list[JsonTable] = field(default_factory=list)
    other_lists: list[str] = field(default_factory=list)
    status_log: list[JsonTable] = field(default_factory=list)


@dataclass(slots=True)
class Gone:
    """A deleted task: its id still answers, in odd ways, for a while."""

    id: str


@dataclass(slots=True)
class Comment:
    """A comment on a task, list or view (`on`, `on_id`), or a reply to another comment.

    `hist_id` is the history item under which it is reported, when it was posted and at every edit.
    """

    id: str
    on: str
    on_id: str
    user_id: int
    date: int
    blocks: list[JsonTable]
    resolved: bool = False
    assignee_id: int | None = None
    assigned_by_id: int | None = None
    reply_to: str | None = None
    hist_id: str = ""

    @property
    def text(self) -> str:
        """The plain text of all blocks."""
        return "".join(str(block.get("text", "")) for block in self.blocks)


@dataclass(slots=True)
class View:
    """A view; `body` is its whole definition as it was sent."""

    id: str
    team_id: str
    parent_id: str
    parent_type: int
    body: JsonTable
    creator_id: int
    date_created: int


@dataclass(slots=True)
class Template:
    """A saved task, list or folder; `content` is what it makes."""

    id: str
    team_id: str
    kind: str
    name: str
    content: JsonTable


@dataclass(slots=True)
class PendingCopy:
    """A copy of a template whose content is still to come: some of it (`part`) at `due_ms`."""

    id: str
    template_id: str
    target_id: str
    options: JsonTable
    actor_id: int
    due_ms: int
    part: str = "all"


@dataclass(slots=True)
class Webhook:
    """A webhook of one user, at one location, with its health."""

    id: str
    team_id: str
    user_id: int
    endpoint: str
    events: list[str]
    secret: str
    task_id: str | None = None
    list_id: str | None = None
    folder_id: str | None = None
    space_id: str | None = None
    status: str = "active"
    fail_count: int = 0


@dataclass(slots=True)
class Doc:
    """A Doc (v3); its text is in its pages."""

    id: str
    team_id: str
    name: str
    parent_id: str
    parent_type: int
    creator_id: int
    date_created: int
    date_updated: int
    public: bool = True
    archived: bool = False


@dataclass(slots=True)
class Page:
    """A page of a Doc (v3)."""

    id: str
    doc_id: str
    name: str
    creator_id: int
    date_created: int
    date_updated: int
    sub_title: str = ""
    content: str = ""
    parent_page_id: str | None = None


@dataclass(slots=True)
class Channel:
    """A chat channel (v3). `key` finds an existing one: name, location or set of members."""

    id: str
    team_id: str
    name: str
    type: str
    key: str
    creator_id: int
    date_created: int
    date_updated: int
    parent_id: str
    parent_type: int
    member_ids: list[int]
    visibility: str = "PUBLIC"
    description: str = ""
    topic: str = ""


@dataclass(slots=True)
class Message:
    """A chat message or a reply to one (v3)."""

    id: str
    channel_id: str
    user_id: int
    type: str
    content: str
    date: int
    date_updated: int | None = None
    parent_id: str | None = None
    resolved: bool = False
    post_data: JsonTable | None = None
    assignee_id: int | None = None
    reactions: list[JsonTable] = field(default_factory=list)


@dataclass(slots=True)
class Counter:
    """How many ids of one kind were given out."""

    id: str
    value: int = 0
