"""`[integrations.<name>]`: other systems that report to the bot."""

from typing import Annotated

from pydantic import Field

from clickup_mlops.features.integrations.tools import NAME, AnyTable

IntegrationTables = dict[Annotated[str, Field(pattern=NAME)], AnyTable]
"""Each with its `kind`."""
