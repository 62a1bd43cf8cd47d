"""Which instance of a template is meant: by its Space and the parameters in names of places. Pure.

`service` of `name = "${service} serving"` distinguishes instances; an objective in milliseconds
does not, so another value of it means the same instance.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from clickup_mlops.features.provisioning.template.layers import Layer
from clickup_mlops.features.provisioning.template.parameter import PARAMETER, Scalar
from clickup_mlops.features.provisioning.template.parameters import Values
from clickup_mlops.features.provisioning.tree import Part, Parts, fold_name

_PLACES: Final = ("space", "folder", "list")


@dataclass(frozen=True, slots=True)
class Instance:
    """The names of its Space, and the `values` of those parameters, as they are compared. `shown`
    has for each of these parameters the places with it in their names.
    """

    space: Parts = frozenset()
    values: Mapping[str, Scalar] = field(default_factory=dict)
    shown: Mapping[str, Parts] = field(default_factory=dict)

    def has_made(self, values: Mapping[str, Scalar] | None, parts: Parts) -> bool:
        """Whether a run was about this instance: by the values that it recorded and what it named.

        Older versions recorded no values (None): then each has to show in the name of a place.
        """
        if not self.space <= parts:
            return False
        if values is None:
            return all(places & parts for places in self.shown.values())
        return values == self.values


NOWHERE: Final = Instance()
"""The instance of a template that was not read from a file."""


def of(table: Layer, filled: Layer, values_by_name: Values) -> Instance:
    """The instance of a template: `table` before the parameters are filled in, `whole` after."""
    parts_by_name: dict[str, set[Part]] = defaultdict(set)
    for raw, part in _named(table, filled):
        for match in PARAMETER.finditer(raw):
            if match[1] in values_by_name:
                parts_by_name[match[1]].add(part)
    space = frozenset(part for _, part in _named(table, filled) if part[0] == "space")
    values = {name: _folded(values_by_name[name]) for name in sorted(parts_by_name)}
    return Instance(
        space, values, {name: frozenset(parts) for name, parts in parts_by_name.items()}
    )


def _folded(value: Scalar) -> Scalar:
    return fold_name(value) if isinstance(value, str) else value


def _named(table: Layer, filled_table: Layer) -> Iterator[tuple[str, Part]]:
    """Every place: its name with parameters, and what it became."""
    for kind in _PLACES:
        for raw, filled in zip(
            _layers(table.get(kind)), _layers(filled_table.get(kind)), strict=True
        ):
            yield str(raw.get("name", "")), (kind, fold_name(str(filled.get("name", ""))))
            yield from _named(raw, filled)


def _layers(value: object) -> list[Layer]:
    listed = value if isinstance(value, list) else [value]
    return [entry for entry in listed if isinstance(entry, Layer)]
