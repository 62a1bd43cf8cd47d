"""`[integrations.<name>]`: other systems that report to the bot."""

from typing import Annotated, Final

from pydantic import Field

from clickup_mlops.config import FileSettings
from clickup_mlops.features.integrations.tools import NAME, AnyTable


class IntegrationTables(FileSettings):
    """What integrations add to the configuration."""

    integrations: dict[Annotated[str, Field(pattern=NAME)], AnyTable] = Field({})
    """Other systems that report to `/hooks/in/<name>`: `[integrations.mlflow]` and so on, each with
    its `kind`. Kinds and their keys: the page "Integrations" of the reference."""


SETTINGS: Final = IntegrationTables
