"""What JSON holds, as types, and how to read it without trusting its shape."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

Json: TypeAlias = bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"] | None
"""A JSON value. Code that digs into one first asks what it is: see the functions below."""
JsonObject: TypeAlias = Mapping[str, Json]
"""A JSON object that is only read."""


def as_object(value: Json) -> JsonObject:
    """The object; an empty one for anything else."""
    return value if isinstance(value, Mapping) else {}


def as_list(value: Json) -> Sequence[Json]:
    """The list; an empty one for anything else."""
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()


def objects_of(value: Json) -> list[JsonObject]:
    """The objects of a list; what is none is left out."""
    return [item for item in as_list(value) if isinstance(item, Mapping)]


def text_of(value: Json) -> str:
    """The text; empty for anything else."""
    return value if isinstance(value, str) else ""


def number_of(value: Json) -> float | None:
    """The number; None for anything else, true and false among them."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value
