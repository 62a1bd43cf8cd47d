"""Who is on call: one person, or a rotation. Pure."""

from datetime import UTC, datetime, timedelta

from pydantic import Field

from clickup_mlops.automations.schedule import ZoneName, zone
from clickup_mlops.config import Table


class TurnsTable(Table):
    """How people take turns."""

    turn: timedelta = Field(default=timedelta(days=7), gt=timedelta(0))
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


def on_call(settings: PeopleSettings | RotationTable, now_ms: int) -> str | None:
    """The name of who it is now; None: nobody is configured."""
    people = settings.people if isinstance(settings, RotationTable) else settings.on_call
    if not people:
        return None
    where, since = zone(settings.zone), settings.since
    aware = since if since.tzinfo else since.replace(tzinfo=where)
    # On the clocks there: a day over a change of them is a day.
    now, begun = datetime.fromtimestamp(now_ms / 1000, where), aware.astimezone(where)
    passed = now.replace(tzinfo=None) - begun.replace(tzinfo=None)
    return people[passed // settings.turn % len(people)]
