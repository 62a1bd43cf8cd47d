"""What the features' packages bring to the pipeline, collected: the pipeline imports no feature."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from clickup_mlops.bot.handle.ports import EventConsumers, Undoing
    from clickup_mlops.bot.package import Package, Receive

T = TypeVar("T")


class Extensions:
    """Empty until the bot has built the packages: members ask for it, constructors do not."""

    def __init__(self) -> None:
        self.packages: tuple[Package, ...] = ()

    def service(self, kind: type[T]) -> T:
        """The object of this type that a feature brings.

        Raises:
            LookupError: no feature of this installation brings one.
        """
        for package in self.packages:
            if build := package.services().get(kind):
                service = build()
                if isinstance(service, kind):
                    return service
        raise LookupError(f"no feature brings a {kind.__name__}")

    def watched_sources(self) -> dict[str, timedelta]:
        """How long each source may be silent; those that are not in it may be silent for ever."""
        return {
            name: limit
            for package in self.packages
            for name, limit in package.watched_sources().items()
        }

    def receivers(self) -> Mapping[str, "Receive"]:
        """Who takes the deliveries to `/hooks/in/<name>`, by name."""
        return {
            name: receive
            for package in self.packages
            for name, receive in package.receivers().items()
        }

    def shared_url(self) -> str:
        """Where people elsewhere reach pages of the bot, without a slash at its end; or empty."""
        return next(filter(None, (package.shared_url() for package in self.packages)), "")

    def event_consumers(self) -> "EventConsumers":
        """Who is told what the pipeline reads and decides."""
        from clickup_mlops.bot.handle.ports import EventConsumers

        return EventConsumers(
            consumer for package in self.packages for consumer in package.event_consumers()
        )

    def weekly_notes(self, now_ms: int) -> str:
        """The weekly report's parts in Markdown; empty: there is nothing to report."""
        notes = (write(now_ms) for package in self.packages for write in package.weekly_notes())
        return "\n\n".join(note for note in notes if note)

    def undo(self) -> "Undoing":
        """What `/undo` does."""
        return next(filter(None, (package.undoes() for package in self.packages)), _nothing_to_undo)


def _nothing_to_undo(*_: object) -> str:
    return "Nothing can be undone: the feature `undo` is not installed."
