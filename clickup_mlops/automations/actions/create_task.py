"""`create_task`: make another task because of this one, once."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from clickup_mlops.automations import field_values
from clickup_mlops.automations.actions.assign import chosen
from clickup_mlops.automations.actions.comment import about, is_older
from clickup_mlops.automations.actions.set_field import Value, filled, find_field, named
from clickup_mlops.automations.model import (
    ActionType,
    Change,
    Situation,
    Unanswered,
    Written,
    option,
)
from clickup_mlops.automations.report_subject import ABOUT, about_report
from clickup_mlops.automations.text import Markdown, Text, Title
from clickup_mlops.config import Table
from clickup_mlops.json_types import Json
from clickup_mlops.routing.decision import NUMBER, Level


class Content(Table):
    """What the new task is made of."""

    name: Title
    """Its title."""
    text: Markdown = Markdown("")
    """Its description, in Markdown. The bot adds a last line that names this task and the
    automation.
    """
    status: Text | None = None
    """Its status. Unset: the List's first."""
    priority: Level | None = None
    """Its priority. Unset: routing decides."""
    keep: timedelta | None = None
    """So long routing leaves that priority alone, as it does with a person's choice; if the task is
    made for an alert, by its `key`, only while that fires. Unset: until routing decides again."""
    tags: tuple[Text, ...] = ()
    """Its tags."""
    user: Text | None = None
    """Who is assigned, as in `assign`; an expression that gives no name: nobody."""
    due_in: timedelta | None = None
    """Time from now until it is due."""
    fields: dict[str, Annotated[Value, Field(union_mode="left_to_right")]] = Field(
        default_factory=dict
    )
    """Its custom fields by name, with values as in `set_field`."""
    key: Text = Text("")
    """It is made once for each task, automation and key; `${task.fields["Version"]}` makes one for
    each version. An automation without task makes one each time that it is evaluated."""
    again: timedelta | None = None
    """Make another one when the last one for this key was made so long ago. Unset: never."""

    @model_validator(mode="after")
    def _keeps_something(self) -> Self:
        if self.keep is not None and self.priority is None:
            raise ValueError("keep: of which priority? Set `priority`, too")
        return self


class Options(Content):
    """Where, and of what."""

    list: Text | None = None
    """Its List: a name, `Folder/List`, `Space/Folder/List` or an id. Unset: this task's."""
    link: bool = True
    """Both tasks show each other."""


def plan(situation: Situation, options: Options) -> Change | None:
    """Nothing if it was created before, even if somebody has deleted it since."""
    task = situation.task
    name = options.list and options.list.fill(situation)
    with option("list"):
        list_id = situation.names.list_id(name) if name else task.list_id
    if not list_id:
        raise Unanswered("list: which one? There is no task whose List could be meant")
    link = task.id if options.link and task.id else None
    place: dict[str, Json] = {"list_id": list_id, "links_to": link}
    return once(situation, options, place)


def once(situation: Situation, content: Content, place: dict[str, Any]) -> Change | None:
    """The task at that place, unless it was made before."""
    kind = f"task:{about(situation, content.key)}"
    earlier = situation.written(kind)
    # No `after`: making it was undone, so it may be made again.
    if (
        earlier is not None
        and earlier.after is not None
        and not _again(earlier, content, situation)
    ):
        return None
    name = content.name.fill(situation).strip()
    if not name:
        raise Unanswered(f'name: "{content.name}" gives no title here')
    after = place | {"name": name} | _content(situation, content)
    after["fields"] = [*_fields(situation, content, place["list_id"])]
    after[ABOUT] = about_report(situation.event.raw.get("report") or {})
    # The journal shows what was asked for, not every option that was left out.
    after_without_empty = {
        key: value for key, value in after.items() if value not in (None, [], {})
    }
    return Change(kind, None, after_without_empty, f'new task "{name:.80}"', {"name": name})


def _again(earlier: Written, content: Content, situation: Situation) -> bool:
    return content.again is not None and is_older(earlier, content.again, situation.now_ms)


def _content(situation: Situation, content: Content) -> dict[str, Any]:
    tags = [tag.fill(situation).strip().lower() for tag in content.tags]
    named = content.user is not None and content.user.fill(situation).strip()
    people = chosen(situation, content.user) if content.user and named else ()
    due = content.due_in and situation.now_ms + content.due_in // timedelta(milliseconds=1)
    return {
        "text": content.text.fill(situation),
        "status": content.status and content.status.fill(situation),
        "priority": content.priority and NUMBER[content.priority],
        "keep_ms": content.keep and content.keep // timedelta(milliseconds=1),
        "tags": [tag for tag in tags if tag],
        "assignees": [person.id for person in people],
        "due_ms": due,
    }


def _fields(situation: Situation, content: Content, list_id: str) -> Iterator[dict[str, Json]]:
    """Each with its id, type and wire value."""
    is_same_list = list_id == situation.task.list_id
    for name, template in content.fields.items():
        value = filled(situation, template)
        field_value = find_field(situation, name, value, None if is_same_list else list_id)
        field = field_value.definition
        desired = field_values.encode_desired(field, named(situation, field_value, value))["value"]
        wire = field_values.wire(field.type, None, desired)
        yield {"id": field.id, "type": field.type, "value": wire}


ACTION = ActionType(
    "Make another task because of this one, once.",
    Options,
    plan,
    writes=("task",),
    needs_task=False,
)
