"""What posts digests."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from clickup_mlops.bot.members import member
from clickup_mlops.bot.package import Package
from clickup_mlops.bot.registered import LaneKind, Timer
from clickup_mlops.features.digests.sender import LANE, Digests
from clickup_mlops.features.digests.settings import DigestTables

if TYPE_CHECKING:
    from clickup_mlops.bot.packages import Packages


class DigestsPackage(Package):
    """A message a day and channel, kept up to date."""

    def __init__(self, packages: "Packages") -> None:
        super().__init__(packages.core)
        self._context, self._execution = packages.context, packages.execution

    @member
    def digests(self) -> Digests:
        """Posts them."""
        core = self.core
        return Digests(
            core.settings.tables(DigestTables).digests,
            core.store,
            self._execution.poster,
            names=lambda: self._context.directory,
            automations=lambda: self._context.automations,
            inbox=core.inbox_writer,
            quiet=core.settings.automations.quiet,
            clock=core.now_ms,
        )

    def named_people(self) -> Iterable[tuple[str, str]]:
        """Whom digests mention."""
        for digest, table in self.core.settings.tables(DigestTables).digests.items():
            yield from ((f"digests.{digest}.mention", name) for name in table.mention)
            key = f"digests.{digest}.mention_on_breach"
            yield from ((key, name) for name in table.mention_on_breach)

    def lane_kinds(self) -> Iterable[LaneKind]:
        """A lane for each digest."""
        yield LaneKind(LANE, self.digests.handle, watched=False)

    def timers(self) -> Iterable[Timer]:
        """Those of each digest."""
        return self.digests.timers()

    def start(self) -> None:
        """Today's messages, if their time passed while the bot was away."""
        self.digests.catch_up()

    def catch_up(self) -> None:
        """The same, while the store was away."""
        self.digests.catch_up()


PACKAGE: Final = DigestsPackage
