"""Closed lists of words that a template may use."""

from typing import Literal

Ignored = Literal[
    "all",
    "name",
    "place",
    "archived",
    "color",
    "private",
    "description",
    "content",
    "type",
    "group_by",
    "group_descending",
    "sort_by",
    "filter",
    "match",
    "columns",
    "show_closed",
    "foreground",
    "background",
    "events",
    "options",
    "currency",
    "precision",
    "count",
    "start",
    "end",
    "many",
]
"""What of an object is compared with the template; `place` is where it is."""
