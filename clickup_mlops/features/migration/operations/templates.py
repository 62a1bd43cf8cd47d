"""The shipped workspace templates, as a migration uses them. Reads files only."""

from collections.abc import Iterable

from clickup_mlops import content
from clickup_mlops.features.migration.mapping import template_fields
from clickup_mlops.features.migration.mapping.template_fields import TemplateFields
from clickup_mlops.features.provisioning.template import load


def offered() -> dict[str, TemplateFields]:
    """Every template by name. Raises like `named`."""
    return {name: named(name) for name in load.names(content.find_folder("templates"))}


def named(name: str) -> TemplateFields:
    """What a place gains from the template of that name.

    Raises:
        ContentError: there is no such template, or it cannot be used.
        InputError: it has a parameter without a default.
    """
    return template_fields.of(load.load(content.find_folder("templates"), name))


def used(names: Iterable[str]) -> dict[str, TemplateFields]:
    """Those of these templates that there are; `mapping.check` reports the others."""
    names_offered = load.names(content.find_folder("templates"))
    return {name: named(name) for name in dict.fromkeys(names) if name in names_offered}
