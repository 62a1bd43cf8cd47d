"""`clear_field`: remove the value of a custom field."""

from clickup_mlops.automations import field_values
from clickup_mlops.automations.model import ActionType, Change, Situation, Unanswered
from clickup_mlops.automations.text import format_value
from clickup_mlops.config import Table


class Options(Table):
    """Which field."""

    field: str
    """Name of the custom field, in any case."""


def plan(situation: Situation, options: Options) -> Change | None:
    """Nothing if the field has no value."""
    try:
        field = field_values.find(situation.task, options.field)
    except Unanswered:
        # An example's task need not list its empty fields.
        if situation.names.field(options.field, ""):
            return None
        raise
    before = field_values.of(field)
    after = {"type": field.type, "value": None}
    if before == after:
        return None
    text = f"{field.name}: {format_value(field.read())} -> nothing"
    return Change(f"field:{field.id}", before, after, text, {"field": field.name})


ACTION = ActionType("Remove the value of a custom field.", Options, plan, writes=("field",))
