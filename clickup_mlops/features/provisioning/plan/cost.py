"""What a plan costs: calls per step, and minutes under the token's limit. Pure.

The numbers are those of `resources/`: one call creates an object, a second one sets what the
first could not. Polls for the content of a ClickUp template come on top: they are not known before.
"""

from math import ceil
from typing import Final

from clickup_mlops.features.provisioning.plan import deferred
from clickup_mlops.features.provisioning.tree import LOCAL, Attributes, Changes, Kind, Path

SLOWEST: Final = 100
"""Calls per minute and token on every plan below Business Plus: the assumption at first."""
TEMPLATE: Final = "template:"
"""How a step is made that comes with, or is, a ClickUp template; the template's id follows."""
FOLDER_TEMPLATE: Final = "folder-template:"
"""How a list is made that comes with its folder; the folder template's id follows."""
UNLESS_COPIED: Final = "unless-copied:"
"""How a view or task is made whose place is copied from a ClickUp template that may hold it."""
COPYABLE: Final[tuple[Kind, ...]] = ("view", "task")
"""Kinds that a ClickUp template may create or not; it cannot be known before."""


def is_copied(how: str) -> bool:
    """Whether a place comes from a ClickUp template, whatever it contains."""
    return how.startswith((TEMPLATE, FOLDER_TEMPLATE))


def create(kind: Kind, attributes: Attributes, how: str) -> int:
    """Calls to make one object."""
    if kind in LOCAL:
        return 0
    extra = {"space": _space, "list": _list, "task": _task}.get(kind)
    return 1 + (extra(attributes, how) if extra else 0)


def update(kind: Kind, changes: Changes) -> int:
    """Calls to change one object. A view is replaced whole, so it is read before; values of fields
    take a call each.
    """
    if kind in LOCAL:
        return 0
    values = len(deferred.values(changes))
    return values + int(len(changes) > values) + int(kind == "view")


def definition_places(path: Path) -> tuple[Path, ...]:
    """Whose fields are read when an object needs the ids of options: a list shows inherited ones
    too, elsewhere every place around it is read. Each is read once in an apply.
    """
    lists = [path[:end] for end in range(1, len(path)) if path[end - 1][0] == "list"]
    return tuple(lists) or tuple(path[:end] for end in range(len(path)))


def minutes(calls: int, per_minute: int) -> int:
    """The whole minutes that so many calls wait for: the first window's calls go at once."""
    return max(0, ceil(calls / per_minute) - 1)


def _space(attributes: Attributes, how: str) -> int:
    # ClickUp makes spaces public: only what differs from that is set afterwards.
    return int(bool(attributes.get("color") or attributes.get("private")))


def _list(attributes: Attributes, how: str) -> int:
    return int(how.startswith(TEMPLATE) and bool(attributes.get("description")))


def _task(attributes: Attributes, how: str) -> int:
    checklists = attributes.get("checklists") or {}
    items = sum(len(entries) for entries in checklists.values())
    return len(checklists) + items + len(attributes.get("waits_for") or ())
