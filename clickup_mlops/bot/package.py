"""A package of the bot: typed members, and the jobs, kinds of lanes and timers that it adds."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ClassVar

from clickup_mlops.bot.handle.ports import EventConsumer
from clickup_mlops.bot.members import Members
from clickup_mlops.bot.registered import Job, LaneKind, Timer

if TYPE_CHECKING:
    from clickup_mlops.bot.core import Core


class Package(Members):
    """What one folder adds to the bot. A new one overrides what it needs of these methods."""

    is_simulated: ClassVar[bool] = False
    """Whether a simulation has it too: it asks nobody, and writes to the store alone."""

    def __init__(self, core: "Core") -> None:
        super().__init__(core.building)
        self.core = core

    def jobs(self) -> Iterable[Job]:
        """What is done every so often. Builds no member: commands that need no token ask, too."""
        return ()

    def lane_kinds(self) -> Iterable[LaneKind]:
        """Lanes and who handles their rows. Asked before the first lane runs."""
        return ()

    def timers(self) -> Iterable[Timer]:
        """What the scheduler's thread calls. Asked before it starts."""
        return ()

    def event_consumers(self) -> Iterable[EventConsumer]:
        """Who is told what the pipeline reads and decides. Asked before the first lane runs."""
        return ()

    def weekly_notes(self) -> Iterable[Callable[[int], str]]:
        """Parts of the weekly report: Markdown about the week before a time (Unix ms), or empty."""
        return ()

    def start(self) -> None:
        """Begin, when everything is built. Called again if the store went away meanwhile."""

    def catch_up(self) -> None:
        """Have done what was due while the store was away. What was done stays as it is."""

    def stop(self) -> None:
        """Finish what is being done. Takes seconds, whatever hangs."""
