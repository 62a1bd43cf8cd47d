"""Keeps the records that a run has moved, before the source is read again.

Reading a source replaces what was read before. To know later which field of an item has changed,
the record as it was at the run is needed: it is copied aside, for as long as the journal says that
it is the one that was moved.
"""

from typing import Final

from clickup_mlops.features.migration.batches import batches
from clickup_mlops.features.migration.journal import Journal
from clickup_mlops.features.migration.mapping.model import Mapping
from clickup_mlops.features.migration.tables.migration_records import MigrationRecords, StagedRecord
from clickup_mlops.features.migration.tables.migration_steps import DONE

STEPS: Final = {"item": "task", "update": "comment"}
"""Kinds of records that can change -> the kinds of their steps."""
_BATCH: Final = 500


def kept_as(name: str) -> str:
    """Under which name a migration's records are kept aside."""
    return f"{name} (as moved)"


class Snapshot:
    """The records of a migration as they were moved."""

    def __init__(self, records: MigrationRecords, name: str) -> None:
        self._records, self._name = records, name
        self._kept = kept_as(name)

    def keep(self, mapping: Mapping, journal: Journal) -> None:
        """Copy what was read and moved; call it before the source is read again."""
        for kind in STEPS:
            for board_id in mapping.boards:
                rows = self._records.of(self._name, kind, board_id)
                moved = (row for row in rows if _is_moved(row, journal))
                for batch in batches(moved, _BATCH):
                    self._records.put(self._kept, batch)

    def get(self, kind: str, record_id: str, source_hash: str) -> StagedRecord | None:
        """The record with this hash; None: it was not kept."""
        for name in (self._kept, self._name):
            record = self._records.get(name, kind, record_id)
            if record is not None and record.hash == source_hash:
                return record
        return None


def _is_moved(row: StagedRecord, journal: Journal) -> bool:
    step = journal.get(f"{STEPS[row.kind]}:{row.id}")
    return step is not None and step.state == DONE and step.source_hash == row.hash
