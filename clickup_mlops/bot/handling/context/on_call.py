"""Who is on call: one person, or a rotation. Pure."""

from datetime import UTC, datetime, timedelta

from pydantic import Field

from clickup_mlops.config import Table


class PeopleSettings(Table):
    """People whom automations name by their role."""

    on_call: tuple[str, ...] = ()
    """Who `on_call` is in automations: user names or e-mails. Several take turns."""
    turn: timedelta = Field(default=timedelta(days=7), gt=timedelta(0))
    """How long a turn is."""
    since: datetime = datetime(2026, 1, 5, 9, tzinfo=UTC)
    """When a turn of the first one began."""
    remember: timedelta = timedelta(hours=1)
    """How long names of people, groups and Lists are remembered before ClickUp is asked again."""


def on_call(settings: PeopleSettings, now_ms: int) -> str | None:
    """The name of who it is now; None: nobody is configured."""
    if not settings.on_call:
        return None
    aware = settings.since if settings.since.tzinfo else settings.since.replace(tzinfo=UTC)
    passed = timedelta(milliseconds=now_ms) - (aware - datetime(1970, 1, 1, tzinfo=UTC))
    return settings.on_call[passed // settings.turn % len(settings.on_call)]
