"""Time tracking: who worked on an item, from when to when."""

from datetime import timedelta
from typing import Any, Final

from clickup_mlops.features.migration.columns import _dates
from clickup_mlops.features.migration.columns._build import column_type
from clickup_mlops.features.migration.columns._model import Choice, Converted, Lookup, Loss, Target
from clickup_mlops.features.migration.columns._samples import sample
from clickup_mlops.features.migration.columns._text import paragraphs
from clickup_mlops.features.migration.records import Cell, Column
from clickup_mlops.features.migration.steps import AddTime
from clickup_mlops.json_types import Json

NO_ACCOUNT: Final = "time of a person without a ClickUp account: the entry's note has the name"
RUNNING: Final = "a running timer: the time since it was started"
NO_ENTRY: Final = "time without an entry that says when: kept in the description"
NO_LENGTH: Final = "an entry without a length"


def _words(cell: Cell, _column: Column, lookup: Lookup) -> str:
    value = cell.value
    total = _length(1000 * (value.get("seconds") or 0))
    entries = "; ".join(_entry(entry, lookup) for entry in value.get("entries") or ())
    running = ", running" if value.get("running") else ""
    return f"{total}{running} ({entries})" if entries else f"{total}{running}"


def _convert(cell: Cell, column: Column, _choice: Choice, lookup: Lookup) -> Converted:
    entries = cell.value.get("entries") or ()
    finished = [entry for entry in entries if _duration(entry) > 0]
    unexplained_ms = _unexplained_ms(cell.value, finished)
    return Converted(
        deferred=tuple(_step(entry, lookup) for entry in finished),
        lines=paragraphs(column, _length(unexplained_ms)) if unexplained_ms else (),
        losses=(
            *(
                Loss(NO_ACCOUNT, _person_name(entry, lookup))
                for entry in finished
                if _is_strange(entry, lookup)
            ),
            *(
                Loss(_missing(entry), _entry(entry, lookup))
                for entry in entries
                if entry not in finished
            ),
            *((Loss(NO_ENTRY, _length(unexplained_ms)),) if unexplained_ms else ()),
            *((Loss(RUNNING, _words(cell, column, lookup)),) if _only_runs(cell.value) else ()),
        ),
    )


def _step(entry: Any, lookup: Lookup) -> AddTime:
    user = lookup.person(str(entry.get("person") or ""))
    notes = [_person_name(entry, lookup)] if user is None and entry.get("person") else []
    notes += ["entered by hand"] if entry.get("manual") else []
    notes += [str(entry["text"])] if entry.get("text") else []
    return AddTime("", entry["from_ms"], _duration(entry), user, ", ".join(notes))


def _unexplained_ms(value: Any, entries: list[Any]) -> int:
    """Milliseconds of the total that no entry explains."""
    # Entries have fractions of seconds, the total has none.
    unexplained_ms = 1000 * (value.get("seconds") or 0) - sum(map(_duration, entries))
    return unexplained_ms if unexplained_ms >= 1000 else 0


def _only_runs(value: Any) -> bool:
    entries = value.get("entries") or ()
    return bool(value.get("running")) and all(entry.get("to_ms") is not None for entry in entries)


def _is_strange(entry: Any, lookup: Lookup) -> bool:
    person = str(entry.get("person") or "")
    return bool(person) and lookup.person(person) is None


def _missing(entry: Any) -> str:
    return RUNNING if entry.get("to_ms") is None else NO_LENGTH


def _duration(entry: Any) -> int:
    start, end = entry.get("from_ms"), entry.get("to_ms")
    return 0 if start is None or end is None else end - start


def _person_name(entry: Any, lookup: Lookup) -> str:
    return lookup.name(str(entry["person"]))


def _entry(entry: Any, lookup: Lookup) -> str:
    start, end = entry.get("from_ms"), entry.get("to_ms")
    parts = (
        _dates.format_instant_exactly(start) if start is not None else "?",
        f"to {_dates.format_instant_exactly(end)}" if end is not None else "to ?",
        _person_name(entry, lookup) if entry.get("person") else "",
        "entered by hand" if entry.get("manual") else "",
    )
    return " ".join(filter(None, parts))


def _length(duration_ms: int) -> str:
    return str(timedelta(milliseconds=duration_ms))


_COLUMN: Final = Column("time", "Time", "time_tracking")
_HOUR: Final[dict[str, Json]] = {
    "from_ms": 1780304400000,
    "to_ms": 1780308000000,
    "person": "1",
    "manual": False,
}

COLUMN = column_type(
    "Time entries. Those of other people need a token of an administrator.",
    (Target("time"),),
    _words,
    slots={"time": _convert},
    losses=(NO_ACCOUNT, RUNNING, NO_ENTRY, NO_LENGTH),
    samples=(
        sample(
            _COLUMN,
            {"seconds": 3600, "running": False, "entries": [_HOUR]},
            "time",
            Converted(deferred=(AddTime("", 1780304400000, 3600000, 101),)),
        ),
        sample(
            _COLUMN,
            {"seconds": 90, "running": False, "entries": []},
            "time",
            Converted(lines=("**Time:** 0:01:30",), losses=(Loss(NO_ENTRY, "0:01:30"),)),
        ),
    ),
)
