"""Who is on call: one person, or a rotation. Pure."""

from datetime import UTC, datetime, timedelta

from pydantic import Field

from clickup_mlops.config import Table


class RotationTable(Table):
    """People who take turns."""

    people: tuple[str, ...] = Field(min_length=1)
    """User names or e-mails, in their order."""
    turn: timedelta = Field(default=timedelta(days=7), gt=timedelta(0))
    """How long a turn is."""
    since: datetime = datetime(2026, 1, 5, 9, tzinfo=UTC)
    """When a turn of the first one began."""


class PeopleSettings(Table):
    """People whom automations name by their role."""

    on_call: tuple[str, ...] = ()
    """Who `on_call` is in automations: user names or e-mails. Several take turns."""
    turn: timedelta = Field(default=timedelta(days=7), gt=timedelta(0))
    """How long a turn is."""
    since: datetime = datetime(2026, 1, 5, 9, tzinfo=UTC)
    """When a turn of the first one began."""
    rotations: dict[str, RotationTable] = Field({})
    """More rotations by name, `[people.rotations.serving]` with `people`, `turn` and `since`: for
    `on_call:serving` in automations, and `next:rotation:serving`."""
    remember: timedelta = timedelta(hours=1)
    """How long names of people, groups and Lists are remembered before ClickUp is asked again."""


def on_call(settings: PeopleSettings | RotationTable, now_ms: int) -> str | None:
    """The name of who it is now; None: nobody is configured."""
    people = settings.people if isinstance(settings, RotationTable) else settings.on_call
    if not people:
        return None
    aware = settings.since if settings.since.tzinfo else settings.since.replace(tzinfo=UTC)
    passed = timedelta(milliseconds=now_ms) - (aware - datetime(1970, 1, 1, tzinfo=UTC))
    return people[passed // settings.turn % len(people)]
