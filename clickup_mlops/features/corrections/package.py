"""What corrections add to the bot."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Final

from clickup_mlops.bot.package import Package
from clickup_mlops.bot.ports import EventConsumer
from clickup_mlops.features.corrections.recognition import Corrections, weekly

if TYPE_CHECKING:
    from clickup_mlops.bot.packages import Packages


class CorrectionsPackage(Package):
    """Logs what people choose instead of the bot's decisions, and reports it weekly."""

    def __init__(self, packages: "Packages") -> None:
        super().__init__(packages.core)

    def event_consumers(self) -> Iterable[EventConsumer]:
        """The log of corrections."""
        yield Corrections(self.core.store)

    def weekly_notes(self) -> Iterable[Callable[[int], str]]:
        """The decisions that people corrected."""
        yield partial(weekly, self.core.store)


PACKAGE: Final = CorrectionsPackage
