"""A table `[integrations.<name>]` has the settings of its `kind`."""

from typing import Annotated, Any

from pydantic import PlainValidator, SerializeAsAny

from clickup_mlops import registry
from clickup_mlops.config import parse_table_of_kind
from clickup_mlops.features.integrations.tools._model import IntegrationTable, Kind


def kinds() -> dict[str, Kind[Any]]:
    """Each tool by its name, which is that of its module."""
    from clickup_mlops.features.integrations import (
        tools,  # only bots that have integrations need the modules
    )

    return registry.find(tools, "KIND")


def _table(value: Any) -> IntegrationTable:
    models: dict[str, type[IntegrationTable]] = {
        name: kind.settings for name, kind in kinds().items()
    }
    return parse_table_of_kind(value, models, "integration", "generic")


AnyTable = Annotated[SerializeAsAny[IntegrationTable], PlainValidator(_table)]
"""A table with the settings of whatever kind it names."""
