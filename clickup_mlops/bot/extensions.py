"""What all packages together add to the pipeline, collected when it is first needed."""

import threading
from collections.abc import Callable, Iterable

from clickup_mlops.bot.handle.ports import EventConsumers
from clickup_mlops.bot.members import Members, member
from clickup_mlops.bot.package import Package


class Extensions(Members):
    """`packages` gives all packages of the bot, once they exist."""

    def __init__(
        self, building: threading.RLock, packages: Callable[[], Iterable[Package]]
    ) -> None:
        super().__init__(building)
        self._packages = packages

    @member
    def event_consumers(self) -> EventConsumers:
        """Who is told what the pipeline reads and decides."""
        return EventConsumers(
            consumer for package in self._packages() for consumer in package.event_consumers()
        )

    def weekly_notes(self, now_ms: int) -> str:
        """The weekly report's parts in Markdown; empty: there is nothing to report."""
        notes = (write(now_ms) for package in self._packages() for write in package.weekly_notes())
        return "\n\n".join(note for note in notes if note)
