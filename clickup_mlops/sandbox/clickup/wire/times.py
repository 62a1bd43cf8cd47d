"""Times as ISO 8601 text, which only v3 answers use."""

from datetime import UTC, datetime


def format_iso(at_ms: int) -> str:
    """Unix milliseconds as ISO 8601, UTC."""
    moment = datetime.fromtimestamp(at_ms / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
