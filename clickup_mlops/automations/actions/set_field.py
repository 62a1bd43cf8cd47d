"""`set_field`: give a custom field a value."""

from pydantic import Field, StrictBool, StrictFloat, StrictInt

from clickup_mlops.automations import field_values
from clickup_mlops.automations.model import ActionType, Change, Situation, Unanswered, option
from clickup_mlops.automations.text import Text, format_value
from clickup_mlops.clickup.model import FieldValue
from clickup_mlops.config import Table
from clickup_mlops.json_types import Json
from clickup_mlops.views.text import localize

Value = StrictBool | StrictInt | StrictFloat | Text | tuple[Text, ...]
"""What an author writes for a field: the first of these that fits."""


class Options(Table):
    """Which field, and what it shall be."""

    field: str
    """Name of the custom field, in any case."""
    value: Value = Field(union_mode="left_to_right")
    """The value, as the field's type asks: a number, text, an option's label, a list of labels,
    true or false, a date (`2026-03-01` or `2026-03-01 09:00`, UTC), people as in `assign`, ids of
    tasks. Text may hold `${…}` for every type."""


def plan(situation: Situation, options: Options) -> Change | None:
    """Nothing if the field has that value; an unchanged value is never written again."""
    value = filled(situation, options.value)
    field = find_field(situation, options.field, value)
    value = named(situation, field, value)
    before, after = field_values.of(field), field_values.encode_desired(field.definition, value)
    if before == after:
        return None
    text = f"{field.name}: {format_value(field.read())} -> {format_value(value)}"
    facts = {"field": field.name, "value": value}
    return Change(f"field:{field.id}", before, after, text, facts)


def filled(situation: Situation, value: Value) -> Json:
    """The value with its texts filled in."""
    if isinstance(value, Text):
        return value.fill(situation)
    return [text.fill(situation) for text in value] if isinstance(value, tuple) else value


def named(situation: Situation, field: FieldValue, value: Json) -> Json:
    """The value; people by name as their ids, times of texts on the clocks of the team.

    Raises:
        Unanswered: nobody has that name.
    """
    if isinstance(value, str) and field.type in ("text", "short_text"):
        return localize(value, situation.zone)
    if field.type != "users" or isinstance(value, bool):
        return value
    names = value if isinstance(value, list) else str(value).split(",")
    with option("value"):
        people = [situation.names.people(name.strip()) for name in names if name.strip()]
    return [person.id for group in people for person in group]


def find_field(
    situation: Situation, name: str, value: Json, list_id: str | None = None
) -> FieldValue:
    """The field by name: the task's own, or that of another List. Raises Unanswered: none."""
    if list_id is not None:
        field = situation.names.field(name, value, list_id)
        if field is None:
            raise Unanswered(f'the List has no custom field "{name:.60}"')
        return field
    try:
        return field_values.find(situation.task, name)
    except Unanswered:
        # An example's task need not list its empty fields: there any name is a field.
        if field := situation.names.field(name, value):
            return field
        raise


ACTION = ActionType("Give a custom field a value.", Options, plan, writes=("field",))
