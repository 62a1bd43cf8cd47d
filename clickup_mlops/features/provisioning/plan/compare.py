"""What of an object is compared, and when two values are equal. Pure.

Most attributes are the template's: a difference is drift. What people are meant to write on (the
text of a page, of a starter task) is theirs as soon as they changed it; until then a new version
of the template may replace it. The rest of a starter task is set once; what could not be set at its
creation follows (`deferred`).
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from clickup_mlops.features.provisioning.plan import deferred
from clickup_mlops.features.provisioning.tree import Attributes, Changes, Kind

COMPARED: Final[Mapping[Kind, tuple[str, ...]]] = {
    "space": ("color", "private"),
    "list": ("description",),
    "status": ("type",),
    "view": (
        "type",
        "group_by",
        "group_descending",
        "sort_by",
        "filter",
        "match",
        "columns",
        "show_closed",
    ),
    "tag": ("foreground", "background"),
    "webhook": ("events",),
    "policy": ("strategy", "folders", "routing", "slo", "metrics", "enable"),
}
HANDED_OVER: Final[Mapping[Kind, tuple[str, ...]]] = {
    "task": ("description",),
    "page": ("content",),
}
"""People's, once they changed it."""
TEXTS: Final = frozenset({"description", "content"})
_UNORDERED: Final = frozenset({"events"})
_COLOURS: Final = frozenset({"color", "foreground", "background"})
_LINK: Final = re.compile(r"\]\([^)]*\)")


def changes(
    kind: Kind,
    have: Attributes,
    want: Attributes,
    last: Attributes | None = None,
) -> Changes:
    """What is to be changed. `last`: what the last apply wanted; None if it was never applied.

    What is not known of the live object is not compared.
    """
    ours = COMPARED.get(kind, ())
    before = last or {}
    theirs = [name for name in HANDED_OVER.get(kind, ()) if name in before]
    differing = {name: (have[name], want[name]) for name in ours if _differs(name, have, want)}
    differing |= {
        name: (have[name], want[name])
        for name in theirs
        if _differs(name, have, want) and not _differs(name, have, before)
    }
    return {**differing, **deferred.changes(have, want, before)}


def is_equal(name: str, current: Any, desired: Any) -> bool:
    """Whether two values of an attribute mean the same."""
    if name in TEXTS:
        return words(str(current or "")) == words(str(desired or ""))
    if name in _COLOURS:
        return str(current or "").casefold() == str(desired or "").casefold()
    if name in _UNORDERED:
        return set(current or ()) == set(desired or ())
    if name == "columns":
        return set(desired or ()) <= set(current or ())  # people may add columns
    return bool(current == desired)


def words(text: str) -> str:
    """A text without marks: ClickUp gives Markdown back in its own spelling, or as plain text."""
    return "".join(filter(str.isalnum, _LINK.sub("]", text).casefold()))


def _differs(name: str, have: Attributes, want: Attributes) -> bool:
    return name in have and name in want and not is_equal(name, have[name], want[name])
