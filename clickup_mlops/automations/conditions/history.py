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


def alike(event: Event, others: Iterable[Timed], now_ms: int) -> list[Happened]:
    """The event itself and what was like it before, newest first: changes of the same field, or
    reports of the same kind. Each once, however many events reported it.

    What happened later is left out: handled late, an event counts what it would have counted.
    """
    others = [*others]
    came = next((at_ms for one, at_ms in others if one.key == event.key), now_ms)
    field = event.items[0].field if event.items else None
    own = dict(_happened(event, came, field))
    end_ms = max(one.at_ms for one in own.values())
    found = dict(own)
    for one, at_ms in others:
        if field is not None or one.kind == event.kind:
            found |= {key: it for key, it in _happened(one, at_ms, field) if it.at_ms <= end_ms}
    return sorted(found.values(), key=lambda one: -one.at_ms)


def _happened(event: Event, came_ms: int, field: str | None) -> Iterator[tuple[str, Happened]]:
    if field is None:
        yield event.key, Happened(came_ms)
    for item in event.items:
        if item.field == field:
            key = change_of(event, item) or f"{item.id}:{event.kind}"
            yield key, Happened(item.date_ms or came_ms, item)
