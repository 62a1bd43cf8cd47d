"""Dates, spans, times of day, and tracked time."""

from datetime import UTC, datetime
from typing import Any

from clickup_mlops.sandbox.monday.graph.cells.base import Cell
from clickup_mlops.sandbox.monday.state import times


class Date(Cell):
    """date: the raw value is UTC, everything else is in the caller's time zone."""

    GRAPHQL = "DateValue"

    def format_text(self, raw: Any) -> str:
        """Date and time without seconds."""
        day, time = self._local()
        return f"{day} {time[:5]}" if time else day

    def _local(self) -> tuple[str, str]:
        if self.raw is None:
            return "", ""
        if not self.raw.get("time"):
            return self.raw["date"], ""
        return times.to_local(self.raw["date"], self.raw["time"], self.context.user.time_zone)

    @property
    def date(self) -> str:
        """The day in the caller's zone; empty for an empty cell."""
        return self._local()[0]

    @property
    def time(self) -> str:
        """`HH:MM` in the caller's zone; empty if the value has no time."""
        return self._local()[1][:5]

    @property
    def icon(self) -> str:
        """The emoji beside the date."""
        return self.get("icon") or ""


class Timeline(Cell):
    """timeline; one that was cleared keeps only `changed_at`."""

    GRAPHQL = "TimelineValue"

    def format_text(self, raw: Any) -> str:
        """First and last day; empty if the value was cleared."""
        return f"{raw['from']} - {raw['to']}" if raw.get("from") else ""

    @property
    def to(self) -> str | None:
        """The last day, at midnight."""
        day = self.get("to")
        return f"{day}T00:00:00+00:00" if day else None

    @property
    def visualization_type(self) -> str | None:
        """`milestone` if the value is one, else None."""
        return self.get_text("visualization_type")


# `from` is no name in Python.
setattr(
    Timeline,
    "from",
    property(lambda cell: f"{cell.get('from')}T00:00:00+00:00" if cell.get("from") else None),
)


class Week(Cell):
    """week: the first and the last day of a week."""

    GRAPHQL = "WeekValue"

    def format_text(self, raw: Any) -> str:
        """First and last day."""
        return f"{raw['week']['startDate']} - {raw['week']['endDate']}"

    @property
    def start_date(self) -> str | None:
        """The first day of the week, as an ISO date."""
        return None if self.raw is None else self.raw["week"]["startDate"]

    @property
    def end_date(self) -> str | None:
        """The last day of the week, as an ISO date."""
        return None if self.raw is None else self.raw["week"]["endDate"]


class Hour(Cell):
    """hour: a time of day without a zone."""

    GRAPHQL = "HourValue"

    def format_text(self, raw: Any) -> str:
        """The time of day on a clock of 12 hours, such as `02:30 PM`."""
        hour, minute = raw["hour"], raw["minute"]
        return f"{(hour % 12) or 12:02d}:{minute:02d} {'AM' if hour < 12 else 'PM'}"

    @property
    def hour(self) -> int | None:
        """From 0 to 23."""
        return self.get_number("hour")

    @property
    def minute(self) -> int | None:
        """From 0 to 59."""
        return self.get_number("minute")


class TimeTracking(Cell):
    """time_tracking. Entries are shown in `history`, not in the raw value."""

    GRAPHQL = "TimeTrackingValue"

    @property
    def value(self) -> str | None:
        """The raw value as JSON text, without the entries."""
        if self.raw is None:
            return None
        complete = self.raw
        self.raw = {key: part for key, part in complete.items() if key != "entries"}
        try:
            return super().value
        finally:
            self.raw = complete

    def format_text(self, raw: Any) -> str:
        """Hours, minutes and seconds of the entries that have ended."""
        seconds = raw["duration"]
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"

    @property
    def duration(self) -> int | None:
        """Seconds of what has ended."""
        return self.get_number("duration")

    @property
    def running(self) -> bool:
        """Whether the timer runs."""
        return bool(self.get("running") == "true")

    @property
    def started_at(self) -> str | None:
        """When the running timer was started."""
        at = self.get("startDate")
        return None if at is None else times.format_iso(at * 1000)

    @property
    def history(self) -> list[dict[str, Any]]:
        """One entry each time somebody worked."""
        return [
            _build_session(f"{self.item.id}{number}", entry)
            for number, entry in enumerate(self.get("entries") or [], start=1)
        ]


def _build_session(key: str, entry: dict[str, Any]) -> dict[str, Any]:
    start, end, manual = entry["from_ms"], entry.get("to_ms"), bool(entry.get("manual"))
    return {
        "id": key,
        "created_at": times.format_iso(start),
        "updated_at": times.format_iso(end or start),
        "started_at": times.format_iso(start),
        "ended_at": times.format_iso(end) if end else None,
        "started_user_id": str(entry["user"]),
        "ended_user_id": str(entry["user"]) if end else None,
        "status": "active",
        "manually_entered_start_date": manual,
        "manually_entered_start_time": manual,
        "manually_entered_end_date": manual,
        "manually_entered_end_time": manual,
    }


def format_utc(ms: int) -> str:
    """A time as the logs of creation and change show it."""
    return f"{datetime.fromtimestamp(ms / 1000, UTC):%Y-%m-%d %H:%M:%S} UTC"
