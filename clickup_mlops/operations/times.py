"""Times as people write and read them: `7d` ago, or a date."""

import re
from datetime import UTC, datetime
from typing import Final

from clickup_mlops.errors import InputError

_AGO: Final = re.compile(r"(\d{1,6})\s*([mhdw])")
_UNITS: Final = {"m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 7 * 86_400_000}
EXAMPLES: Final = "2h, 7d, 2026-11-26 or 2026-11-26T08:30 (UTC)"


def moment(option: str, text: str | None, now_ms: int) -> int | None:
    """Unix milliseconds; None for no text. `option` is named if it cannot be read.

    Raises:
        InputError: it is neither a time ago nor a date.
    """
    if text is None:
        return None
    ago = _AGO.fullmatch(text.strip())
    if ago:
        return max(0, now_ms - int(ago[1]) * _UNITS[ago[2]])
    try:
        parsed_time = datetime.fromisoformat(text.strip())
    except ValueError as problem:
        raise InputError(f"{option} {text}: not a time", hint=EXAMPLES) from problem
    aware = parsed_time if parsed_time.tzinfo else parsed_time.replace(tzinfo=UTC)
    return max(0, int(aware.timestamp() * 1000))


def when(ms: int | None) -> str:
    """A time in Unix milliseconds as ISO 8601 in UTC; "" for None."""
    return "" if ms is None else datetime.fromtimestamp(ms / 1000, UTC).isoformat(" ", "seconds")
