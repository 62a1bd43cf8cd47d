"""Adopt: manage a space that was made by hand. Writes nothing into ClickUp."""

from dataclasses import dataclass

from clickup_mlops.bot.app import Bot
from clickup_mlops.features.provisioning.apply import adopt as adopting
from clickup_mlops.features.provisioning.operations import workspace
from clickup_mlops.features.provisioning.operations.callbacks import Callbacks, recover
from clickup_mlops.features.provisioning.operations.plan import plan
from clickup_mlops.features.provisioning.operations.request import Request
from clickup_mlops.features.provisioning.operations.run_lock import exclusive
from clickup_mlops.features.provisioning.plan.model import Plan, Step


@dataclass(frozen=True, slots=True)
class Adopted:
    """The objects that are managed now, and what the template has besides."""

    steps: tuple[Step, ...]
    left: Plan


def adopt(bot: Bot, request: Request, callbacks: Callbacks[Plan]) -> Adopted:
    """Remember which object stands for which part of the template.

    Raises:
        InputError: another run holds the workspace, or a parameter cannot be used.
        ContentError: the template cannot be used; ApiError: ClickUp cannot be read.
    """
    with exclusive(bot):
        recover(bot, callbacks.recovered)
        plan_before = plan(bot, request)
        adopted = adopting.adopt(plan_before, workspace.session(bot), workspace.journal(bot)).done
        return Adopted(tuple(adopted), plan(bot, request))
