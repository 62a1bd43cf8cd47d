"""Tools that report to the bot, one file each: the folder is the list.

Each defines `KIND`: its settings, and two pure functions. `verify` says whether a delivery comes
from the tool, `parse` turns it into reports. What all tools share is in the modules with `_`.
"""

from clickup_mlops.bot.receive.ingest import Delivery
from clickup_mlops.features.integrations.tools._model import (
    NAME,
    Ask,
    FindTable,
    IntegrationTable,
    Kind,
    Report,
    TableT,
)
from clickup_mlops.features.integrations.tools._reading import at, ident
from clickup_mlops.features.integrations.tools._settings import AnyTable, kinds

__all__ = [
    "NAME",
    "AnyTable",
    "Ask",
    "Delivery",
    "FindTable",
    "IntegrationTable",
    "Kind",
    "Report",
    "TableT",
    "at",
    "ident",
    "kinds",
]
