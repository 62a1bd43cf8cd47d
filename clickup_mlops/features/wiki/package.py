"""What keeps the wiki up to date: a job that writes pages, and comments on milestones."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from clickup_mlops.bot.package import Package
from clickup_mlops.bot.registered import Job
from clickup_mlops.features.wiki.settings import JOB, WikiSettings

if TYPE_CHECKING:
    from clickup_mlops.bot.packages import Packages


class WikiPackage(Package):
    """A job, if `[wiki] doc` names a doc."""

    def __init__(self, packages: "Packages") -> None:
        super().__init__(packages.core)
        self._execution, self._context = packages.execution, packages.context

    def model_field(self) -> str:
        """As the pages are named."""
        return self.core.settings.table(WikiSettings).model_field

    def jobs(self) -> Iterable[Job]:
        """Bring the pages up to date."""
        if self.core.settings.table(WikiSettings).doc:
            yield Job(JOB, self.core.settings.table(WikiSettings).update_every, self.update)

    def update(self) -> None:
        """One pass. Raises ClickUpMlopsError: ClickUp or the store is away; the next goes on."""
        from clickup_mlops.features.wiki.pages import Pages

        Pages(self.core, self._execution, self._context).update()


PACKAGE: Final = WikiPackage
