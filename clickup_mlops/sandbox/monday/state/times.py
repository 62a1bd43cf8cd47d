"""Times as Monday.com writes them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def format_iso(ms: int) -> str:
    """UTC with whole seconds, as times of objects are written."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def format_iso_ms(ms: int) -> str:
    """UTC with milliseconds, as `changed_at` is written."""
    at = datetime.fromtimestamp(ms / 1000, UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{ms % 1000:03d}Z"


def parse_ms(text: str) -> int:
    """Unix milliseconds of an ISO date or time; without a zone it is UTC. Raises ValueError."""
    at = datetime.fromisoformat(text)
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)


def to_local(date: str, time: str, zone: str) -> tuple[str, str]:
    """A UTC date and time in somebody's zone: date and `HH:MM:SS`."""
    at = datetime.fromisoformat(f"{date}T{time}").replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    return f"{at:%Y-%m-%d}", f"{at:%H:%M:%S}"
