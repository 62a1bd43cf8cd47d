"""The functions of conditions, beside those of CEL. The reference page is made from this table."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from clickup_mlops.routing.objectives import measure


@dataclass(frozen=True, slots=True)
class Function:
    """A function that is called on its first argument: `task.fields.number("GPU hours")`.

    `parameters` are CEL types, that of the object before the dot first; `usage` is for people.
    """

    name: str
    parameters: tuple[str, ...]
    type: str
    usage: str
    meaning: str
    call: Callable[..., Any]


def number(fields: Mapping[str, Any], name: str) -> float:
    """The number in a custom field; not a number (NaN) if it is not filled in or holds none."""
    value = fields.get(name)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    measured = measure(name, value)
    return math.nan if measured is None else measured


FUNCTIONS: Final = (
    Function(
        "number",
        ("map<string,dyn>", "string"),
        "double",
        'task.fields.number("GPU hours")',
        "the number in a custom field. A field that is not filled in is neither above nor below "
        "anything: every comparison with it is false, and a text shows it as `unknown`",
        number,
    ),
)
