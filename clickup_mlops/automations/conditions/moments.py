"""Times as conditions read them. Pure."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_MS, _LAST_MS = (
    (day - _EPOCH) // timedelta(milliseconds=1)
    for day in (datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC))
)


def moment(at_ms: int | None) -> datetime:
    """Milliseconds as CEL's timestamp; the beginning of 1970 stands for "none". What is beyond the
    years 1900 to 2199, as a due date in the year 10000, is the first or last moment of these: CEL
    cannot tell how far apart two timestamps are if it is more than 292 years.
    """
    return _EPOCH + timedelta(milliseconds=max(_FIRST_MS, min(at_ms or 0, _LAST_MS)))
