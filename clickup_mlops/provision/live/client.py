"""What looking at a workspace needs of the ClickUp client, by resource. Nothing writes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from clickup_mlops.clickup.content import Channel, Doc, Page
from clickup_mlops.clickup.hierarchy import (
    CustomRole,
    Folder,
    Space,
    Tag,
    TaskList,
    Template,
    View,
    Webhook,
)
from clickup_mlops.clickup.model import FieldDefinition, Person, Task


class Spaces(Protocol):
    """Of the client's `spaces`."""

    def all(self, team_id: str, /) -> Sequence[Space]:
        """The workspace's spaces."""


class Folders(Protocol):
    """Of the client's `folders`."""

    def of_space(self, space_id: str, /) -> Sequence[Folder]:
        """With their lists."""

    def get(self, folder_id: str, /) -> Folder:
        """One, with its lists."""


class Lists(Protocol):
    """Of the client's `lists`."""

    def of_space(self, space_id: str, /) -> Sequence[TaskList]:
        """Those without a folder."""

    def get(self, list_id: str, /) -> TaskList:
        """One, with the statuses that its tasks can have."""


class Fields(Protocol):
    """Of the client's `fields`."""

    def of_workspace(self, team_id: str, /) -> Sequence[FieldDefinition]:
        """Made on the workspace."""

    def of_space(self, space_id: str, /) -> Sequence[FieldDefinition]:
        """Made on the space."""

    def of_folder(self, folder_id: str, /) -> Sequence[FieldDefinition]:
        """Made on the folder."""

    def of_list(self, list_id: str, /) -> Sequence[FieldDefinition]:
        """Every field of its tasks."""


class Tags(Protocol):
    """Of the client's `tags`."""

    def of_space(self, space_id: str, /) -> Sequence[Tag]:
        """The space's tags."""


class Views(Protocol):
    """Of the client's `views`."""

    def of(self, place: Any, place_id: str, /) -> Sequence[View]:
        """The views of a place."""


class Tasks(Protocol):
    """Of the client's `tasks`."""

    def get(self, task_id: str, /) -> Task:
        """One task."""

    def in_workspace(
        self, team_id: str, /, *, list_ids: Sequence[str], include_markdown: bool
    ) -> Iterator[Task]:
        """The tasks of some lists, closed ones and subtasks too."""

    def in_list(self, list_id: str, /, *, subtasks: bool, include_markdown: bool) -> Iterator[Task]:
        """The open tasks of a list."""


class Docs(Protocol):
    """Of the client's `docs`."""

    def all(self, team_id: str, /, *, parent_id: str) -> Iterator[Doc]:
        """The docs of a place."""

    def pages(self, team_id: str, doc_id: str, /) -> Sequence[Page]:
        """The tree of pages without their text."""

    def texts(self, team_id: str, doc_id: str, /) -> Sequence[Page]:
        """The tree of pages with their text."""


class Chat(Protocol):
    """Of the client's `chat`."""

    def channels(self, team_id: str, /) -> Iterator[Channel]:
        """The workspace's channels."""


class Webhooks(Protocol):
    """Of the client's `webhooks`."""

    def list(self, team_id: str, /) -> Sequence[Webhook]:
        """Those of the token's user."""


class Authorization(Protocol):
    """Of the client's `authorization`."""

    def user(self) -> Person:
        """Who the token is."""

    def roles(self, team_id: str, /) -> Mapping[int, int]:
        """Each member's role by user id."""

    def custom_roles(self, team_id: str, /) -> Sequence[CustomRole]:
        """The workspace's own roles."""

    def plan(self, team_id: str, /) -> str:
        """What the workspace pays for."""


class Templates(Protocol):
    """Of the client's `templates`."""

    def lists(self, team_id: str, /) -> Sequence[Template]:
        """ClickUp's list templates."""

    def folders(self, team_id: str, /) -> Sequence[Template]:
        """ClickUp's folder templates."""


class Client(Protocol):
    """What looking at a workspace needs of the ClickUp client. Nothing here writes."""

    @property
    def calls(self) -> int:
        """Requests sent so far."""

    @property
    def authorization(self) -> Authorization:
        """The token's rights."""

    @property
    def spaces(self) -> Spaces:
        """Spaces."""

    @property
    def folders(self) -> Folders:
        """Folders."""

    @property
    def lists(self) -> Lists:
        """Lists."""

    @property
    def fields(self) -> Fields:
        """Custom fields."""

    @property
    def tags(self) -> Tags:
        """Tags."""

    @property
    def views(self) -> Views:
        """Views."""

    @property
    def tasks(self) -> Tasks:
        """Tasks."""

    @property
    def docs(self) -> Docs:
        """Docs."""

    @property
    def chat(self) -> Chat:
        """Chat."""

    @property
    def webhooks(self) -> Webhooks:
        """Webhooks."""

    @property
    def templates(self) -> Templates:
        """ClickUp's own templates."""
