"""Days and times as ClickUp keeps them. Pure.

With a time, a date is an instant: the source's values are UTC already.

A day without a time floats. ClickUp has no such thing: it takes the day on which the instant falls
where the token's owner lives, and stores 04:00 of it. No instant is the same day everywhere; 10:00
UTC is, from UTC-10 (Hawaii) to UTC+13 (New Zealand in summer), so only American Samoa and
Niue (UTC-11) and the Line Islands (UTC+14) would see a neighbouring day.
"""

from datetime import UTC, date, datetime, time
from typing import Final

from clickup_mlops.features.migration.columns._model import Loss
from clickup_mlops.json_types import Json

DAY_AT: Final = time(10, tzinfo=UTC)
"""The time that stands for a whole day."""
SHOWN_TIME: Final = "a day without a time: its date field shows 10:00 UTC"
"""A loss: what is set through the API shows a time in a date field."""


def day_ms(day: str) -> int:
    """The instant (Unix ms) that stands for a day such as `2026-06-15`. Raises ValueError."""
    return _ms(datetime.combine(date.fromisoformat(day), DAY_AT))


def instant_ms(day: str, clock: str) -> int:
    """The instant (Unix ms) of a day and a time in UTC, such as `09:00:00`. Raises ValueError."""
    return _ms(datetime.combine(date.fromisoformat(day), time.fromisoformat(clock), UTC))


def format_instant(at_ms: int) -> str:
    """An instant (Unix ms) as people read it: `2026-06-15 09:00 UTC`."""
    moment = datetime.fromtimestamp(at_ms / 1000, UTC)
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment.year >= 1000 else f"{moment.isoformat()}"


def format_instant_exactly(at_ms: int) -> str:
    """As `shown`, with seconds and parts of them where there are any."""
    moment = datetime.fromtimestamp(at_ms / 1000, UTC)
    if not at_ms % 60_000:
        return format_instant(at_ms)
    return f"{moment.isoformat(' ', 'milliseconds' if at_ms % 1000 else 'seconds')[:-6]} UTC"


def day_loss(day: str) -> tuple[Loss, ...]:
    """The loss of a whole day in a date field."""
    return (Loss(SHOWN_TIME, day),)


def read_integer(value: Json) -> int:
    """A whole number. Raises TypeError."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{value!r:.60} is not a whole number")
    return value


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
