"""What simulations add to the bot: recordings to simulate over."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from clickup_mlops.bot.handle.ports import EventConsumer
from clickup_mlops.bot.package import Package
from clickup_mlops.features.simulation.recorder import Recorder

if TYPE_CHECKING:
    from clickup_mlops.bot.packages import Packages


class SimulationPackage(Package):
    """Records events and the tasks as they were read, if `automations.record` is on."""

    def __init__(self, packages: "Packages") -> None:
        super().__init__(packages.core)

    def event_consumers(self) -> Iterable[EventConsumer]:
        """The recorder, if events are recorded."""
        if self.core.settings.automations.record:
            yield Recorder(self.core.store, self.core.now_ms)


PACKAGE: Final = SimulationPackage
