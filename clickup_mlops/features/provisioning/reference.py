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
    for support in SUPPORT:
        template = "yes" if support.template else "no"
        yield f"| {support.thing} | {support.api} | {template} | {support.person} |"


def _parameters(template: Template, below: Template | None) -> Iterator[str]:
    inherited = below.parameters if below else {}
    added = {
        name: parameter for name, parameter in template.parameters.items() if name not in inherited
    }
    if added:
        yield from ("", "| parameter | default | meaning |", "| --- | --- | --- |")
        for name, parameter in added.items():
            default = "required" if parameter.default is None else _quoted(parameter.default)
            yield f"| `{name}` | {default} | {_cell(parameter.description)} |"


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


def _new(entries: Sequence[Named], below: Space | None, kind: str) -> Sequence[Named]:
    names = {entry.name.casefold() for entry in getattr(below, kind)} if below else set()
    return [entry for entry in entries if entry.name.casefold() not in names]


def _folder(folder: Folder) -> Iterator[str]:
    yield from ("", f"### Folder “{folder.name}”")
    yield from _statuses(folder)
    yield from _contents({kind: getattr(folder, kind, ()) for kind in _KINDS})


def _contents(parts: Parts) -> Iterator[str]:
    yield from _fields([entry for entry in parts["field"] if isinstance(entry, CustomField)])
    for entry in parts["list"]:
        if isinstance(entry, List):
            yield from _list(entry)
    yield from _views([entry for entry in parts["view"] if isinstance(entry, View)])
    yield from _docs([entry for entry in parts["doc"] if isinstance(entry, Doc)])
    if parts["channel"]:
        yield from ("", f"Chat: {_code(entry.name for entry in parts['channel'])}")
    if parts["dashboard"]:
        named = _code(entry.name for entry in parts["dashboard"])
        yield from ("", f"Dashboards (created by hand): {named}")


def _list(list_: List) -> Iterator[str]:
    yield from ("", f"#### List “{list_.name}”", "", *_first_paragraph(list_))
    if list_.template:
        yield from ("", f"Made from the ClickUp List template `{list_.template}` if there is one.")
    yield from _statuses(list_)
    yield from _fields(list_.field)
    yield from _views(list_.view)
    if list_.task:
        yield from ("", f"Starter tasks: {'; '.join(task.name for task in list_.task)}")
    for kind, entries in (("Forms", list_.form), ("ClickUp automations", list_.automation)):
        if entries:
            yield from ("", f"{kind} (created by hand): {_code(entry.name for entry in entries)}")


def _first_paragraph(list_: List) -> list[str]:
    return list_.description.strip().partition("\n\n")[0].splitlines()


def _statuses(place: Place) -> Iterator[str]:
    if place.status:
        yield from ("", f"Statuses: {' → '.join(status.name for status in place.status)}")


def _fields(fields: Sequence[CustomField]) -> Iterator[str]:
    if fields:
        named = (f"{_cell(field.name)} ({ui_type(field.type)})" for field in fields)
        yield from ("", f"Fields: {', '.join(named)}")


def _views(views: Sequence[View]) -> Iterator[str]:
    if views:
        yield from (
            "",
            f"Views: {', '.join(_cell(f'{view.name} ({view.type})') for view in views)}",
        )


def _docs(docs: Sequence[Doc]) -> Iterator[str]:
    for doc in docs:
        yield from ("", f"Doc “{doc.name}”: {', '.join(page.name for page in doc.page)}")


def _binding(template: Template) -> Iterator[str]:
    if template.slo:
        held = (f"{metric} against {entry.objective}" for metric, entry in template.slo.items())
        yield from ("", f"**SLO fields:** {'; '.join(held)}.")
    if template.routing.lists:
        kinds = (f"“{name}” is {kind}" for name, kind in template.routing.lists.items())
        yield from ("", f"**Routing:** {'; '.join(kinds)}.")
    if template.metrics:
        filled = (f"{_cell(field)} ({entry.source})" for field, entry in template.metrics.items())
        yield from ("", f"**Metrics:** {', '.join(filled)}.")


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _quoted(value: object) -> str:
    return f"`{_cell(str(value))}`" if str(value) else "empty"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
