"""Durations as options: `30m`, `12h`, `90d`, `4w`."""

import re
from typing import Final

from clickup_mlops.errors import InputError

_UNITS: Final = {"m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 7 * 86_400_000}
_DURATION: Final = re.compile(r"([1-9]\d{0,5})\s*([mhdw])")
_LONGEST_MS: Final = 5 * 366 * 86_400_000


def parse(option: str, text: str) -> int:
    """Milliseconds.

    Raises:
        InputError: it is no duration, or longer than five years.
    """
    match = _DURATION.fullmatch(text.strip())
    lasts_ms = int(match[1]) * _UNITS[match[2]] if match else 0
    if not 0 < lasts_ms <= _LONGEST_MS:
        raise InputError(
            f"{option} {text}: not a duration of at most five years",
            hint="Such as 30m, 12h, 90d or 4w.",
        )
    return lasts_ms
