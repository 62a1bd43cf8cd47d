"""What status pages bring to the bot. Without pages it imports none of what reads them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from clickup_mlops.bot.package import Package
from clickup_mlops.bot.registered import Job
from clickup_mlops.features.status_pages.settings import StatusPagesSettings
from clickup_mlops.routing.corroboration import Witnesses

if TYPE_CHECKING:
    from clickup_mlops.bot.packages import Packages


class StatusPagesPackage(Package):
    """Reads the pages, and supports reports by what they say."""

    def __init__(self, packages: "Packages") -> None:
        super().__init__(packages.core)

    def jobs(self) -> Iterable[Job]:
        """Reads the pages, if there are any."""
        if self._settings.pages:
            yield Job("status_pages", self._settings.every, self._poll, at_start=True)

    def witnesses(self) -> Iterable[Witnesses]:
        """Who knows the incidents of the pages, if there are any."""
        if self._settings.pages:
            from clickup_mlops.features.status_pages.witnesses import ProviderIncidents

            yield ProviderIncidents(self.core.store, self._settings.pages)

    @property
    def _settings(self) -> StatusPagesSettings:
        return self.core.settings.table(StatusPagesSettings)

    def _poll(self) -> None:
        from clickup_mlops.features.status_pages.pages import poll

        poll(self._settings.pages, self.core.store, self.core.now_ms())


PACKAGE: Final = StatusPagesPackage
