"""`[reports.<name>]`: which reports are sent, when, and to where."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Final

from pydantic import Field, PlainValidator

from clickup_mlops import registry
from clickup_mlops.automations.schedule import DAYS, Day, ZoneName, zone
from clickup_mlops.config import Table, parse_table_of_kind
from clickup_mlops.features.reports.delivery.model import TargetTable, TargetType
from clickup_mlops.ports.sections.model import Every

NAME: Final = r"^[a-z0-9_-]+$"


def kinds() -> dict[str, TargetType[Any]]:
    """Each kind of target by its name, which is that of its module."""
    from clickup_mlops.features.reports.delivery import targets

    return registry.find(targets, "TARGET")


def _target(table: Any) -> TargetTable:
    models: dict[str, type[TargetTable]] = {
        name: target.options for name, target in kinds().items()
    }
    return parse_table_of_kind(table, models, "target")


class ReportSettings(Table):
    """A report that is sent by the clock, about the last period that is over, or about each
    milestone or incident that has ended.
    """

    every: Every = "weekly"
    """`daily`, `weekly` or `monthly`: how long the period is, and how often it is sent.
    `milestone`: when a milestone is closed. `incident`: when an incident is over."""
    after: timedelta = Field(default=timedelta(hours=1), ge=timedelta(0))
    """How long after its end a milestone or incident is reported. One that begins again in the
    meantime is reported once, after its last end."""
    at: time = time(8)
    """When on that day, in its `zone`. `milestone` and `incident` have no time of day."""
    weekday: Day = "MON"
    """Day on which a weekly report is sent, about the last week from Monday to Sunday."""
    day: int = Field(default=1, ge=1, le=28)
    """Day of the month on which a monthly report is sent, about the month before."""
    zone: ZoneName = "UTC"
    """Time zone of its periods and of `at`. Unset: `jobs.time_zone`."""
    sections: tuple[str, ...] = ()
    """Only these sections, by key: `clickup-mlops report list`. Empty: all."""
    cap: int = Field(default=30, ge=1)
    """Most pages in one hour, and likewise most messages and comments."""
    targets: dict[
        Annotated[str, Field(pattern=NAME)], Annotated[TargetTable, PlainValidator(_target)]
    ] = Field({})
    """Where it goes: `[reports.<name>.targets.<target>]` with `kind` and the keys of that kind."""

    def next_ms(self, after_ms: int) -> int:
        """The first time after this one (Unix ms) at which it is sent.

        A time that the clocks skip is the moment an hour later; one that they repeat is the first.
        """
        where = zone(self.zone)
        day = datetime.fromtimestamp(after_ms / 1000, UTC).astimezone(where).date()
        while True:
            at_ms = int(datetime.combine(day, self.at, where).timestamp()) * 1000
            if self._is_due_on(day) and at_ms > after_ms:
                return at_ms
            day += timedelta(days=1)

    def _is_due_on(self, day: date) -> bool:
        if self.every == "weekly":
            return DAYS[day.weekday()] == self.weekday
        return self.every == "daily" or day.day == self.day
