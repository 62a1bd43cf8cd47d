"""`datetime` and ClickUp's Unix milliseconds. Pure."""

from datetime import UTC, date, datetime, time, timedelta

from clickup_mlops.errors import InputError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_ms(moment: datetime | date) -> int:
    """Unix milliseconds. A date without a time is its noon in UTC: the same day almost everywhere.

    Raises:
        InputError: a `datetime` without a time zone.
    """
    if not isinstance(moment, datetime):
        return to_ms(datetime.combine(moment, time(12), UTC))
    if moment.tzinfo is None:
        raise InputError(
            f"{moment:%Y-%m-%d %H:%M} has no time zone",
            hint="Give one: datetime(2026, 12, 24, 18, tzinfo=UTC).",
        )
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def to_datetime(at_ms: int | None) -> datetime | None:
    """The time in UTC; None stays None."""
    return None if at_ms is None else _EPOCH + timedelta(milliseconds=at_ms)
