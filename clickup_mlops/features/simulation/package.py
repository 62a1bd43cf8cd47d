"""What simulations add to the bot: recordings to simulate over."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from clickup_mlops.automations.model import Example
from clickup_mlops.bot.package import Package
from clickup_mlops.bot.ports import EventConsumer
from clickup_mlops.routing.router import Router
from clickup_mlops.store import Store

if TYPE_CHECKING:
    from clickup_mlops.bot.packages import Packages


class SimulationPackage(Package):
    """Records events and the tasks as they were read, if `automations.record` is on."""

    def __init__(self, packages: "Packages") -> None:
        super().__init__(packages.core)

    def event_consumers(self) -> Iterable[EventConsumer]:
        """The recorder, if events are recorded."""
        if self.core.settings.automations.record:
            from clickup_mlops.features.simulation.recorder import Recorder

            yield Recorder(self.core.store, self.core.now_ms)

    def past_examples(self, store: Store, router: Router) -> Iterable[Example]:
        """The newest recordings."""
        from clickup_mlops.features.simulation.lint import read_examples

        return read_examples(store, router)


PACKAGE: Final = SimulationPackage
