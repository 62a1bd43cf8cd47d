"""The kinds of descriptions of a topology."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from clickup_mlops import registry

if TYPE_CHECKING:
    from clickup_mlops.features.network.topology.loader import Loader


def loaders() -> "Mapping[str, Loader]":
    """Each kind by its name, which is that of its module."""
    from clickup_mlops.features.network.topology import loaders as modules

    return registry.find(modules, "LOADER")
