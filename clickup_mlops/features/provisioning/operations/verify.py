"""Verify: compare the workspace with its template, manual work included."""

from collections.abc import Sequence
from dataclasses import dataclass

from clickup_mlops.bot.app import Bot
from clickup_mlops.features.provisioning.apply import verify as verifying
from clickup_mlops.features.provisioning.apply.verify import Verification
from clickup_mlops.features.provisioning.manual import checklist
from clickup_mlops.features.provisioning.manual.checklist import Checklist
from clickup_mlops.features.provisioning.operations import manual_page, manual_steps, workspace
from clickup_mlops.features.provisioning.operations.callbacks import Callbacks, recover
from clickup_mlops.features.provisioning.operations.plan import plan
from clickup_mlops.features.provisioning.operations.request import Request
from clickup_mlops.features.provisioning.operations.run_lock import exclusive
from clickup_mlops.features.provisioning.plan.model import Plan


@dataclass(frozen=True, slots=True)
class Verified:
    """What is done, and what is left for a person with links and spreadsheets."""

    verification: Verification
    todo: Checklist


def verify(
    bot: Bot,
    request: Request,
    callbacks: Callbacks[Plan],
    confirmed: Sequence[str] = (),
    *,
    on_page: bool = False,
) -> Verified:
    """Confirm what was done since, and what `done` names because no call can see it. `on_page`:
    also what people ticked on the page of manual steps, which is then written again.

    Raises:
        InputError: nothing open has that name, or another run holds the workspace.
        ContentError: the template cannot be used; ApiError: ClickUp cannot be read.
    """
    with exclusive(bot):
        recover(bot, callbacks.recovered)
        journal, current = workspace.journal(bot), plan(bot, request)
        journal.notice(current)
        todo = checklist.of(current, bot.workspace_id)
        ticked = manual_page.ticked(bot, current, todo) if on_page else []
        if confirmed or ticked:
            verifying.confirm(current, journal, [*confirmed, *ticked])
            current = plan(bot, request)
            todo = checklist.of(current, bot.workspace_id)
        verification = verifying.verify(current, journal)
        manual_steps.note(bot, current, verification.manual)
        if on_page:
            manual_page.write(bot, current, todo)
        return Verified(verification, todo)
