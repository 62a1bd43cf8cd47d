"""`webhook`: send a signed webhook to another system."""

from datetime import timedelta

from pydantic import Field, StrictBool, StrictFloat, StrictInt
from typing_extensions import TypeAliasType

from clickup_mlops.automations.actions.comment import is_older, reference, subject
from clickup_mlops.automations.model import ActionType, Change, Situation
from clickup_mlops.automations.text import Text
from clickup_mlops.clickup.model import Task
from clickup_mlops.config import Table
from clickup_mlops.json_types import Json

Template = TypeAliasType(
    "Template",
    "StrictBool | StrictInt | StrictFloat | Text | list[Template] | dict[str, Template]",
)
"""A JSON value whose texts may contain expressions."""


class Options(Table):
    """To which system, and what besides the task."""

    to: str
    """Name of a target in `[outbound.targets]`, or an https address."""
    data: dict[str, Text] = Field(default_factory=dict)
    """Texts to send along, by name, as `data`."""
    body: dict[str, Template] | None = None
    """The whole JSON body, for receivers that want another one, such as chat tools:
    `{ text = "${task.name}" }`. Texts in it may contain expressions."""
    again: timedelta | None = None
    """Not before the last message about the task is this old. Unset: for each event."""
    key: str = ""
    """Distinguishes several messages of one automation."""


def plan(situation: Situation, options: Options) -> Change | None:
    """Nothing if a message was sent, and not long enough ago."""
    about = subject(situation.automation, options.key)
    if options.again is None:
        about = f"{about}#{reference(situation.event.key)}"
    kind = f"webhook:{about}"
    last = situation.written(kind)
    if last and (options.again is None or not is_older(last, options.again, situation.now_ms)):
        return None
    data = {name: text.fill(situation) for name, text in options.data.items()}
    custom_body = None if options.body is None else fill_template(situation, options.body)
    after = {
        "to": options.to,
        "body": body(situation, data) if custom_body is None else custom_body,
    }
    if last:
        # Part of the delivery's id: the receiver drops repetitions of the same id.
        after["ref"] = f"~{reference(str(last.at_ms))}"
    facts = (
        {"to": options.to, "data": data}
        if custom_body is None
        else {"to": options.to, "body": custom_body}
    )
    return Change(kind, None, after, f"webhook to {options.to}", facts)


def fill_template(situation: Situation, template: Template) -> Json:
    """The JSON value with all its texts filled in."""
    if isinstance(template, Text):
        return template.fill(situation)
    if isinstance(template, dict):
        return {name: fill_template(situation, part) for name, part in template.items()}
    return (
        [fill_template(situation, part) for part in template]
        if isinstance(template, list)
        else template
    )


def body(situation: Situation, data: dict[str, str]) -> dict[str, Json]:
    """What is sent: a type, the automation, the event and the task as plain facts."""
    event, task = situation.event, situation.task
    return {
        "type": f"clickup_mlops.{situation.automation}",
        "automation": situation.automation,
        "event": {"kind": event.kind, "key": event.key, "date_ms": event.date_ms},
        "task": _facts(task) if task.id else None,
        "data": data,
    }


def _facts(task: Task) -> dict[str, Json]:
    return {
        "id": task.id,
        "name": task.name,
        "url": task.url,
        "list": task.list_name,
        "status": task.status.name,
        "priority": task.priority,
        "tags": list(task.tags),
        "assignees": [person.username for person in task.assignees],
    }


ACTION = ActionType(
    "Send a signed webhook to another system.", Options, plan, writes=("webhook",), needs_task=False
)
