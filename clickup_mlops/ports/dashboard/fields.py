"""Reads what a form has sent."""

from collections.abc import Mapping
from typing import Final

from clickup_mlops.errors import InputError

_DIGITS: Final = 18
"""Of a number that both databases can hold."""


def number(fields: Mapping[str, str], name: str) -> int:
    """A whole number, 0 or more. Raises InputError: it is missing, or no number."""
    text = fields.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS):
        raise InputError(f"{name} must be a number", hint="Reload the page, and try again.")
    return int(text)
