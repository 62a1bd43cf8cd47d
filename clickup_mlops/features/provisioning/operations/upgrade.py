"""Compare and upgrade: a new version of a template, without losing what people changed."""

from clickup_mlops.bot.app import Bot
from clickup_mlops.features.provisioning.operations import apply as applying
from clickup_mlops.features.provisioning.operations import workspace
from clickup_mlops.features.provisioning.operations.apply import Result
from clickup_mlops.features.provisioning.operations.callbacks import Callbacks, recover
from clickup_mlops.features.provisioning.operations.plan import plan
from clickup_mlops.features.provisioning.operations.request import Request
from clickup_mlops.features.provisioning.operations.run_lock import exclusive
from clickup_mlops.features.provisioning.plan import preflight
from clickup_mlops.features.provisioning.plan import upgrade as upgrading
from clickup_mlops.features.provisioning.plan.staleness import refuse_if_stale
from clickup_mlops.features.provisioning.plan.upgrade import Side, Upgrade


def compare(bot: Bot, request: Request, *, old: str | None, prefer: Side) -> Upgrade:
    """What an upgrade would do. Reads only.

    `old` names the template that was applied before (None: the one of the same name); `prefer` says
    who wins where both sides changed the same thing. Raises as `plan` does.
    """
    plan_, journal = plan(bot, request), workspace.journal(bot)
    instance = request.template(workspace.automations(bot)).instance
    named = journal.named(old or request.name, instance)
    return upgrading.upgrade(plan_, journal.remembered(), named, prefer=prefer)


def upgrade(
    bot: Bot,
    request: Request,
    callbacks: Callbacks[Upgrade],
    *,
    old: str | None = None,
    prefer: Side = "people",
    max_changes: int | None = None,
) -> Result:
    """Bring a live space to the template's version. Raises as `apply` does."""
    with exclusive(bot):
        recover(bot, callbacks.recovered)
        comparison = compare(bot, request, old=old, prefer=prefer)
        callbacks.show(comparison)
        preflight.check(comparison.plan)
        if callbacks.confirm():
            refuse_if_stale(comparison.plan, compare(bot, request, old=old, prefer=prefer).plan)
        applied = applying.perform(bot, comparison.plan, callbacks.progress, max_changes)
        journal = workspace.journal(bot)
        journal.accept(comparison.plan)
        journal.forget(comparison.unnamed)
        return Result(comparison.plan, applied)
