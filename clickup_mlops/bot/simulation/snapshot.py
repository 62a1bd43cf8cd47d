"""What a simulation takes over from the real bot. Asks nobody."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from clickup_mlops.automations.model import Unanswered
from clickup_mlops.automations.names import ANY_NAMES
from clickup_mlops.bot.handling.context.directory import Directory
from clickup_mlops.bot.parts import Parts
from clickup_mlops.bot.simulation.simulation import Cast, Known
from clickup_mlops.clickup.model import FieldValue, Person
from clickup_mlops.store import Store


class Remembered:
    """Names as ClickUp last told them; one that is not known is taken as it is."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def people(self, name: str) -> tuple[Person, ...]:
        """The people."""
        try:
            return self._directory.people(name)
        except Unanswered:
            return ANY_NAMES.people(name)

    def list_id(self, name: str) -> str:
        """The List."""
        try:
            return self._directory.list_id(name)
        except Unanswered:
            return ANY_NAMES.list_id(name)

    def field(self, name: str, value: Any, list_id: str | None = None) -> FieldValue | None:
        """The field."""
        try:
            return self._directory.field(name, value, list_id)
        except Unanswered:
            return ANY_NAMES.field(name, value, list_id)


class Silent:
    """In place of the client: has no answer to anything."""

    def __getattr__(self, name: str) -> Any:
        raise Unanswered(f"a simulation asks nobody about {name}")


def cast(bot: Parts) -> Cast:
    """The classifier, and the names that the bot remembers, however old."""
    people = bot.settings.people.model_copy(update={"remember": timedelta.max})
    known = Directory(
        Silent(), bot.store.cursors, people, workspace=_workspace(bot), clock=bot.now_ms
    )
    return Cast(bot.classifier, Remembered(known), bot.store.space_policies)


def _workspace(bot: Parts) -> str:
    """If it can be known without a call."""
    settings = bot.settings.clickup
    if settings.workspace_id or not settings.token.get_secret_value():
        return settings.workspace_id
    return bot.identity.workspace_id if bot.identity.is_known() else ""


def board(store: Store) -> Iterator[Mapping[str, Any]]:
    """The tasks that are open now, as they were last read."""
    return (row.raw for row in store.mirror.all_open())


def known(store: Store, at_ms: int) -> Known:
    """What the bot knew at that time."""
    kept = [one for one in store.overrides.list(at_ms) if one.since_ms < at_ms]
    return Known(store.decisions.before(at_ms), kept)
