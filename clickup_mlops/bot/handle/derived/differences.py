"""What differs between a task as it was last known and as it is now, and neither an event nor a
write of the bot explains. Pure.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from clickup_mlops.bot.handle.derived.states import State, is_same_value, is_visible
from clickup_mlops.clickup.webhook import SLACK_MS
from clickup_mlops.store.tables.journal import WRITE_SLACK_MS

Source = Literal["known", "event", "write"]


@dataclass(frozen=True, slots=True)
class LastState:
    """A task's state. It had last changed at `updated_ms` (ClickUp's clock), and was read at the
    latest at `read_ms` (the bot's). `at_ms`: when reading it began.
    """

    state: State
    updated_ms: int
    read_ms: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class Report:
    """A kind of change got this value some time between `begin_ms` and `end_ms` (Unix ms)."""

    kind: str
    value: Any
    begin_ms: int
    end_ms: int
    source: Source


@dataclass(frozen=True, slots=True)
class Difference:
    """A change of a task that nothing explains: the value that was expected, and the one it has."""

    kind: str
    before: Any
    after: Any


def differences(last_state: LastState, now: State, reports: Iterable[Report]) -> list[Difference]:
    """In the order of the kinds. `reports`: what events and writes say since the task was known."""
    by_kind: dict[str, list[Report]] = {}
    for report in reports:
        by_kind.setdefault(report.kind, []).append(report)
    kinds = sorted({*last_state.state, *now, *filter(is_visible, by_kind)})
    candidates = (_difference(kind, last_state, now, by_kind.get(kind, ())) for kind in kinds)
    return [difference for difference in candidates if difference is not None]


def _difference(
    kind: str, last_state: LastState, now: State, reports: Sequence[Report]
) -> Difference | None:
    before, after = last_state.state.get(kind), now.get(kind)
    if not reports:
        return None if is_same_value(kind, before, after) else Difference(kind, before, after)
    first = Report(kind, before, last_state.updated_ms, last_state.read_ms, "known")
    all_reports = [first, *_without_echoes(reports)]
    last = max(reversed(all_reports), key=lambda report: report.end_ms)
    possible = (report.value for report in all_reports if _may_be_last(report, last))
    if any(is_same_value(kind, value, after) for value in possible):
        return None
    return Difference(kind, last.value, after)


def _without_echoes(reports: Sequence[Report]) -> Iterator[Report]:
    """The bot knows best when it wrote something: the event about it has another clock's time."""
    writes = [report for report in reports if report.source == "write"]
    for report in reports:
        if report.source == "write" or not any(_is_echo(report, write) for write in writes):
            yield report


def _is_echo(report: Report, write: Report) -> bool:
    near = write.begin_ms - WRITE_SLACK_MS <= report.end_ms <= write.end_ms + WRITE_SLACK_MS
    return near and is_same_value(report.kind, report.value, write.value)


def _may_be_last(report: Report, last: Report) -> bool:
    """Whether it may have come after what seems to be the last one."""
    if report is last:
        return True
    sources = {report.source, last.source}
    if "event" not in sources:  # by one clock
        return report.end_ms > last.begin_ms
    if "write" in sources:
        return report.end_ms + WRITE_SLACK_MS >= last.begin_ms
    # A task says by ClickUp's clock, too, how old it is.
    at_ms = report.begin_ms if report.source == "known" else report.end_ms
    return at_ms + SLACK_MS >= last.begin_ms
