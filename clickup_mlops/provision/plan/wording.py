"""The sentences of a plan: why a step is there, and what was found instead of what was wanted."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from clickup_mlops.provision.plan import cost, deferred
from clickup_mlops.provision.tree import Kind, Node, Path

NOT_THERE: Final = "it is not there"
AS_WANTED: Final = "as wanted"
COMES_ALONG: Final = "it comes with the ClickUp template that its place is created from"
_UNCHANGEABLE: Final[Mapping[Kind, str]] = {
    "field": "a custom field can only be changed in ClickUp",
    "status": "a status can only be changed in ClickUp",
    "doc": "a doc can only be renamed in ClickUp",
    "channel": "a channel can only be renamed in ClickUp",
    "tag": "a tag can only be renamed in ClickUp",
}
_MOVES: Final[Mapping[Kind, str]] = {
    "list": "drag it back in ClickUp's sidebar, or change the template: no call moves a list",
    "folder": "move it back in ClickUp's sidebar, or change the template: no call moves a folder",
}


def creation(node: Node, how: str, *, was_there: bool) -> str:
    """Why something is made, and from what."""
    why = "it was there at the last apply and was deleted in ClickUp" if was_there else NOT_THERE
    if promise := deferred.told(node.attributes):
        return f"{why}; {promise}"
    if node.kind == "policy":
        return f"{why}; the bot keeps its {', '.join(_tables(node))}"
    template = node.attributes.get("template")
    if how.startswith(cost.TEMPLATE):
        return f'{why}; made from the ClickUp template "{template}"'
    if how.startswith(cost.UNLESS_COPIED):
        return f"{why}; if its place's ClickUp template brings it, that one is used"
    if how.startswith(cost.FOLDER_TEMPLATE):
        return f"{why}; it comes with its folder's ClickUp template"
    return f'{why}; there is no ClickUp template "{template}", so it is plain' if template else why


def _tables(node: Node) -> Iterator[str]:
    yield from (f"routing.{key}" for key in node.attributes["routing"])
    yield from (name for name in ("slo", "metrics") if node.attributes[name])


def kept(node: Node) -> str:
    """Why nothing is done, and what is still to come."""
    promise = deferred.told(node.attributes)
    return f"{AS_WANTED}; {promise}" if promise else AS_WANTED


def drift(changes: Mapping[str, tuple[Any, Any]]) -> str:
    """Each difference with what was found and what is wanted."""
    return "; ".join(_difference(name, *pair) for name, pair in changes.items())


def unchangeable(kind: Kind, changes: Mapping[str, tuple[Any, Any]]) -> str:
    """Why no call makes this change; "" if one does."""
    if kind == "view" and "type" in changes:
        return "a view keeps its type: rename or delete it in ClickUp, and it is made anew"
    return _UNCHANGEABLE.get(kind, "") if kind != "tag" or "name" in changes else ""


def moved(node: Node, live: Node) -> str:
    """What was moved, from where to where, and what to do."""
    what = f"found in {place(live.parent)}, wanted in {place(node.parent)}"
    return f"{what}; {_MOVES.get(node.kind, 'move it back in ClickUp, or change the template')}"


def place(path: Path) -> str:
    """A place for people."""
    return f'"{" / ".join(name for _, name in path)}"' if path else "the workspace"


def value(one: Any) -> str:
    """A value for people, short."""
    if isinstance(one, str):
        line = " ".join(one.split())
        return f'"{line if len(line) <= 60 else line[:57] + "..."}"'
    if isinstance(one, list | tuple):
        return f"[{', '.join(map(value, one))}]"
    if isinstance(one, Mapping):
        return f"{{{', '.join(f'{key} {value(each)}' for key, each in one.items())}}}"
    if one is None:
        return "nothing"
    return ("no", "yes")[one] if isinstance(one, bool) else str(one)


def _difference(name: str, found: Any, wanted: Any) -> str:
    if name == "name":
        return f"renamed: found {value(found)}, wanted {value(wanted)}"
    return f"{name}: found {value(found)}, wanted {value(wanted)}"
