"""What the dashboard needs of the running bot: nobody stays signed in who left the Workspace."""

from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from clickup_mlops.bot.package import Package
from clickup_mlops.bot.registered import Job
from clickup_mlops.features.dashboard.settings import DashboardSettings

if TYPE_CHECKING:
    from clickup_mlops.bot.packages import Packages

MEMBERS_EVERY: Final = timedelta(minutes=5)


class DashboardPackage(Package):
    """A job, if people sign in with ClickUp."""

    def __init__(self, packages: "Packages") -> None:
        super().__init__(packages.core)

    def jobs(self) -> Iterable[Job]:
        """End the sessions of former members."""
        settings = self.core.settings.table(DashboardSettings)
        if settings.enabled and settings.client_id:
            yield Job("members", MEMBERS_EVERY, self._check_members, at_start=True)

    def named_people(self) -> Iterable[tuple[str, str]]:
        """Who may act on the dashboard."""
        operators = self.core.settings.table(DashboardSettings).operators
        return (("dashboard.operators", name) for name in operators)

    def shared_url(self) -> str:
        """The server's address for people elsewhere, if the dashboard is served."""
        return self.core.settings.table(DashboardSettings).shared_url

    def _check_members(self) -> None:
        from clickup_mlops.features.dashboard.membership import end_sessions_of_former_members

        core = self.core
        ask = partial(core.client.authorization.roles, core.workspace_id)
        end_sessions_of_former_members(core.store, ask, core.now_ms())


PACKAGE: Final = DashboardPackage
