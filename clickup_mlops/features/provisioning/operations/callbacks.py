"""How a use case that writes reports to its caller, and lets it look first."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from clickup_mlops.bot.app import Bot
from clickup_mlops.features.provisioning.apply import recover as recovery
from clickup_mlops.features.provisioning.apply.recover import Recovered
from clickup_mlops.features.provisioning.apply.run import Progress, no_progress
from clickup_mlops.features.provisioning.operations import workspace

T = TypeVar("T")


def ignore(_: Any) -> None:
    """Reported to nobody."""


def unasked() -> bool:
    """Nobody was asked, so that no time has passed."""
    return False


@dataclass(frozen=True, slots=True)
class Callbacks(Generic[T]):
    """The defaults report to nobody and ask nobody.

    `recovered` gets each step of a run that was interrupted earlier. `show` gets what is about to
    be done, before it is checked. `confirm` is called after the check: it raises to stop, and
    returns whether a person was asked, because then the workspace is compared again. `progress` is
    called before each step.
    """

    recovered: Callable[[Recovered], None] = ignore
    show: Callable[[T], None] = ignore
    confirm: Callable[[], bool] = unasked
    progress: Progress = no_progress


def recover(bot: Bot, report: Callable[[Recovered], None]) -> None:
    """Find out what became of runs that were interrupted, and close them."""
    for recovered in recovery.recover(workspace.session(bot), workspace.journal(bot)):
        report(recovered)
