"""A live space as a template: what is there, in the words of `templates/*.toml`.

Left out is what no call shows (automations, dashboards, the questions of a form), what a template
cannot express, and what belongs to one space: people, comments, files; and tasks by default.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import reduce
from operator import getitem
from typing import TYPE_CHECKING, Any, Final, cast, get_args

from pydantic import ValidationError

from clickup_mlops import toml
from clickup_mlops.errors import InputError
from clickup_mlops.features.provisioning import merged_policy
from clickup_mlops.features.provisioning.live import starter_tasks
from clickup_mlops.features.provisioning.live.reader import Reader
from clickup_mlops.features.provisioning.live.snapshot import Policies, no_policies
from clickup_mlops.features.provisioning.template import check
from clickup_mlops.features.provisioning.template.check import GROUPS, Location
from clickup_mlops.features.provisioning.template.model import (
    COLUMNS,
    FieldType,
    Template,
    ViewType,
)
from clickup_mlops.features.provisioning.template.views import CUSTOM, RAW
from clickup_mlops.features.provisioning.tree import (
    Attributes,
    JsonTable,
    Kind,
    Node,
    Path,
    fold,
    fold_name,
    show,
)

if TYPE_CHECKING:
    from clickup_mlops.clickup.client import ClickUp
    from clickup_mlops.features.provisioning.tables.provisions import Remembered


def _ignored(_text: str) -> None:
    """Reported to nobody."""


_VIEW_TYPES: Final = frozenset(get_args(ViewType))
_FIELD_TYPES: Final = frozenset(get_args(FieldType))
_FILTERS: Final = frozenset({"field", "is", "is_not", "above", "below"})
_VIEW_DEFAULTS: Final[Attributes] = {
    "group_by": "none",
    "group_descending": False,
    "match": "all",
    "show_closed": False,
}
_COLOURS: Final = frozenset({"color", "foreground", "background"})
_COLOUR: Final = re.compile("#[0-9a-fA-F]{6}")
"""What a template can say; ClickUp also gives names and other notations."""
_PLACES: Final[tuple[Kind, ...]] = ("space", "folder", "list")


def export(
    client: "ClickUp",
    workspace: str,
    name: str,
    *,
    tasks: bool = False,
    remembered: "Mapping[Path, Remembered] | None" = None,
    policies: Policies = no_policies,
    report: Callable[[str], None] = _ignored,
) -> str:
    """The space of this name as the text of a template file. Reads only.

    `tasks`: also its open tasks, as starter tasks. `remembered` (`Journal.remembered()`) shows
    which chat channels belong to it, beside those that are located in it. `policies` gives what
    templates said about its tasks; `report` gets what is left out because a template cannot say it.

    Raises:
        InputError: there is no such space; names those that are there.
    """
    tree = read(client, workspace, name, remembered, report)
    space = next(iter(tree.values()))
    table = _table(space, tree)
    if tasks:
        _add_tasks(client, table, tree, report)
    document = {
        "summary": f"What the space {space.name} looked like when it was exported.",
        "strategy": "as found",
        "version": "1",
        "space": table,
        **{
            key: value
            for key, value in merged_policy.together(_bodies(policies, space)).items()
            if value
        },
    }
    return toml.dumps(_agreeing(_literal(document), report))


def read(
    client: "ClickUp",
    workspace: str,
    name: str,
    remembered: "Mapping[Path, Remembered] | None" = None,
    report: Callable[[str], None] = _ignored,
) -> dict[Path, Node]:
    """Everything in a space that a template can express, the space first. Names are unique."""
    reader = Reader(client, workspace)
    spaces = reader.spaces()
    space = next(
        (candidate for candidate in spaces if fold_name(candidate.name) == fold_name(name)), None
    )
    if space is None:
        listed = ", ".join(f'"{candidate.name}"' for candidate in spaces) or "none"
        raise InputError(f'there is no space "{name}"', hint=f"Spaces here: {listed}.")
    tree: dict[Path, Node] = {}
    paths: set[Path] = set()
    for node in _nodes(reader, space, remembered or {}):
        # Of two objects with one name a template can only mean the first.
        if fold(node.path) not in paths:
            paths.add(fold(node.path))
            tree[node.path] = node
        elif node.kind not in ("field", "status"):
            report(f"a second {show(node.path)} is left out: give it a name of its own")
    return tree


def _bodies(policies: Policies, space: Node) -> Iterator[Attributes]:
    """What templates said about the Space's tasks."""
    return (policy.body for policy in policies(space.id or ""))


def _nodes(reader: Reader, space: Node, remembered: "Mapping[Path, Remembered]") -> Iterator[Node]:
    places = [space, *reader.folders(space), *reader.lists(space)]
    yield from places
    statuses = reader.statuses_of_space(space)
    yield from statuses
    yield from reader.tags(space)
    status_ids = {node.id for node in (*statuses, *places) if node.kind == "status"}
    places = [node for node in places if node.kind in _PLACES]
    inherited: set[str | None] = set()
    for place in places:
        yield from _fields(reader, place, inherited)
    for place in places:
        if place.kind == "list":
            statuses_of_list = reader.statuses_of_list(place)
            yield from (
                () if {node.id for node in statuses_of_list} <= status_ids else statuses_of_list
            )
        yield from reader.views(place)
        for doc in reader.docs(place):
            yield doc
            yield from reader.pages(doc, texts=True)
    by_id = {node.id or "": node.path for node in places}
    yield from reader.webhooks(by_id)
    yield from reader.channels_of(by_id | _made_for(places, remembered))


def _made_for(places: Iterable[Node], remembered: "Mapping[Path, Remembered]") -> dict[str, Path]:
    """Channels by id that a template made for a place; ClickUp does not show that they belong."""
    paths = {fold(entry.path): entry.path for entry in places}
    return {
        entry.object_id: paths[fold(path[:-1])]
        for path, entry in remembered.items()
        if path[-1][0] == "channel" and fold(path[:-1]) in paths
    }


def _fields(reader: Reader, place: Node, inherited: set[str | None]) -> Iterator[Node]:
    """The workspace's fields go with the space, so that the template is complete elsewhere too."""
    if place.kind == "space":
        for field in reader.fields(None):
            inherited.add(field.id)
            yield Node((*place.path, *field.path), field.attributes, field.id)
    for field in reader.fields(place):
        if field.id not in inherited:
            inherited.add(field.id)
            yield field


# -- objects as tables


def _table(node: Node, tree: Mapping[Path, Node]) -> JsonTable:
    table: JsonTable = {"name": node.name, **_TABLES.get(node.kind, _nothing)(node)}
    if node.kind == "webhook":
        table["endpoint"] = table.pop("name")
    fields = _field_names(node.path, tree)
    for child in filter(_is_expressible, _below(node, tree)):
        expressible = _expressible(child, fields) if child.kind == "view" else child
        table.setdefault(child.kind, []).append(_table(expressible, tree))
    return table


def _below(node: Node, tree: Mapping[Path, Node]) -> list[Node]:
    return [child for child in tree.values() if child.parent == node.path]


def _is_expressible(node: Node) -> bool:
    if node.kind == "view":
        return node.attributes["type"] in _VIEW_TYPES
    if node.kind == "field":
        options = node.attributes.get("options")
        return node.attributes["type"] in _FIELD_TYPES and options != []
    return node.kind != "form"  # its questions cannot be read


def _nothing(node: Node) -> JsonTable:
    return {}


def _space(node: Node) -> JsonTable:
    return _without_empty(color=_all(node).get("color"), private=node.attributes.get("private"))


def _list(node: Node) -> JsonTable:
    return _without_empty(description=node.attributes.get("description"))


def _all(node: Node) -> JsonTable:
    return {
        name: value
        for name, value in node.attributes.items()
        if name not in _COLOURS or _COLOUR.fullmatch(str(value))
    }


def _view(node: Node) -> JsonTable:
    visible = {
        name: value
        for name, value in node.attributes.items()
        if value != _VIEW_DEFAULTS.get(name) and value != []
    }
    return {name: visible[name] for name in node.attributes if name in visible}


def _without_empty(**values: object) -> JsonTable:
    return {name: value for name, value in values.items() if value not in (None, "", False)}


_TABLES: Final[Mapping[Kind, Callable[[Node], JsonTable]]] = {
    "space": _space,
    "list": _list,
    "field": _all,
    "status": _all,
    "tag": _all,
    "view": _view,
    "page": _all,
    "webhook": _all,
    "channel": _all,
}


def _field_names(place: Path, tree: Mapping[Path, Node]) -> set[str]:
    """The fields that are visible in a place."""
    return {
        fold_name(node.name)
        for node in tree.values()
        if node.kind == "field" and place[: len(node.parent)] == node.parent
    }


def _expressible(view: Node, fields: set[str]) -> Node:
    """The view without columns and fields that a template has no name for."""

    def has_name(name: str) -> bool:
        is_raw = name.startswith(RAW) and not name.startswith(RAW + CUSTOM)
        return is_raw or name in COLUMNS or fold_name(name) in fields

    attributes = dict(view.attributes)
    if fold_name(attributes["group_by"]) not in (*GROUPS, *fields):
        attributes["group_by"] = "none"
    attributes["sort_by"] = [
        entry for entry in attributes["sort_by"] if has_name(entry.removeprefix("-"))
    ]
    attributes["columns"] = [entry for entry in attributes["columns"] if has_name(entry)]
    attributes["filter"] = [
        entry
        for entry in attributes["filter"]
        if has_name(entry["field"]) and set(entry) <= _FILTERS
    ]
    return Node(view.path, attributes, view.id)


# -- tasks


def _add_tasks(
    client: "ClickUp", space: JsonTable, tree: Mapping[Path, Node], report: Callable[[str], None]
) -> None:
    for node in tree.values():
        if node.kind == "list":
            live_tasks = list(
                client.tasks.in_list(node.id or "", subtasks=True, include_markdown=True)
            )
            for name in starter_tasks.doubles(live_tasks):
                report(f'a second task "{name}" in {show(node.path)} is left out: rename it')
            if tasks := starter_tasks.tables(live_tasks, _field_names(node.path, tree)):
                _find(space, node.path)["task"] = tasks


def _find(space: JsonTable, path: Path) -> JsonTable:
    table = space
    for kind, name in path[1:]:
        table = next(entry for entry in table[kind] if entry["name"] == name)
    return table


def _agreeing(document: JsonTable, report: Callable[[str], None]) -> JsonTable:
    """Without what names a status, field or List that is not there, because a person deleted it or
    has still to make it: the file can be loaded.
    """
    try:
        problems = check.problems(Template.model_validate(document))
    except ValidationError:
        return document  # loading lists it with its place
    cuts = {_cut(at): (at, text) for at, text in problems}
    for cut in reversed(cuts):
        *above, last = cut
        del reduce(getitem, above, cast(Any, document))[last]
    for at, text in cuts.values():
        report(f"{'.'.join(map(str, at))} is left out: {text}")
    return document


def _cut(at: Location) -> Location:
    """What cannot be without the part that is wrong."""
    if at[0] in ("slo", "metrics"):
        return at[:2]
    return at[: at.index("filter") + 2] if "filter" in at else at


def _literal(value: object) -> Any:
    """The same with `${` escaped: in a template it would be a parameter."""
    if isinstance(value, str):
        return value.replace("${", "$${")
    if isinstance(value, Mapping):
        return {key: _literal(inner) for key, inner in value.items()}
    return [_literal(inner) for inner in value] if isinstance(value, list) else value
