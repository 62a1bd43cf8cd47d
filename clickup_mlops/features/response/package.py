"""What response objectives bring to the bot."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from clickup_mlops.bot.package import Package
from clickup_mlops.bot.ports import EventConsumer, ReadView
from clickup_mlops.features.response.conditions.response import ResponseView
from clickup_mlops.features.response.record import Responses, read_moves
from clickup_mlops.features.response.settings import ResponseSettings
from clickup_mlops.routing.overrides import is_importer

if TYPE_CHECKING:
    from clickup_mlops.bot.packages import Packages


class ResponsePackage(Package):
    """Notes first responses, and shows to conditions which tasks wait for theirs."""

    def __init__(self, packages: "Packages") -> None:
        super().__init__(packages.core)

    def event_consumers(self) -> Iterable[EventConsumer]:
        """Which tasks were answered."""
        policy = self.core.settings.routing
        yield Responses(
            self.core.store, lambda: self.core.user_id, lambda person: is_importer(person, policy)
        )

    def views(self) -> Mapping[type[object], ReadView]:
        """A task that nobody has answered."""
        return {ResponseView: self._view}

    def _view(self, task_id: str) -> ResponseView | None:
        moves = read_moves(self.core.store, task_id, self.core.now_ms())
        settings = self.core.settings.table(ResponseSettings)
        return None if moves is None else ResponseView(moves, settings)


PACKAGE: Final = ResponsePackage
