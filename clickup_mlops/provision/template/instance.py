"""Which instance of a template is meant: by the parameters that name its places. Pure.

`service` of `name = "${service} serving"` distinguishes instances; an objective in milliseconds
does not, so another value of it means the same instance.
"""

from collections.abc import Iterator
from typing import Final

from clickup_mlops.provision.template.layers import Layer
from clickup_mlops.provision.template.model import PARAMETER
from clickup_mlops.provision.template.parameter import Scalar
from clickup_mlops.provision.template.parameters import Values
from clickup_mlops.provision.tree import fold_name

_PLACES: Final = ("space", "folder", "list")


def of(table: Layer, known: Values) -> dict[str, Scalar]:
    """The values of those parameters, names as they are compared. `table` is the template before
    they are filled in.
    """
    used = {found[1] for name in _names(table) for found in PARAMETER.finditer(name)}
    return {name: _folded(known[name]) for name in sorted(used & known.keys())}


def _folded(value: Scalar) -> Scalar:
    return fold_name(value) if isinstance(value, str) else value


def _names(table: Layer) -> Iterator[str]:
    for key in _PLACES:
        value = table.get(key, ())
        for place in value if isinstance(value, list) else [value]:
            if isinstance(place, Layer):
                yield str(place.get("name", ""))
                yield from _names(place)
