"""What must be remembered, on SQLite or PostgreSQL with one schema.

`Store.open("sqlite:///bot.db")` gives the inbox, the mirror, the journal and the rest.
"""

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
