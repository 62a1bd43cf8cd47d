"""What a simulation takes over from the real bot. Asks nobody."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from clickup_mlops.automations.model import Unanswered
from clickup_mlops.automations.names import ANY_NAMES
from clickup_mlops.bot.app import Bot
from clickup_mlops.bot.handle.context.authorship import Authorship
from clickup_mlops.bot.handle.context.directory import Directory
from clickup_mlops.clickup.model import FieldValue, Person
from clickup_mlops.features.simulation.packages import NoClient
from clickup_mlops.features.simulation.simulation import InitialState, SimulationContext
from clickup_mlops.json_types import Json
from clickup_mlops.store import Store


class CachedNames:
    """Names as ClickUp last gave them; one that is not known is taken as it is."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def people(self, name: str) -> tuple[Person, ...]:
        """The people."""
        try:
            return self._directory.people(name)
        except Unanswered:
            return ANY_NAMES.people(name)

    def in_turn(self, name: str) -> tuple[Person, ...]:
        """The people."""
        return self.people(name)

    def is_guest(self, person_id: int) -> bool:
        """Whether this user is a guest."""
        try:
            return self._directory.is_guest(person_id)
        except Unanswered:
            return ANY_NAMES.is_guest(person_id)

    def list_id(self, name: str) -> str:
        """The List."""
        try:
            return self._directory.list_id(name)
        except Unanswered:
            return ANY_NAMES.list_id(name)

    def list_ids(self, name: str) -> tuple[str, ...]:
        """The Lists. Raises Unanswered: a guess would count nothing."""
        return self._directory.list_ids(name)

    def lists(self) -> Mapping[str, str]:
        """The Lists."""
        return self._directory.lists()

    def field(self, name: str, value: Json, list_id: str | None = None) -> FieldValue | None:
        """The field."""
        try:
            return self._directory.field(name, value, list_id)
        except Unanswered:
            return ANY_NAMES.field(name, value, list_id)


def context(bot: Bot) -> SimulationContext:
    """The classifier, and the names that the bot remembers, however old."""
    people = bot.settings.people.model_copy(update={"remember": timedelta.max})
    directory = Directory(
        NoClient(),
        bot.store.cursors,
        people,
        workspace=_workspace(bot),
        clock=bot.now_ms,
        roster=bot.core.extensions.roster,
    )
    spaces = bot.store.space_policies
    authors = Authorship(bot.store)
    return SimulationContext(bot.context.classifier, CachedNames(directory), spaces, authors)


def _workspace(bot: Bot) -> str:
    """If it can be known without a call."""
    settings = bot.settings.clickup
    if settings.workspace_id or not settings.token.get_secret_value():
        return settings.workspace_id
    return bot.core.identity.workspace_id if bot.core.identity.is_known() else ""


def open_tasks(store: Store) -> Iterator[Mapping[str, Any]]:
    """The tasks that are open now, as they were last read."""
    return (row.raw for row in store.mirror.each_open())


def initial_state(store: Store, at_ms: int) -> InitialState:
    """What the bot knew at that time."""
    overrides = [override for override in store.overrides.list(at_ms) if override.since_ms < at_ms]
    return InitialState(store.decisions.before(at_ms), overrides)
