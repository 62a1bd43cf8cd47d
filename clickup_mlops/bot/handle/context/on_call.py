"""Who is on call: one person, or a rotation. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count

from pydantic import Field, field_validator

from clickup_mlops.automations.schedule import ZoneName, zone
from clickup_mlops.config import Table


class TurnsTable(Table):
    """How people take turns."""

    turn: timedelta = Field(default=timedelta(days=7), gt=timedelta(0), le=timedelta(days=36_500))
    """How long a turn is."""
    since: datetime = datetime(2026, 1, 5, 9, tzinfo=UTC)
    """When a turn of the first one began; in `zone` unless it has an offset."""
    zone: ZoneName = "UTC"
    """Time zone in which turns change at the same time of day all year, such as `Europe/Madrid`."""


class RotationTable(TurnsTable):
    """People who take turns."""

    people: tuple[str, ...] = Field(min_length=1)
    """User names or e-mails, in their order."""


class PeopleSettings(TurnsTable):
    """People whom automations name by their role."""

    on_call: tuple[str, ...] = ()
    """Who `on_call` is in automations: user names or e-mails. Several take turns."""
    rotations: dict[str, RotationTable] = Field({})
    """More rotations by name, `[people.rotations.serving]` with `people`, `turn`, `since` and
    `zone`: for `on_call:serving` in automations, and `next:rotation:serving`."""
    remember: timedelta = timedelta(hours=1)
    """How long names of people, groups and Lists are remembered before ClickUp is asked again."""

    @field_validator("rotations")
    @classmethod
    def _check_names(cls, rotations: dict[str, RotationTable]) -> dict[str, RotationTable]:
        """`/oncall` and `shifts list` call `on_call` by the same name as rotations."""
        if "on_call" in rotations:
            raise ValueError(
                "`on_call` is the name of `people.on_call` in `/oncall` and `shifts list`: "
                "choose another one"
            )
        return rotations


@dataclass(frozen=True, slots=True)
class Shift:
    """A person (name, e-mail or id) is on call from `begin_ms` until `end_ms` (Unix ms)."""

    person: str
    begin_ms: int
    end_ms: int
    name: str = ""
    """How people call an id; empty: `person` is what they write."""


def on_call(settings: PeopleSettings | RotationTable, now_ms: int) -> str | None:
    """The name of who it is now; None: nobody is configured."""
    turn = next(turns(settings, now_ms), None)
    return turn.person if turn else None


def turns(settings: PeopleSettings | RotationTable, now_ms: int) -> Iterator[Shift]:
    """The turn of now and, without an end, those that follow; none if nobody is configured."""
    people = settings.people if isinstance(settings, RotationTable) else settings.on_call
    where, since = zone(settings.zone), settings.since
    aware = since if since.tzinfo else since.replace(tzinfo=where)
    # On the clocks there: a day over a change of them is a day.
    begun = aware.astimezone(where).replace(tzinfo=None)
    now = datetime.fromtimestamp(now_ms / 1000, where).replace(tzinfo=None)
    for number in count((now - begun) // settings.turn) if people else ():
        begin, end = (begun + settings.turn * turn for turn in (number, number + 1))
        begin_ms, end_ms = (_to_unix_ms(local.replace(tzinfo=where)) for local in (begin, end))
        yield Shift(people[number % len(people)], begin_ms, end_ms)


def _to_unix_ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
