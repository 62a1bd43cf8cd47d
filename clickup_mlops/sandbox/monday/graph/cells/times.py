"""Dates, spans, times of day, and tracked time."""

from datetime import UTC, datetime

from clickup_mlops.sandbox.monday.graph.cells.base import Cell
from clickup_mlops.sandbox.monday.state import times
from clickup_mlops.sandbox.monday.state.model import Json


class Date(Cell):
    """date: the raw value is UTC, everything else is in the caller's time zone."""

    GRAPHQL = "DateValue"

    def shown(self, raw: Json) -> str:
        """Date and time without seconds."""
        day, time = self._local()
        return f"{day} {time[:5]}" if time else day

    def _local(self) -> tuple[str, str]:
        if self.raw is None:
            return "", ""
        if not self.raw.get("time"):
            return self.raw["date"], ""
        return times.local(self.raw["date"], self.raw["time"], self.context.user.time_zone)

    @property
    def date(self) -> str:
        """The day."""
        return self._local()[0]

    @property
    def time(self) -> str:
        """The time, or empty."""
        return self._local()[1][:5]

    @property
    def icon(self) -> str:
        """A picture beside it."""
        return self.get("icon") or ""


class Timeline(Cell):
    """timeline; one that was cleared keeps only `changed_at`."""

    GRAPHQL = "TimelineValue"

    def shown(self, raw: Json) -> str:
        """First and last day."""
        return f"{raw['from']} - {raw['to']}" if raw.get("from") else ""

    @property
    def to(self) -> str | None:
        """The last day, at midnight."""
        day = self.get("to")
        return f"{day}T00:00:00+00:00" if day else None

    @property
    def visualization_type(self) -> str | None:
        """`milestone`."""
        found: str | None = self.get("visualization_type")
        return found


# `from` is no name in Python.
setattr(
    Timeline,
    "from",
    property(lambda cell: f"{cell.get('from')}T00:00:00+00:00" if cell.get("from") else None),
)


class Week(Cell):
    """week."""

    GRAPHQL = "WeekValue"

    def shown(self, raw: Json) -> str:
        """First and last day."""
        return f"{raw['week']['startDate']} - {raw['week']['endDate']}"

    @property
    def start_date(self) -> str | None:
        """The first day."""
        return None if self.raw is None else self.raw["week"]["startDate"]

    @property
    def end_date(self) -> str | None:
        """The last day."""
        return None if self.raw is None else self.raw["week"]["endDate"]


class Hour(Cell):
    """hour."""

    GRAPHQL = "HourValue"

    def shown(self, raw: Json) -> str:
        """With AM or PM."""
        hour, minute = raw["hour"], raw["minute"]
        return f"{(hour % 12) or 12:02d}:{minute:02d} {'AM' if hour < 12 else 'PM'}"

    @property
    def hour(self) -> int | None:
        """From 0 to 23."""
        found: int | None = self.get("hour")
        return found

    @property
    def minute(self) -> int | None:
        """From 0 to 59."""
        found: int | None = self.get("minute")
        return found


class TimeTracking(Cell):
    """time_tracking. Entries are shown in `history`, not in the raw value."""

    GRAPHQL = "TimeTrackingValue"

    @property
    def value(self) -> str | None:
        """Without the entries."""
        if self.raw is None:
            return None
        whole = self.raw
        self.raw = {key: one for key, one in whole.items() if key != "entries"}
        try:
            return super().value
        finally:
            self.raw = whole

    def shown(self, raw: Json) -> str:
        """Hours, minutes, seconds."""
        seconds = raw["duration"]
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"

    @property
    def duration(self) -> int | None:
        """Seconds of what has ended."""
        found: int | None = self.get("duration")
        return found

    @property
    def running(self) -> bool:
        """Whether the timer runs."""
        return bool(self.get("running") == "true")

    @property
    def started_at(self) -> str | None:
        """When the running timer was started."""
        at = self.get("startDate")
        return None if at is None else times.iso(at * 1000)

    @property
    def history(self) -> list[dict[str, Json]]:
        """One entry each time somebody worked."""
        return [
            _session(f"{self.item.id}{number}", one)
            for number, one in enumerate(self.get("entries") or [], start=1)
        ]


def _session(key: str, entry: dict[str, Json]) -> dict[str, Json]:
    start, end, manual = entry["from_ms"], entry.get("to_ms"), bool(entry.get("manual"))
    return {
        "id": key,
        "created_at": times.iso(start),
        "updated_at": times.iso(end or start),
        "started_at": times.iso(start),
        "ended_at": times.iso(end) if end else None,
        "started_user_id": str(entry["user"]),
        "ended_user_id": str(entry["user"]) if end else None,
        "status": "active",
        "manually_entered_start_date": manual,
        "manually_entered_start_time": manual,
        "manually_entered_end_date": manual,
        "manually_entered_end_time": manual,
    }


def utc(ms: int) -> str:
    """As logs of creation and change show it."""
    return f"{datetime.fromtimestamp(ms / 1000, UTC):%Y-%m-%d %H:%M:%S} UTC"
