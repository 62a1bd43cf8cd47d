"""What observes people's first week, completes its tasks, and keeps the page."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from clickup_mlops.bot.package import Package
from clickup_mlops.bot.ports import EventConsumer
from clickup_mlops.bot.registered import Job
from clickup_mlops.features.onboarding.settings import JOB, OnboardingSettings

if TYPE_CHECKING:
    from clickup_mlops.bot.packages import Packages


class OnboardingPackage(Package):
    """If `[onboarding] enabled`."""

    is_simulated = False

    def __init__(self, packages: "Packages") -> None:
        super().__init__(packages.core)
        self._execution = packages.execution

    @property
    def settings(self) -> OnboardingSettings:
        """`[onboarding]`."""
        return self.core.settings.table(OnboardingSettings)

    def event_consumers(self) -> Iterable[EventConsumer]:
        """What people show."""
        if self.settings.enabled:
            from clickup_mlops.features.onboarding.consumer import Observer

            yield Observer(self.core.store, lambda: self.core.workspace_id)

    def jobs(self) -> Iterable[Job]:
        """Complete tasks, and bring the page up to date."""
        if self.settings.enabled:
            yield Job(JOB, self.settings.every, self.update)

    def update(self) -> None:
        """One pass. Raises ClickUpMlopsError: ClickUp or the store is away; the next goes on."""
        from clickup_mlops.features.onboarding.first_week import FirstWeek

        FirstWeek(self.core, self._execution).update()


PACKAGE: Final = OnboardingPackage
