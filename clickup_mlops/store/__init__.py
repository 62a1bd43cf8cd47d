"""What must be remembered, on SQLite or PostgreSQL with one schema.

`Store.open("sqlite:///bot.db")` gives the inbox, the mirror, the journal and the rest.
"""

from clickup_mlops.store.audit import Audit, Filter
from clickup_mlops.store.budget import BudgetLedger
from clickup_mlops.store.chain import Anchor, Entry, Keyring
from clickup_mlops.store.facade import Store
from clickup_mlops.store.inbox import DONE, PARKED, READY, Depth, Earlier, Inbox, InboxRow, Incoming
from clickup_mlops.store.journal import Journal, JournalRow, Write
from clickup_mlops.store.memory import Cursors, DecisionRow, Decisions, Override, Overrides
from clickup_mlops.store.mirror import Mirror, MirrorRow
from clickup_mlops.store.mutes import Mute, Mutes
from clickup_mlops.store.provisions import Provisions, Remembered, Run, StepRow
from clickup_mlops.store.waiting import Backlog, Waiting

__all__ = [
    "DONE",
    "PARKED",
    "READY",
    "Anchor",
    "Audit",
    "Backlog",
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
    "Mirror",
    "MirrorRow",
    "Mute",
    "Mutes",
    "Override",
    "Overrides",
    "Provisions",
    "Remembered",
    "Run",
    "StepRow",
    "Store",
    "Waiting",
    "Write",
]
