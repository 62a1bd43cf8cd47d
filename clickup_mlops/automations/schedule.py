"""When automations run: cron schedules, and quiet hours in which some wait."""

import re
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator

from clickup_mlops.config import Table

Day = Literal["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]
DAYS: Final[tuple[Day, ...]] = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_SUNDAY_FIRST: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NUMBER: Final = re.compile(r"(?<![/\d])[0-7](?!\d)")


def zone(name: str) -> ZoneInfo:
    """The time zone.

    Raises:
        ValueError: there is none of that name.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f'no time zone is called "{name}"; for example: Europe/Madrid') from None


class ScheduleTable(Table):
    """When an automation runs by the clock."""

    cron: str
    """Minute, hour, day of the month, month, day of the week: `0 9 * * MON`."""
    zone: str = "UTC"
    """Time zone of it, for example `Europe/Madrid`."""

    @model_validator(mode="after")
    def _right(self) -> "ScheduleTable":
        self.trigger()
        return self

    def trigger(self) -> Any:
        """For the scheduler. Days of the week as numbers count from Sunday, as cron has them."""
        from apscheduler.triggers.cron import CronTrigger

        *rest, day = self.cron.split() or [""]
        names = _NUMBER.sub(lambda found: _SUNDAY_FIRST[int(found[0])], day)
        return CronTrigger.from_crontab(" ".join([*rest, names]), timezone=zone(self.zone))

    def next_ms(self, after_ms: int) -> int | None:
        """The first time after this one (Unix ms); None: never again."""
        after = datetime.fromtimestamp(after_ms / 1000, UTC) + timedelta(milliseconds=1)
        found = self.trigger().get_next_fire_time(None, after)
        return None if found is None else round(found.timestamp() * 1000)


class QuietTable(Table):
    """Hours in which automations with `quiet = true` wait; they act when the hours end."""

    from_: time | None = Field(None, alias="from")
    """When they begin, such as `22:00:00`. Unset: there are none."""
    to: time = time(7)
    """When they end. Earlier than `from`: on the next day."""
    days: tuple[Day, ...] = DAYS
    """Days on which they begin."""
    zone: str = "UTC"
    """Time zone of it, for example `Europe/Madrid`."""

    @field_validator("zone")
    @classmethod
    def _known(cls, name: str) -> str:
        zone(name)
        return name

    def ends_ms(self, now_ms: int) -> int | None:
        """When the quiet hours end that hold now (Unix ms); None: they do not hold."""
        if self.from_ is None:
            return None
        now = datetime.fromtimestamp(now_ms / 1000, zone(self.zone))
        for begins in (now - timedelta(days=1), now):
            start, end = self._window(begins, self.from_)
            if start <= now < end and DAYS[start.weekday()] in self.days:
                return round(end.timestamp() * 1000)
        return None

    def _window(self, day: datetime, begin: time) -> tuple[datetime, datetime]:
        last = day.date() + timedelta(days=int(self.to <= begin))
        where = zone(self.zone)
        return (
            datetime.combine(day.date(), begin, where),
            datetime.combine(last, self.to, where),
        )
