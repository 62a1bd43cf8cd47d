"""What people chose about automations, for whoever loads them."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from clickup_mlops.automations.choices import AutomationChoice
from clickup_mlops.bot.package import Package
from clickup_mlops.features.choices.tables.automation_choices import AutomationChoices

if TYPE_CHECKING:
    from clickup_mlops.bot.packages import Packages


class ChoicesPackage(Package):
    """Reads them when the automations are loaded."""

    def __init__(self, packages: "Packages") -> None:
        super().__init__(packages.core)

    def services(self) -> Mapping[type[object], Callable[[], object]]:
        """The choices, for their effect."""
        return {AutomationChoices: lambda: self.core.store.table(AutomationChoices)}

    def automation_choices(self) -> Mapping[str, AutomationChoice]:
        """By the automations' names."""
        raw_choices = self.core.store.table(AutomationChoices).all()
        return {name: AutomationChoice.model_validate(raw) for name, raw in raw_choices.items()}


PACKAGE: Final = ChoicesPackage
