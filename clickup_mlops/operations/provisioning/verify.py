"""Verify: compare the workspace with its template, manual work included."""

from collections.abc import Sequence
from dataclasses import dataclass

from clickup_mlops.bot.app import Bot
from clickup_mlops.operations.provisioning import by_hand, workspace
from clickup_mlops.operations.provisioning.callbacks import Callbacks, recover
from clickup_mlops.operations.provisioning.exclusive import exclusive
from clickup_mlops.operations.provisioning.plan import plan
from clickup_mlops.operations.provisioning.request import Request
from clickup_mlops.provision.apply import verify as verifying
from clickup_mlops.provision.apply.verify import Verification
from clickup_mlops.provision.manual import checklist
from clickup_mlops.provision.manual.checklist import Checklist
from clickup_mlops.provision.plan.model import Plan


@dataclass(frozen=True, slots=True)
class Verified:
    """What is done, and what is left for a person with links and spreadsheets."""

    verification: Verification
    todo: Checklist


def verify(
    bot: Bot, request: Request, callbacks: Callbacks[Plan], done: Sequence[str] = ()
) -> Verified:
    """Confirm what was done since, and what `done` names because no call can see it.

    Raises:
        InputError: nothing open has that name, or another run holds the workspace.
        ContentError: the template cannot be used; ApiError: ClickUp cannot be read.
    """
    with exclusive(bot):
        recover(bot, callbacks.recovered)
        journal, found = workspace.journal(bot), plan(bot, request)
        journal.notice(found)
        if done:
            verifying.confirm(found, journal, done)
            found = plan(bot, request)
        verification = verifying.verify(found, journal)
        by_hand.note(bot, found, verification.manual)
        return Verified(verification, checklist.of(found, bot.workspace_id))
