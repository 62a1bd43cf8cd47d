"""A template as a tree: what it wants, object by object, in the order in which it is made. Pure.

Names that refer to other objects are spelled as those objects are, so that `==` can compare.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

from clickup_mlops.features.provisioning.template import glossary
from clickup_mlops.features.provisioning.template.model import (
    COLUMNS,
    CustomField,
    Doc,
    Filter,
    Folder,
    List,
    Named,
    Page,
    Place,
    Space,
    Task,
    Template,
    View,
)
from clickup_mlops.features.provisioning.tree import JsonTable, Kind, Node, Path, fold_name

_DAY: Final = timedelta(days=1)
Spelling = Callable[[str], str]


def tree(template: Template) -> dict[Path, Node]:
    """What the template wants: parents first, kinds in the order of `KINDS`, then as written."""
    return {node.path: node for node in (*_space(template.space), *_policy(template))}


def _policy(template: Template) -> Iterator[Node]:
    """The policy of its tasks, if it has one. Folders distinguish instances of a template."""
    parts = (template.routing.model_fields_set, template.slo, template.metrics, template.enable)
    if not any(parts):
        return
    folders = [folder.name for folder in template.space.folder]
    name = f"{template.name}: {', '.join(folders)}" if folders else template.name
    path: Path = (("space", template.space.name), ("policy", name))
    yield Node(path, {"from_template": template.name, "folders": folders, **template.policy})


def _space(space: Space) -> Iterator[Node]:
    path: Path = (("space", space.name),)
    spelling = _spelling({}, space)
    yield Node(path, _without_none(color=space.color, private=space.private) | _ignored(space))
    for tag in space.tag:
        yield _node(path, "tag", tag, foreground=tag.foreground, background=tag.background)
    yield from _begin(space, path)
    for folder in space.folder:
        yield from _folder(folder, path, spelling)
    for list_ in space.list:
        yield from _list(list_, path, spelling)
    yield from _views(space, path, spelling)
    yield from _contents(space, path)


def _folder(folder: Folder, above: Path, spelling: Mapping[str, str]) -> Iterator[Node]:
    path = (*above, ("folder", folder.name))
    spelling = _spelling(spelling, folder)
    yield Node(path, _without_none(template=folder.template or None) | _ignored(folder))
    yield from _begin(folder, path)
    for list_ in folder.list:
        yield from _list(list_, path, spelling)
    yield from _views(folder, path, spelling)
    yield from _contents(folder, path)


def _list(list_: List, above: Path, spelling: Mapping[str, str]) -> Iterator[Node]:
    path = (*above, ("list", list_.name))
    spelling = _spelling(spelling, list_)
    attributes = _without_none(
        description=list_.description or None, template=list_.template or None
    )
    yield Node(path, attributes | _ignored(list_))
    yield from _begin(list_, path)
    yield from _views(list_, path, spelling)
    for task in list_.task:
        yield from _task(task, path, spelling)
    yield from _contents(list_, path)
    for form in list_.form:
        yield _node(path, "form", form, questions=list(form.questions))


def _begin(place: Place, path: Path) -> Iterator[Node]:
    for status in place.status:
        yield _node(path, "status", status, type=status.type, color=status.color)
    for field in place.field:
        yield _node(path, "field", field, **_field(field))


def _field(field: CustomField) -> JsonTable:
    return {
        "type": field.type,
        "options": list(field.options) or None,
        "colors": dict(field.colors) or None,
        "currency": field.currency,
        "precision": field.precision,
        "count": field.count,
        "start": field.start,
        "end": field.end,
        "many": field.many,
        "unit": field.unit or None,
        "description": field.description or None,
    }


def _views(place: Place, path: Path, spelling: Mapping[str, str]) -> Iterator[Node]:
    for view in place.view:
        yield _node(path, "view", view, **_view(view, spelling))


def _view(view: View, spelling: Mapping[str, str]) -> JsonTable:
    def spell(name: str) -> str:
        return spelling.get(fold_name(name), name)

    def spell_sort(name: str) -> str:
        return "-" + spell(name[1:]) if name.startswith("-") else spell(name)

    return {
        "type": view.type,
        "group_by": spell(view.group_by),
        "group_descending": view.group_descending,
        "sort_by": [spell_sort(name) for name in view.sort_by],
        "filter": [_filter(condition, spell) for condition in view.filter],
        "match": view.match,
        "show_closed": view.show_closed,
        "columns": [spell(name) for name in view.columns] or None,
    }


def _filter(condition: Filter, spell: Spelling) -> JsonTable:
    operands = _without_none(above=condition.above, below=condition.below)
    words = (("is", condition.is_), ("is_not", condition.is_not))
    operands |= {key: list(names) for key, names in words if names}
    name = spell(condition.field)
    if name in COLUMNS:  # ClickUp keeps statuses, tags and priorities in lower case
        operands = {key: _lower(value) for key, value in operands.items()}
    return {"field": name, **operands}


def _lower(value: Any) -> Any:
    if isinstance(value, list):
        return [_lower(entry) for entry in value]
    return value.casefold() if isinstance(value, str) else value


def _task(task: Task, above: Path, spelling: Mapping[str, str]) -> Iterator[Node]:
    fields = {spelling.get(fold_name(name), name): value for name, value in task.fields.items()}
    node = _node(
        above,
        "task",
        task,
        description=task.description or None,
        status=task.status,
        priority=task.number,
        tags=list(task.tags) or None,
        start_days=_days(task.start_in),
        due_days=_days(task.due_in),
        fields={name: _json(value) for name, value in fields.items()} or None,
        checklists={name: list(items) for name, items in task.checklist.items()} or None,
        waits_for=list(task.waits_for) or None,
    )
    yield node
    for subtask in task.subtask:
        yield from _task(subtask, node.path, spelling)


def _days(value: timedelta | None) -> float | None:
    return None if value is None else value / _DAY


def _json(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _contents(place: Space | Folder | List, path: Path) -> Iterator[Node]:
    for doc in glossary.of(place):
        yield from _doc(doc, path)
    for channel in place.channel:
        yield _node(path, "channel", channel, private=channel.private or None)
    for hook in place.webhook:
        if hook.endpoint.strip():
            where: Path = (*path, ("webhook", hook.endpoint.strip()))
            yield Node(where, {"events": sorted(hook.events)})
    for automation in place.automation:
        yield _node(path, "automation", automation, when=automation.when, then=automation.then)
    for dashboard in place.dashboard:
        yield _node(path, "dashboard", dashboard, cards=list(dashboard.cards))


def _doc(doc: Doc, above: Path) -> Iterator[Node]:
    node = _node(above, "doc", doc)
    yield node
    for page in doc.page:
        yield from _page(page, node.path)


def _page(page: Page, above: Path) -> Iterator[Node]:
    node = _node(above, "page", page, content=page.content)
    yield node
    for inner_page in page.page:
        yield from _page(inner_page, node.path)


def _node(above: Path, kind: Kind, named: Named, **attributes: Any) -> Node:
    return Node((*above, (kind, named.name)), _without_none(**attributes) | _ignored(named))


def _ignored(named: Named) -> JsonTable:
    return {"ignore_changes": list(named.ignore_changes)} if named.ignore_changes else {}


def _without_none(**attributes: Any) -> JsonTable:
    return {name: value for name, value in attributes.items() if value is not None}


def _spelling(above: Mapping[str, str], place: Place) -> dict[str, str]:
    """Folded name -> name as it is written, for columns and the fields that are visible."""
    names = {fold_name(field.name): field.name for field in place.field}
    return {name: name for name in ("none", *COLUMNS)} | dict(above) | names
