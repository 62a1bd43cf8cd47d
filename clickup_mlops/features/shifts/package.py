"""What shifts bring to the bot."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Final

from clickup_mlops.bot.package import Package
from clickup_mlops.bot.ports import CommandHolds, ReadView
from clickup_mlops.bot.registered import Job
from clickup_mlops.features.shifts.board import Board, show
from clickup_mlops.features.shifts.settings import ShiftsSettings
from clickup_mlops.features.shifts.shifts import Shifts
from clickup_mlops.features.shifts.tables.shift_overrides import ShiftOverrides

if TYPE_CHECKING:
    from clickup_mlops.bot.packages import Packages


class ShiftsPackage(Package):
    """Who is on call by overrides and sources, for whoever asks."""

    def __init__(self, packages: "Packages") -> None:
        super().__init__(packages.core)

    def roster(self) -> Shifts:
        """Before the settings."""
        return Shifts(self.core.settings.people, self._settings, self.core.store)

    def services(self) -> Mapping[type[object], Callable[[], object]]:
        """For the command and its effect."""
        return {
            Shifts: self.roster,
            ShiftOverrides: lambda: self.core.store.table(ShiftOverrides),
        }

    def views(self) -> Mapping[type[object], ReadView]:
        """The answer of `/oncall`, the same on each task, and what it holds."""
        return {
            Board: lambda _task_id: show(self.roster(), self.core.now_ms()),
            CommandHolds: self._read_holds,
        }

    def jobs(self) -> Iterable[Job]:
        """Reads the sources, if there are any."""
        if self._settings.sources:
            yield Job("shifts", self._settings.every, self._poll, at_start=True)

    def named_people(self) -> Iterable[tuple[str, str]]:
        """Whom the sources name."""
        roster = self.roster()
        for rotation in self._settings.sources:
            people = {shift.person for shift in roster.answer(rotation).shifts}
            yield from ((f"shifts.sources.{rotation}", person) for person in sorted(people))

    def _read_holds(self, task_id: str) -> CommandHolds:
        roster, now_ms = self.roster(), self.core.now_ms()
        overrides = [o for name in roster.rotations() for o in roster.overrides(name, now_ms)]
        return CommandHolds(tuple(o for o in overrides if o["task_id"] == task_id))

    @property
    def _settings(self) -> ShiftsSettings:
        return self.core.settings.table(ShiftsSettings)

    def _poll(self) -> None:
        from clickup_mlops.features.shifts.polling import poll  # of the few that have sources

        poll(self._settings, self.roster(), self.core.now_ms())


PACKAGE: Final = ShiftsPackage
