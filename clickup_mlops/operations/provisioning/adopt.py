"""Adopt: manage a space that was made by hand. Writes nothing into ClickUp."""

from dataclasses import dataclass

from clickup_mlops.bot.app import Bot
from clickup_mlops.operations.provisioning import workspace
from clickup_mlops.operations.provisioning.callbacks import Callbacks, recover
from clickup_mlops.operations.provisioning.exclusive import exclusive
from clickup_mlops.operations.provisioning.plan import plan
from clickup_mlops.operations.provisioning.request import Request
from clickup_mlops.provision.apply import adopt as adopting
from clickup_mlops.provision.plan.model import Plan, Step


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
        found = plan(bot, request)
        done = adopting.adopt(found, workspace.session(bot), workspace.journal(bot)).done
        return Adopted(tuple(done), plan(bot, request))
