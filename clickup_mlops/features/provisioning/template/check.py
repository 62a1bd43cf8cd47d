"""What must agree inside a template: names that are used exist, and none is given twice. Pure."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Final

from clickup_mlops.features.provisioning.template import values
from clickup_mlops.features.provisioning.template.model import (
    COLUMNS,
    CustomField,
    Doc,
    Folder,
    List,
    Named,
    Page,
    Place,
    Space,
    Status,
    Task,
    Template,
    View,
    Webhook,
)
from clickup_mlops.features.provisioning.template.views import RAW
from clickup_mlops.features.provisioning.tree import fold_name
from clickup_mlops.spelling import suggest_word

Location = tuple[int | str, ...]
Problem = tuple[Location, str]
Fields = dict[str, CustomField]
"""By folded name: what is visible in a place."""

_DEFAULT_STATUSES: Final = ("to do", "complete")
"""What a new ClickUp space has."""
_MEASURED: Final = frozenset(
    {"number", "currency", "manual_progress", "automatic_progress", "formula"}
)
_OF_TASKS: Final = ("name", "id", "tag", "list")
"""What of a task a series may name, beside custom fields."""
GROUPS: Final = ("none", "status", "priority", "assignee", "tags", "due date")


def problems(template: Template, automations: Collection[str] | None = None) -> list[Problem]:
    """Everything that does not agree. `automations`: the bot's, by name; None: unknown."""
    fields = {fold_name(field.name): field for field in _all_fields(template.space)}
    return [
        *_objectives(template),
        *_place(template.space, ("space",), {}, ()),
        *_enabled(template, automations),
        *_measured(template, fields),
        *_bound_lists(template),
    ]


def _place(
    place: Space | Folder | List, at: Location, above: Fields, statuses: tuple[str, ...]
) -> Iterator[Problem]:
    yield from _doubles(place, at)
    yield from _ends(place.status, (*at, "status"))
    fields = dict(above)
    for n, field in enumerate(place.field):
        if fold_name(field.name) in above:
            yield (*at, "field", n, "name"), f'"{field.name}" is a field of a place above already'
        fields[fold_name(field.name)] = field
    statuses = tuple(status.name for status in place.status) or statuses
    below = tuple(status.name for status in _statuses(place)) or statuses
    for n, view in enumerate(place.view):
        yield from _view(view, (*at, "view", n), fields)
        yield from _filters(view, (*at, "view", n), fields, below)
    for n, doc in enumerate(place.doc):
        yield from _pages(doc, (*at, "doc", n))
    yield from _inner(place, at, fields, statuses)


def _inner(
    place: Space | Folder | List, at: Location, fields: Fields, statuses: tuple[str, ...]
) -> Iterator[Problem]:
    if isinstance(place, List):
        yield from _tasks(place.task, (*at, "task"), fields, statuses or _DEFAULT_STATUSES)
        yield from _waits(place, at)
        return
    for n, inner in enumerate(place.list):
        yield from _place(inner, (*at, "list", n), fields, statuses)
    if isinstance(place, Space):
        for n, folder in enumerate(place.folder):
            yield from _place(folder, (*at, "folder", n), fields, statuses)


def _doubles(place: Place, at: Location) -> Iterator[Problem]:
    for kind in type(place).model_fields:
        value = getattr(place, kind)
        if isinstance(value, tuple):
            yield from _twice(value, (*at, kind))


def _twice(entries: Sequence[object], at: Location) -> Iterator[Problem]:
    names = set()
    for n, entry in enumerate(entries):
        key = "endpoint" if isinstance(entry, Webhook) else "name"
        if not isinstance(entry, Named | Webhook) or not getattr(entry, key):
            continue
        name = fold_name(getattr(entry, key))
        if name in names:
            yield (*at, n, key), f'"{getattr(entry, key)}" is there twice'
        names.add(name)


def _ends(statuses: Sequence[Status], at: Location) -> Iterator[Problem]:
    """What ClickUp wants of a set of statuses. Without an `open` one it keeps its own."""
    types = [status.type for status in statuses]
    if statuses and types.count("closed") != 1:
        yield at, f"{types.count('closed')} of them have the type `closed`: it must be one"
    if types.count("open") > 1:
        yield at, f"{types.count('open')} of them have the type `open`: one at most"


def _pages(parent: Doc | Page, at: Location) -> Iterator[Problem]:
    yield from _twice(parent.page, (*at, "page"))
    for n, page in enumerate(parent.page):
        yield from _pages(page, (*at, "page", n))


def _view(view: View, at: Location, fields: Fields) -> Iterator[Problem]:
    if fold_name(view.group_by) not in (*GROUPS, *fields):
        choices = [*GROUPS, *(entry.name for entry in fields.values())]
        yield (*at, "group_by"), _no("property to group by", view.group_by, choices)
    columns: list[Problem] = [
        *((("columns", n), name) for n, name in enumerate(view.columns)),
        *((("sort_by", n), name.removeprefix("-")) for n, name in enumerate(view.sort_by)),
        *((("filter", n, "field"), entry.field) for n, entry in enumerate(view.filter)),
    ]
    choices = [*COLUMNS, *(entry.name for entry in fields.values())]
    for key, name in columns:
        if not name.startswith(RAW) and fold_name(name) not in (*COLUMNS, *fields):
            yield (*at, *key), _no("column or custom field", name, choices)


def _filters(
    view: View, at: Location, fields: Fields, statuses: Sequence[str]
) -> Iterator[Problem]:
    for n, condition in enumerate(view.filter):
        if (condition.above, condition.below) != (None, None) and (
            wrong := values.of_bound(condition, fields)
        ):
            yield (*at, "filter", n, "above" if condition.below is None else "below"), wrong
        key = "is" if condition.is_ else "is_not"
        for kind, choices, word in values.of_filter(condition, fields, statuses):
            yield (*at, "filter", n, key), _no(kind, word, choices)


def _statuses(place: Space | Folder | List) -> Iterator[Status]:
    """Of the place and everything in it: a view of a Folder shows the tasks of its Lists."""
    for inner in _inside(place):
        yield from inner.status


def _inside(place: Space | Folder | List) -> Iterator[Space | Folder | List]:
    """The place and all places in it."""
    yield place
    if isinstance(place, List):
        return
    for list_ in place.list:
        yield from _inside(list_)
    for folder in place.folder if isinstance(place, Space) else ():
        yield from _inside(folder)


def _tasks(
    tasks: Sequence[Task], at: Location, fields: Fields, statuses: Sequence[str]
) -> Iterator[Problem]:
    yield from _twice(tasks, at)
    for n, task in enumerate(tasks):
        location = (*at, n)
        if task.status and fold_name(task.status) not in map(fold_name, statuses):
            yield (*location, "status"), _no("status of this list", task.status, statuses)
        for name, value in task.fields.items():
            yield from _value(name, value, (*location, "fields", name), fields)
        yield from _tasks(task.subtask, (*location, "subtask"), fields, statuses)


def _value(name: str, value: object, at: Location, fields: Fields) -> Iterator[Problem]:
    field = fields.get(fold_name(name))
    if field is None:
        yield (
            at,
            _no("custom field here", name, [known_field.name for known_field in fields.values()]),
        )
        return
    labels = [value] if isinstance(value, str) else value if isinstance(value, tuple) else []
    if wrong := values.of_field(field, value):
        yield at, wrong
    for label in labels if field.options else ():
        if fold_name(label) not in map(fold_name, field.options):
            yield at, _no(f'option of "{field.name}"', label, field.options)


def _waits(place: List, at: Location) -> Iterator[Problem]:
    """Tasks wait for tasks of their list, and not for themselves by any way round."""
    tasks = list(_every(place.task, (*at, "task")))
    by_name = {fold_name(task.name): task for _, task in tasks}
    for location, task in tasks:
        for n, name in enumerate(task.waits_for):
            if fold_name(name) not in by_name:
                names = [other_task.name for other_task in by_name.values()]
                yield (*location, "waits_for", n), _no("task of this list", name, names)
            elif fold_name(task.name) in _behind(name, by_name):
                yield (*location, "waits_for", n), f'"{task.name}" waits for itself'


def _objectives(template: Template) -> Iterator[Problem]:
    """Starter tasks must not begin with an objective that everything or nothing meets."""
    objectives = values.objectives(template)
    for place, at in _task_lists(template.space, ("space",)):
        for location, task in _every(place.task, (*at, "task")):
            for name, value in task.fields.items():
                wrong = values.of_objective(name, value) if fold_name(name) in objectives else ""
                if wrong:
                    yield (*location, "fields", name), wrong


def _task_lists(place: Space | Folder, at: Location) -> Iterator[tuple[List, Location]]:
    for n, list_ in enumerate(place.list):
        yield list_, (*at, "list", n)
    for n, folder in enumerate(place.folder if isinstance(place, Space) else ()):
        yield from _task_lists(folder, (*at, "folder", n))


def _behind(name: str, tasks: dict[str, Task]) -> set[str]:
    """The task and everything that it waits for."""
    names: set[str] = set()
    todo = [fold_name(name)]
    while todo:
        current = todo.pop()
        if current not in names:
            names.add(current)
            todo += [
                fold_name(awaited)
                for awaited in tasks[current].waits_for
                if fold_name(awaited) in tasks
            ]
    return names


def _every(tasks: Iterable[Task], at: Location) -> Iterator[tuple[Location, Task]]:
    for n, task in enumerate(tasks):
        yield (*at, n), task
        yield from _every(task.subtask, (*at, n, "subtask"))


def _all_fields(place: Space | Folder | List) -> Iterator[CustomField]:
    for inner in _inside(place):
        yield from inner.field


def _enabled(template: Template, automations: Collection[str] | None) -> Iterator[Problem]:
    for n, name in enumerate(template.enable):
        if automations is not None and name not in automations:
            yield ("enable", n), _no("automation of the bot", name, sorted(automations))


def _measured(template: Template, fields: Fields) -> Iterator[Problem]:
    names: list[tuple[Location, str]] = []
    for metric, slo in template.slo.items():
        names += [(("slo", metric), metric), (("slo", metric, "objective"), slo.objective)]
    names += [(("metrics", name), name) for name in template.metrics]
    choices = [field_.name for field_ in fields.values()]
    for at, name in names:
        field = fields.get(fold_name(name))
        if field is None:
            yield at, _no("custom field of this template", name, choices)
        elif at[0] == "slo" and field.type not in _MEASURED:
            yield at, f'"{field.name}" is a {field.type} field, and objectives need numbers'
    yield from _units(template, fields)
    yield from _placed(template, fields)


def _placed(template: Template, fields: Fields) -> Iterator[Problem]:
    """What finds the tasks of a metric: custom fields and Lists of the template."""
    lists = [binding.name for binding in _all_lists(template.space)]
    for metric, binding in template.metrics.items():
        for label, name in binding.match.items():
            if fold_name(name) not in fields and name not in _OF_TASKS:
                choices = [field.name for field in fields.values()]
                yield ("metrics", metric, "match", label), _no("custom field", name, choices)
        for n, name in enumerate(binding.lists):
            if fold_name(name) not in map(fold_name, lists):
                yield ("metrics", metric, "lists", n), _no("List of this template", name, lists)


def _units(template: Template, fields: Fields) -> Iterator[Problem]:
    """An objective is in the unit of its metric; a field that says no unit has any."""
    for metric, slo in template.slo.items():
        both = [fields.get(fold_name(name)) for name in (metric, slo.objective)]
        measured, limit = (field.unit if field else "" for field in both)
        if measured and limit and measured != limit:
            at = ("slo", metric, "objective")
            yield at, f'"{slo.objective}" is in {limit}, but "{metric}" is in {measured}'


def _bound_lists(template: Template) -> Iterator[Problem]:
    """Patterns that fit no List of the template are typing mistakes."""
    names = [list_.name for list_ in _all_lists(template.space)]
    for pattern in template.routing.lists:
        if not any(fnmatchcase(fold_name(name), fold_name(pattern)) for name in names):
            yield ("routing", "lists", pattern), _no("List of this template", pattern, names)


def _all_lists(place: Space | Folder) -> Iterator[List]:
    yield from place.list
    for folder in place.folder if isinstance(place, Space) else ():
        yield from folder.list


def _no(kind: str, name: str, choices: Iterable[str]) -> str:
    listed = list(choices)
    guess = suggest_word(name, listed, otherwise=f"; known: {', '.join(listed) or 'none'}")
    return f'there is no {kind} "{name}"{guess}'
