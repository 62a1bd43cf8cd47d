"""Values of columns as the API shows them: raw value, text and typed fields."""

from collections.abc import Mapping
from typing import Final

from clickup_mlops.sandbox.monday.graph.cells import (
    choices,
    computed,
    files,
    links,
    people,
    simple,
    times,
)
from clickup_mlops.sandbox.monday.graph.cells.base import Cell
from clickup_mlops.sandbox.monday.graph.context import Context
from clickup_mlops.sandbox.monday.state.model import Column, Item

TYPES: Final[Mapping[str, type[Cell]]] = {
    "auto_number": computed.Unsupported,
    "board_relation": links.BoardRelation,
    "button": computed.Button,
    "checkbox": choices.Checkbox,
    "color_picker": simple.ColorPicker,
    "country": simple.Country,
    "creation_log": people.CreationLog,
    "date": times.Date,
    "dependency": links.Dependency,
    "direct_doc": files.DirectDoc,
    "doc": files.Doc,
    "dropdown": choices.Dropdown,
    "email": simple.Email,
    "file": files.Files,
    "formula": computed.Formula,
    "group": computed.Group,
    "hour": times.Hour,
    "integration": simple.Integration,
    "item_assignees": computed.Unsupported,
    "item_id": computed.ItemId,
    "last_updated": people.LastUpdated,
    "link": simple.Link,
    "location": simple.Location,
    "long_text": simple.LongText,
    "mirror": links.Mirror,
    "numbers": simple.Numbers,
    "people": people.People,
    "person": people.Person,
    "phone": simple.Phone,
    "progress": computed.Progress,
    "rating": choices.Rating,
    "status": choices.Status,
    "subtasks": links.Subtasks,
    "tags": choices.Tags,
    "team": people.Team,
    "text": simple.Text,
    "time_tracking": times.TimeTracking,
    "timeline": times.Timeline,
    "unsupported": computed.Unsupported,
    "vote": choices.Vote,
    "week": times.Week,
    "world_clock": simple.WorldClock,
}
"""By column type; the name column is no value of an item."""


def cell_of(context: Context, column: Column, item: Item) -> Cell:
    """The value of a column on an item; a roll-up where a multi-level board has one."""
    if column.calculated and item.child_ids:
        return computed.build_roll_up(context, column, item)
    return TYPES[column.type](context, column, item)
