"""What a place gains from a shipped workspace template: fields that are measured. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from clickup_mlops.features.migration.mapping import words
from clickup_mlops.features.provisioning.template.model import CustomField, List, Template
from clickup_mlops.features.provisioning.tree import fold_name

OF_TASKS: Final = ("name", "id", "tag", "list")
"""What of a task a series may name, beside custom fields."""


@dataclass(frozen=True, slots=True)
class TemplateFields:
    """The fields of a template that are for every Space, and those of the Lists whose tasks are
    measured. `workload` is that of most of its Lists; empty: none.
    """

    template: Template
    space: tuple[CustomField, ...]
    place: tuple[CustomField, ...]
    workload: str
    words: Mapping[str, int]
    """The words that it uses, and their weight."""

    @property
    def fields(self) -> dict[str, CustomField]:
        """All of them by folded name."""
        return {fold_name(field.name): field for field in (*self.space, *self.place)}


def of(template: Template) -> TemplateFields:
    """The Space's fields, and of the Lists' those that objectives and metrics use."""
    used = set(map(fold_name, _used(template)))
    space_names = {fold_name(list_.name) for list_ in template.space.field}
    place = {
        fold_name(field.name): field
        for list_ in lists(template)
        for field in list_.field
        if fold_name(field.name) in used - space_names
    }
    workloads = Counter(template.routing.lists.values())
    most = workloads.most_common(1)[0][0] if workloads else ""
    fields = tuple(place.values())
    return TemplateFields(template, template.space.field, fields, most, _vocabulary(template))


def lists(template: Template) -> Iterator[List]:
    """Its Lists."""
    yield from template.space.list
    for folder in template.space.folder:
        yield from folder.list


def _vocabulary(template: Template) -> dict[str, int]:
    """The words of its summary, Lists and fields; those of its name count three times."""
    texts = [template.summary, template.strategy]
    for list_ in lists(template):
        texts += [list_.name, *(field.name for field in list_.field)]
    weights = dict.fromkeys(words.split(" ".join(texts)), 1)
    return weights | dict.fromkeys(words.split(template.name.replace("_", " ")), 3)


def _used(template: Template) -> Iterator[str]:
    for metric, slo in template.slo.items():
        yield from (metric, slo.objective)
    for metric, binding in template.metrics.items():
        yield metric
        yield from (name for name in binding.match.values() if name not in OF_TASKS)
