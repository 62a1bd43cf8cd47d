"""`restore`: give the task back what it had before the automation changed it."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

from pydantic import model_validator

from clickup_mlops.automations import field_values
from clickup_mlops.automations.actions.set_field import find_field
from clickup_mlops.automations.effects import due, field, move, priority, status
from clickup_mlops.automations.model import ActionType, Change, Effect, Situation
from clickup_mlops.automations.replaced import Replaced
from clickup_mlops.automations.text import format_value
from clickup_mlops.clickup.model import FieldValue
from clickup_mlops.config import Table
from clickup_mlops.json_types import Json, JsonObject
from clickup_mlops.routing.decision import format_moment, format_priority

EFFECTS: Final[Mapping[str, Effect]] = {
    "priority": priority.EFFECT,
    "status": status.EFFECT,
    "due": due.EFFECT,
    "move": move.EFFECT,
    "field": field.EFFECT,
}
"""How the values are written that can be restored, by the name of the effect."""


class Options(Table):
    """What. One of `what` and `field`."""

    what: Literal["priority", "status", "due", "list"] | None = None
    """`priority` (with whatever held it before), `status`, `due` or `list`. The value before the
    automation's first change; nothing if somebody changed it since: people win."""
    field: str | None = None
    """Name of a custom field, in any case."""

    @model_validator(mode="after")
    def _check_one(self) -> "Options":
        if (self.what is None) == (self.field is None):
            raise ValueError("give one of `what` and `field`")
        return self


def plan(situation: Situation, options: Options) -> Iterator[Change]:
    """Nothing if the automation has not changed it, or somebody else has since."""
    if options.field is not None:
        custom_field = find_field(situation, options.field, None)
        yield from _restored(situation, f"field:{custom_field.id}", custom_field)
    elif options.what == "priority":
        yield from _priority(situation)
    else:
        yield from _restored(situation, "move" if options.what == "list" else str(options.what))


def _priority(situation: Situation) -> Iterator[Change]:
    """The automation's own hold ends first: it would keep the priority as it is."""
    lookups, task_id = situation.lookups, situation.task.id
    held, replaced = lookups.hold(task_id), _find(situation, "priority")
    if held is not None and held["automation"] == situation.automation:
        yield _hold(held, lookups.held_before(task_id, situation.automation))
    elif held is not None and replaced is not None and held["since_ms"] > replaced.at_ms:
        return  # somebody chose the same priority since
    yield from _restored(situation, "priority")


def _hold(held: Mapping[str, Any], before: Mapping[str, Any] | None) -> Change:
    name = format_priority(held["priority"])
    if before is None:
        return Change("hold", held, None, f"release {name}", {"release": name.lower()})
    earlier = format_priority(before["priority"])
    text = f"hold {earlier} again until {format_moment(before['until_ms'])}"
    return Change("hold", held, before, text, {"hold": earlier.lower()})


def _find(situation: Situation, kind: str) -> Replaced | None:
    return situation.lookups.replaced(situation.task.id, kind, situation.automation)


def _restored(
    situation: Situation, kind: str, custom_field: FieldValue | None = None
) -> Iterator[Change]:
    replaced = _find(situation, kind)
    if replaced is None:
        return
    shown = _show(kind, replaced.before, custom_field)
    text = f"{_words(kind, replaced.after, custom_field)} -> "
    text += f"{_words(kind, replaced.before, custom_field)} (restored)"
    change = Change(kind, replaced.after, replaced.before, text, _facts(kind, shown, custom_field))
    remaining = (EFFECTS[change.effect].left or _all)(situation.task, change)
    if remaining is not None and remaining.before != remaining.after:
        yield remaining


def _all(_task: object, change: Change) -> Change | None:
    return change


def _words(kind: str, value: Any, custom_field: FieldValue | None) -> str:
    if kind == "priority":
        return format_priority(value)
    return format_value(_show(kind, value, custom_field)) or "none"


def _show(kind: str, value: Any, custom_field: FieldValue | None) -> Json:
    if custom_field is not None:
        return field_values.show(custom_field, (value or {}).get("value"))
    if kind == "priority":
        return format_priority(value).lower()
    return format_moment(value) if kind == "due" and value is not None else value


def _facts(kind: str, shown: Json, custom_field: FieldValue | None) -> JsonObject:
    if custom_field is not None:
        return {"field": custom_field.name, "value": shown}
    return {"list" if kind == "move" else kind: shown}


ACTION = ActionType(
    "Give the task back what it had before the automation changed it.",
    Options,
    plan,
    writes=("priority", "hold", "status", "due", "move", "field"),
)
