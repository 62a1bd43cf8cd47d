"""The period before a change, and the one since. Pure."""

from datetime import UTC, datetime
from typing import Final

from clickup_mlops.errors import InputError
from clickup_mlops.ports.sections.model import Period

DAY_MS: Final = 86_400_000


def around(since: str, days: int, now_ms: int) -> tuple[Period, Period]:
    """So many days before the day (UTC), and from then until now.

    Raises:
        InputError: it is no day such as 2026-06-01, or not over yet.
    """
    at_ms = parse_day(since)
    if at_ms + DAY_MS > now_ms:
        raise InputError(f"{since} is not over yet", hint="Give the day of a change in the past.")
    first = datetime.fromtimestamp(at_ms / 1000 - days * 86_400, UTC).date().isoformat()
    before = Period("range", f"{first} until {since}", at_ms - days * DAY_MS, at_ms)
    return before, Period("range", f"since {since}", at_ms, now_ms)


def parse_day(day: str) -> int:
    """When it begins in UTC (Unix ms). Raises InputError."""
    try:
        return int(datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC).timestamp() * 1000)
    except ValueError:
        raise InputError(f"{day!r} is no day", hint="For example 2026-06-01.") from None
