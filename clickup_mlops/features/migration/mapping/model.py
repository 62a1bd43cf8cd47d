"""The mapping file as values: one table per key, each key documented by the text below it."""

from collections.abc import Mapping as ReadOnly
from typing import Final, Literal

from pydantic import Field

from clickup_mlops.config import Table
from clickup_mlops.features.migration.columns._model import Choice, Slot

Groups = Literal["lists", "field", "status", "none"]
Location = tuple[str, ...]
"""Keys of a mapping from the top down: `("boards", "123", "place")`."""
Problem = tuple[Location, str]
"""Where, and what is wrong there."""
Place = tuple[str, str, str]
"""Names of a List's Space, Folder (empty: none) and List."""
GROUP_FIELD: Final = "Group"
"""The custom field (drop-down) that holds an item's group, with `groups = "field"`."""
BLANK: Final = ""
"""Key of `options` for items that have no value in a status column."""


class SourceTable(Table):
    """Where the data comes from."""

    kind: str
    """`monday`, `monday_export`, `jira`, …: a module in `features/migration/sources/`."""
    boards: tuple[str, ...] = ()
    """Ids of the boards. Empty: all of them, or those of `workspace`."""
    workspace: str = ""
    """Id or name of the workspace whose boards are meant, instead of `boards`."""
    left_out: tuple[str, ...] = ()
    """Ids of boards that have no table on purpose; others without one are reported."""
    files: tuple[str, ...] = ()
    """The exported files; a relative path starts at the mapping file's folder."""
    columns_file: str = ""
    """For CSV: the file that says what the columns are."""
    archived: bool = False
    """Archived boards and items too."""


class PersonTable(Table):
    """A person of the source."""

    name: str
    """As the source calls them."""
    email: str = ""
    """Their e-mail address in ClickUp. Empty: nobody there; their name is kept as text."""
    members: tuple[str, ...] = ()
    """Of a team: the people in it, by id. A team stands for all of them."""


class ColumnTable(Table):
    """What becomes of a column: a table of the mapping's file."""

    title: str
    """As the source calls it."""
    type: str
    """The column's type: a module in `features/migration/columns/`."""
    to: Slot
    """Where its values go."""
    field: str = ""
    """The custom field's name, with `to = "field"`."""
    field_type: str = ""
    """The custom field's type, with `to = "field"`."""
    options: ReadOnly[str, str] = Field({})
    """Status or option of the source (its key) -> name in ClickUp. With `to = "status"`, the key
    `""` names the status of items without a value; unless it is there, they get the first status of
    the List, which is counted as a loss."""
    because: str = ""
    """Why it is not kept, with `to = "none"`."""

    @property
    def choice(self) -> Choice:
        """What the column's converter is told."""
        return Choice(self.to, self.field, self.field_type, dict(self.options))


class PlaceTable(Table):
    """Where a board goes. With groups as lists, `list` is not used: each group is one."""

    space: str
    """The Space's name."""
    folder: str = ""
    """The Folder's name; empty: none."""
    list: str = ""
    """The List's name."""
    template: str = ""
    """Workspace template whose fields the place gains, such as `llm_serving`; empty: none."""
    clickup_template: str = ""
    """Name of a ClickUp List template, or Folder template with groups as lists. A List or Folder
    that is created is made of it, with the template's fields, statuses and views; empty: none."""


class BoardTable(Table):
    """What becomes of a board: a table of the mapping's file."""

    name: str
    """As the source calls it."""
    place: PlaceTable
    """Where it goes."""
    groups: Groups = "field"
    """What becomes of its groups: a List each, a drop-down field, the status, or nothing."""
    group_names: ReadOnly[str, str] = Field({})
    """Group (its id) -> name of the List, option or status."""
    columns: ReadOnly[str, ColumnTable] = Field({})
    """Its columns by id."""
    subitem_columns: ReadOnly[str, ColumnTable] = Field({})
    """The columns of its subitems by id; none if they share the board's."""

    @property
    def lists(self) -> tuple[Place, ...]:
        """The Lists that it fills: one, or one for each group."""
        names = self.group_names.values() if self.groups == "lists" else (self.place.list,)
        return tuple((self.place.space, self.place.folder, name) for name in dict.fromkeys(names))

    def place_of(self, group_id: str) -> Place:
        """The List of a group's items. Raises KeyError: groups are Lists, and this one is none."""
        name = self.group_names[group_id] if self.groups == "lists" else self.place.list
        return (self.place.space, self.place.folder, name)


class Mapping(Table):
    """What becomes of everything in the source: the mapping's file."""

    name: str
    """Names the migration: what has been done is remembered under this name."""
    source: SourceTable
    """Where the data comes from."""
    id_field: str = "Source ID"
    """Custom field (short text) that holds the item's id in the source: how a task is found again
    when the answer to its creation was lost."""
    updates: bool = True
    """Take comments along."""
    mentions: bool = False
    """Mention people in comments as the updates do. ClickUp then notifies them, of each old update;
    otherwise only their names are there."""
    files: bool = True
    """Take files along."""
    time: bool = True
    """Take tracked time along."""
    subscribers: bool = False
    """Make an item's subscribers watchers of the task: one more call for each item that has any."""
    people: ReadOnly[str, PersonTable] = Field({})
    """People of the source by id."""
    boards: ReadOnly[str, BoardTable] = Field({})
    """Boards by id."""
