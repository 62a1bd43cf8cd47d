"""Apply: make the workspace as a template describes it."""

from dataclasses import dataclass, replace

from clickup_mlops.bot.app import Bot
from clickup_mlops.features.provisioning.apply import run
from clickup_mlops.features.provisioning.apply.run import Applied, Progress
from clickup_mlops.features.provisioning.operations import manual_steps, workspace
from clickup_mlops.features.provisioning.operations.callbacks import Callbacks, recover
from clickup_mlops.features.provisioning.operations.plan import plan as plan_now
from clickup_mlops.features.provisioning.operations.request import Request
from clickup_mlops.features.provisioning.operations.run_lock import exclusive
from clickup_mlops.features.provisioning.plan import preflight
from clickup_mlops.features.provisioning.plan.model import Plan
from clickup_mlops.features.provisioning.plan.staleness import refuse_if_stale


@dataclass(frozen=True, slots=True)
class Result:
    """What was planned and what was done."""

    plan: Plan
    applied: Applied


def apply(
    bot: Bot,
    request: Request,
    callbacks: Callbacks[Plan],
    *,
    saved_plan: Plan | None = None,
    max_changes: int | None = None,
) -> Result:
    """Apply the plan of this moment, or exactly `kept`; change or delete up to `allowed` objects.

    Raises:
        InputError: another run holds the workspace, or a parameter cannot be used.
        Blocked: the plan cannot succeed, for example because a right is missing.
        UnsafePlan: it changes too much of what is there, or the workspace is not as it was.
        ApiError: ClickUp refused; applying again continues where it stopped.
    """
    with exclusive(bot):
        recover(bot, callbacks.recovered)
        plan = _chosen(bot, request, saved_plan)
        if plan.writes:
            _review(bot, request, plan, callbacks)
        return Result(plan, perform(bot, plan, callbacks.progress, max_changes))


def perform(bot: Bot, plan: Plan, progress: Progress, max_changes: int | None) -> Applied:
    """Apply a reviewed plan; the caller holds the lock."""
    applied = run.apply(
        plan,
        workspace.session(bot),
        workspace.journal(bot),
        max_changes=max_changes,
        kind="apply",
        progress=progress,
    )
    manual_steps.note(bot, plan, applied.manual)
    return applied


def _chosen(bot: Bot, request: Request, saved_plan: Plan | None) -> Plan:
    now = plan_now(bot, request)
    if saved_plan is None:
        return now
    refuse_if_stale(saved_plan, now)
    return replace(saved_plan, reads=now.reads, problems=now.problems)


def _review(bot: Bot, request: Request, plan: Plan, callbacks: Callbacks[Plan]) -> None:
    callbacks.show(plan)
    preflight.check(plan)
    if callbacks.confirm():
        refuse_if_stale(plan, plan_now(bot, request))
