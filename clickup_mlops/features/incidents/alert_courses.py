"""The alerts of an incident, from the timeline of its tasks. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from clickup_mlops.store.timeline_rows import Entry

FIRING: Final = "firing"


@dataclass(frozen=True, slots=True)
class AlertCourse:
    """One alert, however often it was reported. Times in Unix ms."""

    key: str
    title: str
    state: str
    """`firing` or `resolved`, as reported last."""
    fired: int
    """How often it began to fire."""
    first_ms: int
    """When it began to fire, as its tool says; else when it was reported first."""
    last_ms: int


def is_alert(entry: Entry) -> bool:
    """Whether the entry is a report of an alert."""
    return entry.kind == "alert"


def key_of(entry: Entry) -> str:
    """What tells alerts apart; the title, if the tool names no key."""
    return str(entry.value.get("key") or entry.text)


def list_firing_reports(entries: Iterable[Entry], at_ms: int) -> list[Entry]:
    """The reports before `at_ms` (Unix ms) of alerts that fired then; `entries` oldest first."""
    last = {key_of(entry): entry for entry in entries if is_alert(entry) and entry.at_ms < at_ms}
    return [entry for entry in last.values() if entry.value.get("state") == FIRING]


def list_courses(entries: Iterable[Entry], states: Mapping[str, str]) -> list[AlertCourse]:
    """Each alert once, in the order in which they fired first. `entries` oldest first; `states`:
    what is known of some of them by key, which may be newer.
    """
    reports: dict[str, list[Entry]] = {}
    for entry in entries:
        if is_alert(entry):
            reports.setdefault(key_of(entry), []).append(entry)
    return [_course(key, entries, states) for key, entries in reports.items()]


def _course(key: str, reports: Sequence[Entry], states: Mapping[str, str]) -> AlertCourse:
    # A report about several tasks has an entry for each: one beginning is counted once.
    begins = {
        entry.value.get("starts") or entry.at_ms
        for entry in reports
        if entry.value.get("state") == FIRING
    }
    return AlertCourse(
        key=key,
        title=reports[-1].text,
        state=states.get(key) or str(reports[-1].value.get("state") or ""),
        fired=len(begins),
        first_ms=min(map(_begin_ms, reports)),
        last_ms=reports[-1].at_ms,
    )


def _begin_ms(report: Entry) -> int:
    """When the alert began; when it was reported, if that is unknown or was later."""
    return min([report.at_ms, *parse_times([report.value.get("starts")])])


def parse_times(texts: Iterable[object]) -> Iterator[int]:
    """Those that are times with a zone, in Unix ms."""
    for text in filter(None, texts):
        try:
            moment = datetime.fromisoformat(str(text))
        except ValueError:
            continue
        if moment.tzinfo is not None:
            yield round(moment.timestamp() * 1000)
