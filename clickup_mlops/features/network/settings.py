"""`[network]`: what is connected to what."""

from datetime import timedelta
from typing import Final

from pydantic import Field

from clickup_mlops.config import FileSettings, Table
from clickup_mlops.errors import ConfigError
from clickup_mlops.features.network.check.profile import Profile
from clickup_mlops.features.network.topology.settings import TopologyTable


class NetworkSettings(Table):
    """Networks between hosts, and what runs on them."""

    topology: tuple[TopologyTable, ...] = ()
    """Descriptions of hosts, ports, rails, switches, uplinks and jobs: `[[network.topology]]`, each
    with its `kind`. Of two that say something of the same the first counts."""
    reread_topology: timedelta = Field(timedelta(minutes=5), ge=timedelta(seconds=15))
    """How often it is read again: jobs come and go."""
    fabrics: dict[str, Profile] = Field({})
    """What the RoCE settings of each fabric's machines should be: `[network.fabrics.<name>]`, for
    `clickup-mlops network check`. The first that a machine fits counts."""


def must_be_configured(settings: NetworkSettings) -> None:
    """Raises ConfigError: there is no topology."""
    if not settings.topology:
        raise ConfigError(
            "no [[network.topology]] is configured", hint="See `clickup-mlops help topology`."
        )


class NetworkTables(FileSettings):
    """What networks add to the configuration."""

    network: NetworkSettings = NetworkSettings()
    """Networks between hosts, and what runs on them."""


SETTINGS: Final = NetworkTables
