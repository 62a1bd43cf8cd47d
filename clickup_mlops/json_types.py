"""The one name for what JSON holds."""

from collections.abc import Mapping
from typing import Any, TypeAlias

Json: TypeAlias = Any
"""A JSON value: null, a boolean, number or text, a list or an object.

Not a union: which keys an object has only its reader knows, and a union cannot be read by key. What
is read becomes a typed value at once (`parse`), so no `Json` goes further than one function.
"""
JsonObject: TypeAlias = Mapping[str, Json]
"""A JSON object that is only read."""
