"""Times as Monday.com writes them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def iso(ms: int) -> str:
    """Of objects: UTC, whole seconds."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def iso_ms(ms: int) -> str:
    """Of `changed_at`: UTC with milliseconds."""
    at = datetime.fromtimestamp(ms / 1000, UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{ms % 1000:03d}Z"


def parse(text: str) -> int:
    """Unix milliseconds of an ISO date or time; without a zone it is UTC. Raises ValueError."""
    at = datetime.fromisoformat(text)
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)


def local(date: str, time: str, zone: str) -> tuple[str, str]:
    """A UTC date and time in somebody's zone: date and `HH:MM:SS`."""
    at = datetime.fromisoformat(f"{date}T{time}").replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    return f"{at:%Y-%m-%d}", f"{at:%H:%M:%S}"
