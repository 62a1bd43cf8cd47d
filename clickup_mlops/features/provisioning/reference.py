"""What a template makes, as Markdown: one section of the reference page. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from clickup_mlops.config import Table
from clickup_mlops.features.provisioning.manual.instructions import SUPPORT, ui_type
from clickup_mlops.features.provisioning.template.model import (
    Automation,
    Binding,
    Channel,
    CustomField,
    Dashboard,
    Doc,
    Filter,
    Folder,
    Form,
    List,
    Named,
    Objective,
    Page,
    Place,
    Space,
    Status,
    Tag,
    Task,
    Template,
    View,
    Webhook,
)
from clickup_mlops.features.provisioning.template.parameter import Parameter

Parts = Mapping[str, Sequence[Named]]

_KINDS: Final = ("tag", "field", "view", "list", "doc", "channel", "dashboard")
"""Kinds in a space that a template may share with the one below it."""


TABLES: Final[Mapping[str, type[Table]]] = {
    "The file": Template,
    "`[parameters.NAME]`": Parameter,
    "`[space]`": Space,
    "`[[space.folder]]`": Folder,
    "`[[space.list]]`, `[[space.folder.list]]`": List,
    "`[[….status]]`": Status,
    "`[[space.tag]]`": Tag,
    "`[[….field]]`": CustomField,
    "`[[….view]]`": View,
    "`filter` of a view": Filter,
    "`[[….list.task]]`": Task,
    "`[[….doc]]`": Doc,
    "`[[….doc.page]]`": Page,
    "`[[….channel]]`": Channel,
    "`[[….webhook]]`": Webhook,
    "`[[….automation]]`": Automation,
    "`[[….dashboard]]`": Dashboard,
    "`[[….list.form]]`": Form,
    '`[slo."METRIC"]`': Objective,
    '`[metrics."FIELD"]`': Binding,
}
"""Heading in the reference page -> the table that it documents."""


def section(
    name: str, template: Template, base: str = "", below: Template | None = None
) -> Iterator[str]:
    """One template with its default parameters. What its base (`below`) has is not repeated."""
    yield from ("", f"## `{name}`", "", template.summary, "")
    yield f"- **Strategy:** {template.strategy}"
    if base:
        yield f"- **Builds on:** [`{base}`](#{base})"
    yield f"- **Version:** {template.version}"
    if template.enable:
        yield f"- **Automations that it enables:** {_code(template.enable)}"
    yield from _parameters(template, below)
    yield from _space(template.space, below.space if below else None)
    yield from _binding(template)


def means() -> Iterator[str]:
    """The table of what can be made how."""
    yield from (
        "| thing | by API | in a ClickUp template | by a person |",
        "| --- | --- | --- | --- |",
    )
    for one in SUPPORT:
        yield f"| {one.thing} | {one.api} | {'yes' if one.template else 'no'} | {one.person} |"


def _parameters(template: Template, below: Template | None) -> Iterator[str]:
    known = below.parameters if below else {}
    own = {name: one for name, one in template.parameters.items() if name not in known}
    if own:
        yield from ("", "| parameter | default | meaning |", "| --- | --- | --- |")
        for name, one in own.items():
            default = "required" if one.default is None else _quoted(one.default)
            yield f"| `{name}` | {default} | {_cell(one.description)} |"


def _space(space: Space, below: Space | None) -> Iterator[str]:
    new = {kind: _new(getattr(space, kind), below, kind) for kind in _KINDS}
    if any(new.values()):
        yield from ("", f"### Space “{space.name}”")
    if new["tag"]:
        yield from ("", f"Tags: {_code(tag.name for tag in new['tag'])}")
    if below is None:
        yield from _statuses(space)
    yield from _contents(new)
    for folder in space.folder:
        yield from _folder(folder)


def _new(found: Sequence[Named], below: Space | None, kind: str) -> Sequence[Named]:
    known = {one.name.casefold() for one in getattr(below, kind)} if below else set()
    return [one for one in found if one.name.casefold() not in known]


def _folder(folder: Folder) -> Iterator[str]:
    yield from ("", f"### Folder “{folder.name}”")
    yield from _statuses(folder)
    yield from _contents({kind: getattr(folder, kind, ()) for kind in _KINDS})


def _contents(parts: Parts) -> Iterator[str]:
    yield from _fields([one for one in parts["field"] if isinstance(one, CustomField)])
    for one in parts["list"]:
        if isinstance(one, List):
            yield from _list(one)
    yield from _views([one for one in parts["view"] if isinstance(one, View)])
    yield from _docs([one for one in parts["doc"] if isinstance(one, Doc)])
    if parts["channel"]:
        yield from ("", f"Chat: {_code(one.name for one in parts['channel'])}")
    if parts["dashboard"]:
        named = _code(one.name for one in parts["dashboard"])
        yield from ("", f"Dashboards (created by hand): {named}")


def _list(one: List) -> Iterator[str]:
    yield from ("", f"#### List “{one.name}”", "", *one.description.strip().splitlines())
    if one.template:
        yield from ("", f"Made from the ClickUp List template `{one.template}` if there is one.")
    yield from _statuses(one)
    yield from _fields(one.field)
    yield from _views(one.view)
    if one.task:
        yield from ("", "Starter tasks:", "", *_tasks(one.task))
    for kind, made in (("Forms", one.form), ("ClickUp automations", one.automation)):
        if made:
            yield from ("", f"{kind} (created by hand): {_code(each.name for each in made)}")


def _statuses(place: Place) -> Iterator[str]:
    if place.status:
        yield from ("", f"Statuses: {' → '.join(one.name for one in place.status)}")


def _fields(fields: Sequence[CustomField]) -> Iterator[str]:
    if fields:
        yield from ("", "| field | type | meaning |", "| --- | --- | --- |")
        for one in fields:
            yield f"| {_cell(one.name)} | {_type(one)} | {_cell(one.description)} |"


def _type(one: CustomField) -> str:
    detail = ", ".join(one.options) or one.unit or one.currency or ""
    return _cell(f"{ui_type(one.type)}{f': {detail}' if detail else ''}")


def _views(views: Sequence[View]) -> Iterator[str]:
    if views:
        yield from ("", "| view | type | grouped by | columns |", "| --- | --- | --- | --- |")
        for one in views:
            columns = _cell(", ".join(one.columns))
            yield f"| {_cell(one.name)} | {one.type} | {one.group_by} | {columns} |"


def _tasks(tasks: Iterable[Task], depth: int = 0) -> Iterator[str]:
    for one in tasks:
        parts = [
            f"due after {one.due_in.days} days" if one.due_in is not None else "",
            f"waits for “{'”, “'.join(one.waits_for)}”" if one.waits_for else "",
            *(f"checklist “{name}” ({len(items)})" for name, items in one.checklist.items()),
        ]
        more = "; ".join(filter(None, parts))
        yield f"{'  ' * depth}- {one.name}{f' ({more})' if more else ''}"
        yield from _tasks(one.subtask, depth + 1)


def _docs(docs: Sequence[Doc]) -> Iterator[str]:
    for one in docs:
        yield from ("", f"Doc “{one.name}”: {', '.join(page.name for page in one.page)}")


def _binding(template: Template) -> Iterator[str]:
    if template.slo:
        held = (f"{metric} against {one.objective}" for metric, one in template.slo.items())
        yield from ("", f"**SLO fields:** {'; '.join(held)}.")
    if template.routing.lists:
        kinds = (f"“{name}” is {kind}" for name, kind in template.routing.lists.items())
        yield from ("", f"**Routing:** {'; '.join(kinds)}.")
    if template.metrics:
        yield from (
            "",
            "| metric | source | query | finds its task by |",
            "| --- | --- | --- | --- |",
        )
        for field, one in template.metrics.items():
            yield f"| {_cell(field)} | {one.source} | `{_cell(one.query)}` | {_found(one)} |"


def _found(binding: Binding) -> str:
    return ", ".join(f"`{label}` = {_cell(name)}" for label, name in binding.match.items())


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _quoted(value: object) -> str:
    return f"`{_cell(str(value))}`" if str(value) else "empty"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
