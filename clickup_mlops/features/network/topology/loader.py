"""What a kind of topology source is: a pure function from its text to what it says."""

from collections.abc import Callable
from typing import Any

import orjson

from clickup_mlops.errors import ClickUpMlopsError
from clickup_mlops.features.network.topology.model import Topology

Loader = Callable[[str, str], Topology]
"""A description, and whose it is if it does not say so. Raises TopologyError."""


class TopologyError(ClickUpMlopsError):
    """A description of a topology could not be read, or makes no sense."""


def parse_json(text: str) -> Any:
    """The description as JSON.

    Raises:
        TopologyError: it is none.
    """
    try:
        return orjson.loads(text)
    except ValueError as problem:
        raise TopologyError(f"not JSON: {text[:80]!r}") from problem


def as_list(value: Any) -> list[Any]:
    """What may be absent, one thing or several, as several; programs write all three."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
