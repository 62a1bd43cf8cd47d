"""The messages of a plan: the reason of a step, and what was found instead of what was wanted."""

from collections.abc import Iterator, Mapping
from typing import Final

from clickup_mlops.features.provisioning.plan import cost, deferred
from clickup_mlops.features.provisioning.tree import Changes, Kind, Node, Path

MISSING: Final = "it does not exist"
DELETED: Final = "it was deleted in ClickUp since the last apply"
UP_TO_DATE: Final = "up to date"
SAID: Final = "templates that were applied to the Space say all of it"
FROM_TEMPLATE: Final = "it is created by the ClickUp template of its place"
LEFTOVER: Final = (
    "it came with the ClickUp template of its List, and this template does not name it: delete it "
    "in ClickUp, or keep it with `provision verify --done NAME`"
)
NOT_AGAIN: Final = "it was deleted in ClickUp; a starter task is not created again"
ARCHIVED: Final = (
    "it is archived in ClickUp: restore it there (sidebar, show archived), or take it out of the "
    "template"
)
_UNCHANGEABLE: Final[Mapping[Kind, str]] = {
    "field": "a custom field can only be changed in ClickUp; do not create a second one",
    "status": "a status can only be changed in ClickUp",
    "doc": "a doc can only be renamed in ClickUp",
    "channel": "a channel can only be renamed in ClickUp",
    "tag": "a tag can only be renamed in ClickUp",
    "form": "a form can only be renamed in ClickUp",
}
_MOVES: Final[Mapping[Kind, str]] = {
    "list": "move it back in ClickUp's sidebar, or change the template: no call moves a list",
    "folder": "move it back in ClickUp's sidebar, or change the template: no call moves a folder",
}


def creation(node: Node, how: str, *, was_there: bool) -> str:
    """Why something is created, and from what."""
    why = DELETED if was_there else MISSING
    if later := deferred.summary(node.attributes):
        return f"{why}; {later}"
    if node.kind == "policy":
        return f"{why}; the bot keeps its {', '.join(_tables(node))}"
    template = node.attributes.get("template")
    if how.startswith(cost.TEMPLATE):
        return f'{why}; will be created from the ClickUp template "{template}"'
    if how.startswith(cost.UNLESS_COPIED):
        return f"{why}; if the ClickUp template of its place creates one, that one is used"
    if how.startswith(cost.FOLDER_TEMPLATE):
        return f"{why}; it is created by the ClickUp template of its folder"
    return (
        f'{why}; there is no ClickUp template "{template}", so it will be created empty'
        if template
        else why
    )


def deleted_field(why: str) -> str:
    """Why a field is missing that was there."""
    return f"{DELETED}, with its values; {why}: create it again, or take it out of the template"


def _tables(node: Node) -> Iterator[str]:
    yield from (f"routing.{key}" for key in node.attributes["routing"])
    yield from (name for name in ("slo", "metrics", "enable") if node.attributes.get(name))


def unchanged(node: Node) -> str:
    """Why nothing changes, and what is deferred."""
    later = deferred.summary(node.attributes)
    return f"{UP_TO_DATE}; {later}" if later else UP_TO_DATE


def kept_change(live: Node, *, renamed: bool) -> str:
    """What people did to an object that they may rename and move, or that is accepted."""
    if renamed:
        return f'it was renamed to "{live.name}" in ClickUp; the name is kept'
    return f"it was moved to {place(live.parent)} in ClickUp; the place is kept"


def drift(changes: Changes) -> str:
    """Each difference with what was found and what is wanted."""
    return "; ".join(_difference(name, *pair) for name, pair in changes.items())


def unchangeable(kind: Kind, changes: Changes) -> str:
    """Why no call makes this change; "" if one does."""
    if kind == "view" and "type" in changes:
        return "a view's type cannot change: rename or delete it in ClickUp, then apply again"
    return _UNCHANGEABLE.get(kind, "") if kind != "tag" or "name" in changes else ""


def moved(node: Node, live: Node) -> str:
    """What was moved, from where to where, and what to do."""
    sentence = f"found in {place(live.parent)}, wanted in {place(node.parent)}"
    return f"{sentence}; {_MOVES.get(node.kind, 'move it back in ClickUp, or change the template')}"


def place(path: Path) -> str:
    """A place for people."""
    return f'"{" / ".join(name for _, name in path)}"' if path else "the workspace"


def value(any_value: object) -> str:
    """A value for people, short."""
    if isinstance(any_value, str):
        line = " ".join(any_value.split())
        return f'"{line if len(line) <= 60 else line[:57] + "..."}"'
    if isinstance(any_value, list | tuple):
        return f"[{', '.join(map(value, any_value))}]"
    if isinstance(any_value, Mapping):
        return f"{{{', '.join(f'{key} {value(inner)}' for key, inner in any_value.items())}}}"
    if any_value is None:
        return "nothing"
    return ("no", "yes")[any_value] if isinstance(any_value, bool) else str(any_value)


def _difference(name: str, current: object, desired: object) -> str:
    if name == "name":
        return f"renamed: found {value(current)}, wanted {value(desired)}"
    return f"{name}: found {value(current)}, wanted {value(desired)}"
