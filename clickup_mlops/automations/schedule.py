"""When automations run: cron schedules, and quiet hours in which some wait."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, model_validator

from clickup_mlops.config import Table

Day = Literal["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]
DAYS: Final[tuple[Day, ...]] = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_SUNDAY_FIRST: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_S: Final = 86_400
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


def _check_zone(name: str) -> str:
    zone(name)
    return name


ZoneName = Annotated[str, AfterValidator(_check_zone)]
"""A setting that names a time zone."""


_FIRST_LOOK_MS: Final = 60_000
_LONGEST_LOOK_MS: Final = 10 * 366 * 86_400_000


class ScheduleTable(Table):
    """When an automation runs by the clock."""

    cron: str
    """Minute, hour, day of the month, month, day of the week: `0 9 * * MON`. Both days must fit."""
    zone: ZoneName = "UTC"
    """Time zone of it, for example `Europe/Madrid`."""

    @model_validator(mode="after")
    def _right(self) -> "ScheduleTable":
        self.trigger()
        return self

    def trigger(self) -> Any:
        """The times on a clock that is never changed, in UTC. Days of the week as numbers count
        from Sunday, as cron has them.
        """
        from apscheduler.triggers.cron import CronTrigger

        *fields, day = self.cron.split() or [""]
        names = _NUMBER.sub(lambda match: _SUNDAY_FIRST[int(match[0])], day)
        return CronTrigger.from_crontab(" ".join([*fields, names]), timezone=UTC)

    def next_ms(self, after_ms: int) -> int | None:
        """The first time after this one (Unix ms); None: never again.

        A time that the clocks skip is later by what they skip. One that they repeat is the first,
        but with `*` as hour both count.
        """
        where, soonest_ms = zone(self.zone), None
        for local in self._local_times(after_ms, where):
            first_ms, again_ms = (_ms(local.replace(tzinfo=where, fold=fold)) for fold in (0, 1))
            due = (first_ms, max(first_ms, again_ms)) if self._is_hourly else (first_ms,)
            soonest_ms = min(
                (at_ms for at_ms in (*due, soonest_ms) if at_ms and at_ms > after_ms), default=None
            )
            # Where clocks change, a later local time may be sooner.
            if (
                soonest_ms
                and first_ms >= soonest_ms
                and local.replace(tzinfo=None) >= _local(soonest_ms, where)
            ):
                break
        return soonest_ms

    def last_ms(self, until_ms: int) -> int | None:
        """The last time until this one, itself included (Unix ms); None: none for years."""
        back_ms = _FIRST_LOOK_MS
        while back_ms < _LONGEST_LOOK_MS:
            candidate_ms = self.next_ms(until_ms - back_ms)
            if candidate_ms is not None and candidate_ms <= until_ms:
                return self._last_from(candidate_ms, until_ms)
            back_ms *= 4
        return None

    def _last_from(self, at_ms: int, until_ms: int) -> int:
        while (following := self.next_ms(at_ms)) is not None and following <= until_ms:
            at_ms = following
        return at_ms

    @property
    def _is_hourly(self) -> bool:
        return self.cron.split()[1] == "*"

    def _local_times(self, after_ms: int, where: ZoneInfo) -> Iterator[datetime]:
        """Those after this time, and before it as many as a change of the clocks may move behind
        it.
        """
        offsets = [
            datetime.fromtimestamp(after_ms / 1000 + seconds, where).utcoffset() or timedelta()
            for seconds in (-_DAY_S, 0, _DAY_S)
        ]
        trigger, local = self.trigger(), _local(after_ms, where) - (max(offsets) - min(offsets))
        at = local.replace(tzinfo=UTC)
        while (at := trigger.get_next_fire_time(None, at)) is not None:
            yield at
            at += timedelta(minutes=1)


class QuietTable(Table):
    """Hours in which automations with `quiet = true` wait; they act when the hours end."""

    from_: time | None = Field(None, alias="from")
    """When they begin, such as `22:00:00`. Unset: there are none."""
    to: time = time(7)
    """When they end. Earlier than `from`: on the next day."""
    days: tuple[Day, ...] = DAYS
    """Days on which they begin."""
    zone: ZoneName = "UTC"
    """Time zone of it, for example `Europe/Madrid`."""

    def ends_ms(self, now_ms: int) -> int | None:
        """When the quiet hours end that hold now (Unix ms); None: they do not hold."""
        if self.from_ is None:
            return None
        now = datetime.fromtimestamp(now_ms / 1000, zone(self.zone))
        for begins in (now - timedelta(days=1), now):
            start, end = self._window(begins, self.from_)
            # As instants: compared as local times, those of a repeated hour would be equal.
            if _ms(start) <= now_ms < _ms(end) and DAYS[start.weekday()] in self.days:
                return _ms(end)
        return None

    def _window(self, day: datetime, begin: time) -> tuple[datetime, datetime]:
        last = day.date() + timedelta(days=int(self.to <= begin))
        where = zone(self.zone)
        return (
            datetime.combine(day.date(), begin, where),
            datetime.combine(last, self.to, where),
        )


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _local(at_ms: int, where: ZoneInfo) -> datetime:
    """The time on the clocks there, without a zone."""
    return datetime.fromtimestamp(at_ms / 1000, where).replace(tzinfo=None)
