"""What happened on a task before that is like an event, so that conditions can count it. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from clickup_mlops.automations.occurrence import change_of
from clickup_mlops.clickup.model import Event, HistoryItem


@dataclass(frozen=True, slots=True)
class Happened:
    """One change or report, and when (Unix ms); a report has no values."""

    at_ms: int
    item: HistoryItem | None = None


Timed = tuple[Event, int]
"""An event and when it came (Unix ms), which counts where it does not say when it happened."""


def alike(event: Event, earlier: Iterable[Timed], now_ms: int) -> list[Happened]:
    """The event itself and what was like it before, newest first: changes of the same field, or
    reports of the same kind. Each once, however many events reported it.

    What happened later is left out: handled late, an event counts what it would have counted.
    """
    earlier = [*earlier]
    came_ms = next((at_ms for entry, at_ms in earlier if entry.key == event.key), now_ms)
    field = event.items[0].field if event.items else None
    happened_now = dict(_happened(event, came_ms, field))
    end_ms = max(entry.at_ms for entry in happened_now.values())
    by_key = dict(happened_now)
    for entry, at_ms in earlier:
        if field is not None or entry.kind == event.kind:
            by_key |= {
                key: occurrence
                for key, occurrence in _happened(entry, at_ms, field)
                if occurrence.at_ms <= end_ms
            }
    return sorted(by_key.values(), key=lambda entry: -entry.at_ms)


def _happened(event: Event, came_ms: int, field: str | None) -> Iterator[tuple[str, Happened]]:
    if field is None:
        yield event.key, Happened(came_ms)
    for item in event.items:
        if item.field == field:
            key = change_of(event, item) or f"{item.id}:{event.kind}"
            yield key, Happened(item.date_ms or came_ms, item)
