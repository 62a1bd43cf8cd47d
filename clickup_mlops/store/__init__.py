"""What must be remembered, on SQLite or PostgreSQL with one schema.

`Store.open("sqlite:///bot.db")` gives the inbox, the mirror, the journal and the rest.

Its names are imported when they are first used: a command that reads one table waits for no other.
"""

import pkgutil
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from clickup_mlops.store.audit.chain import Anchor, Entry, Keyring
    from clickup_mlops.store.audit.log import Audit, Filter
    from clickup_mlops.store.inbox_rows import Depth, Earlier, InboxRow, Incoming, once_within
    from clickup_mlops.store.journal_rows import JournalRow, Write
    from clickup_mlops.store.queries.waiting import ListBacklog, Waiting
    from clickup_mlops.store.store import Store
    from clickup_mlops.store.tables.budget import BudgetLedger
    from clickup_mlops.store.tables.cursors import Cursors
    from clickup_mlops.store.tables.decisions import DecisionRow, Decisions
    from clickup_mlops.store.tables.inbox import DONE, PARKED, READY, Inbox
    from clickup_mlops.store.tables.journal import Journal
    from clickup_mlops.store.tables.mirror import Mirror, MirrorRow
    from clickup_mlops.store.tables.mutes import Mute, Mutes
    from clickup_mlops.store.tables.overrides import Override, Overrides

__all__ = [
    "DONE",
    "PARKED",
    "READY",
    "Anchor",
    "Audit",
    "BudgetLedger",
    "Cursors",
    "DecisionRow",
    "Decisions",
    "Depth",
    "Earlier",
    "Entry",
    "Filter",
    "Inbox",
    "InboxRow",
    "Incoming",
    "Journal",
    "JournalRow",
    "Keyring",
    "ListBacklog",
    "Mirror",
    "MirrorRow",
    "Mute",
    "Mutes",
    "Override",
    "Overrides",
    "Store",
    "Waiting",
    "Write",
    "once_within",
]

_NAMES: Final = {
    "audit.chain": "Anchor Entry Keyring",
    "audit.log": "Audit Filter",
    "inbox_rows": "Depth Earlier InboxRow Incoming once_within",
    "journal_rows": "JournalRow Write",
    "queries.waiting": "ListBacklog Waiting",
    "store": "Store",
    "tables.budget": "BudgetLedger",
    "tables.cursors": "Cursors",
    "tables.decisions": "DecisionRow Decisions",
    "tables.inbox": "DONE PARKED READY Inbox",
    "tables.journal": "Journal",
    "tables.mirror": "Mirror MirrorRow",
    "tables.mutes": "Mute Mutes",
    "tables.overrides": "Override Overrides",
}
_MODULES: Final = {name: module for module, names in _NAMES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__} has no attribute {name}")
    return pkgutil.resolve_name(f"{__name__}.{_MODULES[name]}:{name}")
