"""What shipped workspace templates say about the tasks of migrated boards. Pure.

Objectives and metrics hold as in the template, for the boards' Lists; automations stay off, so that
a migration changes nothing that nobody asked for.
"""

from collections.abc import Iterator
from collections.abc import Mapping as ReadOnly
from glob import escape

from clickup_mlops.features.migration.mapping.model import BoardTable, Mapping
from clickup_mlops.features.migration.mapping.template_fields import TemplateFields
from clickup_mlops.features.provisioning.template.model import Folder, List, Space, Template
from clickup_mlops.features.provisioning.tree import fold_name
from clickup_mlops.routing.policy import TaskPolicy

Boards = list[BoardTable]


def policies(mapping: Mapping, of_templates: ReadOnly[str, TemplateFields]) -> Iterator[Template]:
    """For each Space and each template that its places name, the template without its objects."""
    grouped: dict[tuple[str, str], Boards] = {}
    for table in mapping.boards.values():
        if table.place.template in of_templates:
            key = (fold_name(table.place.space), table.place.template)
            grouped.setdefault(key, []).append(table)
    for (_, name), tables in grouped.items():
        yield _policy(of_templates[name], tables).named(name)


def _policy(extra: TemplateFields, tables: Boards) -> Template:
    names = tuple(dict.fromkeys(name for table in tables for _, _, name in table.lists))
    shipped, workload = extra.template, extra.workload
    lists = dict.fromkeys(map(escape, names), workload) if workload else {}
    attributes: dict[str, object] = {
        "summary": shipped.summary,
        "strategy": shipped.strategy,
        "space": _space(tables),
        "slo": shipped.slo,
    }
    if lists:
        attributes["routing"] = TaskPolicy.model_validate({"lists": lists})
    attributes["metrics"] = {
        field: binding.model_copy(update={"lists": names})
        for field, binding in shipped.metrics.items()
        if fold_name(field) in extra.fields
    }
    return Template.model_validate(attributes)


def _space(tables: Boards) -> Space:
    """The places; a policy holds in its Folders, or in its whole Space if a List is in none."""
    folders: dict[str, list[List]] = {}
    for table in tables:
        inside = folders.setdefault(table.place.folder, [])
        inside += [List(name=name) for _, _, name in table.lists]
    loose = folders.pop("", [])
    folder_tables = [Folder(name=name, list=tuple(inside)) for name, inside in folders.items()]
    return Space(
        name=tables[0].place.space, list=tuple(loose), folder=() if loose else tuple(folder_tables)
    )
