"""The custom field that a column's values go into. Pure."""

from collections.abc import Iterable

from clickup_mlops.features.migration.columns._model import Target
from clickup_mlops.features.migration.mapping.model import ColumnTable
from clickup_mlops.features.migration.records import Column
from clickup_mlops.features.provisioning.fields import WITH_OPTIONS
from clickup_mlops.features.provisioning.tree import fold_name


def target(table: ColumnTable, targets: Iterable[Target]) -> Target | None:
    """What the column's type says of the field; None if the column does not fit such a field."""
    fitting = (
        candidate
        for candidate in targets
        if candidate.slot == table.to and candidate.type == table.field_type
    )
    return next(fitting, None)


def options(table: ColumnTable, column: Column, aim: Target) -> dict[str, str]:
    """Names of the field's options in their order, with colours (`#rrggbb` or empty).

    Those that the mapping names; if it names none, those that the column's type knows.
    """
    if aim.type not in WITH_OPTIONS:
        return {}
    colors: dict[str, str] = {}
    pairs = [(table.options[o.key], o.color) for o in column.options if o.key in table.options]
    for name, color in pairs or aim.options:
        if name.strip() and fold_name(name) not in map(fold_name, colors):
            colors[name.strip()] = color
    return colors
