"""What posts digests."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from clickup_mlops.bot.members import member
from clickup_mlops.bot.package import Package
from clickup_mlops.bot.registered import LaneKind, Timer
from clickup_mlops.features.digests.settings import LANE, DigestTables
from clickup_mlops.store import InboxRow

if TYPE_CHECKING:
    from clickup_mlops.bot.packages import Packages
    from clickup_mlops.features.digests.sender import Digests


class DigestsPackage(Package):
    """A message a day and channel, kept up to date."""

    def __init__(self, packages: "Packages") -> None:
        super().__init__(packages.core)
        self._context, self._execution = packages.context, packages.execution

    @property
    def is_used(self) -> bool:
        """Whether a digest is configured."""
        return bool(self.core.settings.tables(DigestTables).digests)

    @member
    def digests(self) -> "Digests":
        """What posts and updates the digests."""
        from clickup_mlops.features.digests.sender import Digests

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
        """People whom the settings of digests mention: key, and name or e-mail."""
        for digest, table in self.core.settings.tables(DigestTables).digests.items():
            yield from ((f"digests.{digest}.mention", name) for name in table.mention)
            key = f"digests.{digest}.mention_on_breach"
            yield from ((key, name) for name in table.mention_on_breach)

    def lane_kinds(self) -> Iterable[LaneKind]:
        """A lane for each digest."""
        yield LaneKind(LANE, self._write, watched=False)

    def _write(self, rows: Sequence[InboxRow]) -> None:
        self.digests.handle(rows)

    def timers(self) -> Iterable[Timer]:
        """Those of each digest."""
        return self.digests.timers() if self.is_used else ()

    def start(self) -> None:
        """Today's messages, if their time passed while the bot was away."""
        self.catch_up()

    def catch_up(self) -> None:
        """The same, while the store was away."""
        if self.is_used:
            self.digests.catch_up()


PACKAGE: Final = DigestsPackage
