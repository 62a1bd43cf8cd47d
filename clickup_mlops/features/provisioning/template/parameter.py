"""What a template says about one of its parameters."""

import re
from typing import Final, Literal

from pydantic import Field, field_validator, model_validator

from clickup_mlops.config import Table

Scalar = str | int | float | bool
"""A parameter's value."""
PARAMETER: Final = re.compile(r"\$\$\{|\$\{(?:([A-Za-z_]\w*)\}|[^}\n]*\}?)")
"""`${name}`; without a name: the escape `$${`, or what begins like a parameter and is none."""
ESCAPE: Final = "$${"
Type = Literal["text", "number", "whole", "boolean"]


class Parameter(Table):
    """`[parameters.NAME]`: a value that is asked for when the template is used."""

    description: str = Field(min_length=1)
    """What it means, and where to find the right value."""
    default: Scalar | None = None
    """Used unless `--set NAME=VALUE` says otherwise. Without a default the parameter must be
    given."""
    type: Type | None = None
    """`number` may have decimals, `whole` may not. Without a type it is that of the default."""
    choices: tuple[Scalar, ...] = ()
    """The values that are allowed; empty: any."""
    min: float | None = None
    """The least number that is allowed."""
    max: float | None = None
    """The greatest number that is allowed."""
    pattern: str = ""
    """Regular expression that a text must match as a whole, such as `[A-Z]{3}`."""

    @property
    def kind(self) -> Type:
        """Its type, or that of its default or choices."""
        example = next((value for value in (self.default, *self.choices) if value is not None), "")
        if self.type is not None:
            return self.type
        if isinstance(example, bool):
            return "boolean"
        return "text" if isinstance(example, str) else "number"

    def problem(self, value: Scalar) -> str:
        """Why the value is not allowed, to follow its name; empty if it is."""
        if isinstance(value, str) and (inner := PARAMETER.search(value)):
            return f"contains `{inner[0]}`, and values of parameters are taken as they are"
        if self.choices and value not in self.choices:
            return f"is not one of {', '.join(map(str, self.choices))}"
        if isinstance(value, str):
            fits = not self.pattern or re.fullmatch(self.pattern, value)
            return "" if fits else f"does not match the pattern {self.pattern}"
        if self.kind == "whole" and value != int(value):
            return "is not a whole number"
        if self.min is not None and value < self.min:
            return f"is less than {self.min:g}"
        if self.max is not None and value > self.max:
            return f"is greater than {self.max:g}"
        return ""

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as problem:
            raise ValueError(f"no regular expression: {problem}") from None
        return value

    @model_validator(mode="after")
    def _default_is_allowed(self) -> "Parameter":
        if self.default is not None and (problem := self.problem(self.default)):
            raise ValueError(f"the default {self.default!r} {problem}")
        return self
