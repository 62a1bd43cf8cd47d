"""What JSON holds, as types."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

Json: TypeAlias = bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"] | None
"""A JSON value. Code that digs into one first asks what it is."""
JsonObject: TypeAlias = Mapping[str, Json]
"""A JSON object that is only read."""


def text_of(value: Json) -> str:
    """The text; empty for anything else."""
    return value if isinstance(value, str) else ""
