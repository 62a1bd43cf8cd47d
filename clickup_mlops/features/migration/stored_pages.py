"""Pages of a reading that has not ended: the next one goes on after them.

A source that has more pages than a day's calls is read over several days: what was read before is
answered from here. When the reading has ended, its pages are deleted.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from clickup_mlops.features.migration.source import Resumes, Source
from clickup_mlops.features.migration.tables.migration_records import MigrationRecords, StagedRecord

DAY_MS: Final = 86_400_000
OLDEST_MS: Final = 7 * DAY_MS
"""Pages that are older are read again: too much has changed since."""
_PAGE, _START = "page", "start"


def stored_as(name: str) -> str:
    """Under which name the pages of a migration's reading are stored."""
    return f"{name} (pages)"


class StoredPages:
    """The pages of one reading. `replayed` counts those that were answered from here."""

    def __init__(self, records: MigrationRecords, name: str) -> None:
        self._records, self._name = records, stored_as(name)
        self.replayed = 0

    def begin(self, now_ms: int, *, anew: bool = False) -> int:
        """When the reading began that goes on now (Unix ms); `anew`: none goes on."""
        start = self._records.get(self._name, _START, _START)
        if start is not None and not anew and now_ms - start.position <= OLDEST_MS:
            return start.position
        self.clear()
        self._put(_START, _START, "", now_ms, b"")
        return now_ms

    def get(self, key: str) -> bytes | None:
        """The answer; None: it has not been read."""
        page = self._records.get(self._name, _PAGE, key)
        self.replayed += page is not None
        return page.body if page else None

    def put(self, place: str, key: str, answer: bytes) -> None:
        """Store an answer of a place, such as a board."""
        self._put(_PAGE, key, place, 0, answer)

    def forget(self, place: str) -> bool:
        """Delete the answers of a place; whether there were any."""
        return self._records.forget(self._name, place) > 0

    def clear(self) -> None:
        """Delete all of them."""
        self._records.forget(self._name)

    def _put(self, kind: str, key: str, place: str, position: int, body: bytes) -> None:
        self._records.put(self._name, [StagedRecord(kind, key, place, position, 0, "", body)])


@contextmanager
def resuming(
    source: Source, pages: StoredPages, now_ms: int, *, anew: bool = False
) -> Iterator[int]:
    """Have the source answer from the pages, and store there what it reads. They are deleted if
    the block ends without an error. Gives the time at which the reading began (Unix ms).
    """
    if not isinstance(source, Resumes):
        yield now_ms
        return
    began_ms = pages.begin(now_ms, anew=anew)
    source.resume(pages)
    try:
        yield began_ms
        pages.clear()
    finally:
        source.resume(None)
