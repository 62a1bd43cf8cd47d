"""Audit: find changes, export them, verify that the record is intact."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from clickup_mlops.errors import InputError
from clickup_mlops.store import Anchor, Entry, Filter, Store
from clickup_mlops.store.audit.chain import Keyring, Verdict, check
from clickup_mlops.store.audit.log import newest_cut
from clickup_mlops.store.journal_rows import DONE
from clickup_mlops.store.tables.journal import UNDO


def change(store: Store, number: int) -> Entry:
    """One change. Raises InputError: there is none of this number."""
    entry = store.audit.get(number)
    if entry is None:
        raise InputError(f"There is no change {number}", hint="`clickup-mlops audit list`")
    return entry


def undone_by(store: Store, entries: Sequence[Entry]) -> dict[int, int]:
    """Numbers of those that are undone now, each with the number of the undo. An undo that was
    undone itself counts for nothing.
    """
    levels = [{entry.seq for entry in entries}]
    undos: dict[int, int] = {}
    while levels[-1]:
        causes = [f"{UNDO}{seq}" for seq in sorted(levels[-1])]
        undo_entries = [e for e in store.audit.directly_caused_by(causes) if e.outcome == DONE]
        undos |= {int(entry.cause.removeprefix(UNDO)): entry.seq for entry in undo_entries}
        levels.append({entry.seq for entry in undo_entries} - undos.keys())
    return {seq: by for seq, by in undos.items() if seq in levels[0] and _holds(by, undos)}


def _holds(undo: int, undos: Mapping[int, int]) -> bool:
    return undo not in undos or not _holds(undos[undo], undos)


def export(store: Store, criteria: Filter) -> Iterator[str]:
    """A line of JSON for each change, oldest first."""
    for entry in store.audit.select(criteria):
        yield json.dumps(entry.as_dict(), ensure_ascii=False)


def verify_export(file: Path, keys: Keyring, anchors: Sequence[Anchor] = ()) -> Verdict:
    """Verify an export without filters. Raises InputError: it is not one."""
    entries = list(_read(file))
    return check(entries, keys, cut=newest_cut(entries), anchors=anchors)


def anchor(text: str) -> Anchor:
    """`NUMBER:HASH` as a value. Raises InputError: it is not that."""
    try:
        return Anchor.parse(text)
    except ValueError as problem:
        raise InputError(str(problem), hint="`clickup-mlops audit verify` prints one.") from problem


def anchors_in(file: Path | None) -> list[str]:
    """The anchors of a file; none if there is no file yet."""
    if file is None or not file.is_file():
        return []
    return file.read_text(encoding="utf-8").split()


def _read(exported: Path) -> Iterator[Entry]:
    with exported.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                yield Entry.from_dict(json.loads(line))
            except (ValueError, KeyError, TypeError) as problem:
                raise InputError(
                    f"{exported}, line {number}: not a line of `audit export`: {problem}"
                ) from problem
