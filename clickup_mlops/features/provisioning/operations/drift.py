"""Drift: what differs from the template, reported where the team reads it; and accepting it."""

from collections.abc import Collection
from dataclasses import dataclass

from clickup_mlops.bot.app import Bot
from clickup_mlops.errors import InputError
from clickup_mlops.features.provisioning.operations import manual_steps, policies, workspace
from clickup_mlops.features.provisioning.operations.plan import plan
from clickup_mlops.features.provisioning.operations.request import Request
from clickup_mlops.features.provisioning.operations.run_lock import exclusive
from clickup_mlops.features.provisioning.plan import render
from clickup_mlops.features.provisioning.plan.model import Plan, Step
from clickup_mlops.features.provisioning.tree import fold_name, show, spellings
from clickup_mlops.spelling import format_count


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is informed: a chat channel by name or id, the comments of a task; "" for nobody."""

    channel: str = ""
    task_id: str = ""


@dataclass(frozen=True, slots=True)
class Drift:
    """What differs, as a plan; and how many manual steps are open that people know of."""

    plan: Plan
    still_open: int = 0


def drift(bot: Bot, request: Request, accepted: Collection[str] = ()) -> Drift:
    """What differs at this moment, without manual steps that were open already at the last apply
    or `verify`. `accepted` are the paths (as `show` prints them, with or without
    the kind) whose present values stay as they are. Policies of deleted Spaces are forgotten.

    Raises:
        InputError: an accepted path does not differ, or another run holds the workspace.
        ContentError: the template cannot be used; ApiError: ClickUp cannot be read.
    """
    with exclusive(bot):
        policies.prune(bot)
        journal, found = workspace.journal(bot), plan(bot, request)
        journal.notice(found)
        if accepted:
            journal.tolerate(_chosen(found, accepted))
            found = plan(bot, request)
        differing = manual_steps.unexpected(bot, found)
        return Drift(differing, len(found.work) - len(differing.work))


def _chosen(found: Plan, accepted: Collection[str]) -> list[Step]:
    differing = [step for step in found.work if step.have is not None and step.changes]
    known = {text: step for step in differing for text in spellings(step.path)}
    unknown = [one for one in accepted if fold_name(one) not in known]
    if unknown:
        listed = ", ".join(show(step.path) for step in differing) or "nothing"
        raise InputError(f"{', '.join(unknown)} does not differ", hint=f"What differs: {listed}.")
    return [known[fold_name(one)] for one in accepted]


def report(bot: Bot, found: Drift, audience: Audience) -> None:
    """Say what differs, if anything does.

    Raises:
        InputError: there is no such channel. ApiError: ClickUp refused.
    """
    if not found.plan.work:
        return
    if audience.channel:
        channel_id = _channel(bot, audience.channel)
        bot.client.chat.send(bot.workspace_id, channel_id, text(found))
    if audience.task_id:
        bot.client.comments.add(audience.task_id, text(found))


def text(found: Drift) -> str:
    """The report, as Markdown."""
    return (
        f"{render.markdown(found.plan)}\n"
        "`provision apply` corrects it, `provision drift --accept PATH` accepts it. "
        f"{left(found)}".rstrip()
    )


def left(found: Drift) -> str:
    """How many manual steps are open besides; empty: none."""
    if not found.still_open:
        return ""
    steps = format_count(found.still_open, "manual step is", "manual steps are")
    return f"{steps} still open: `provision verify` lists them."


def _channel(bot: Bot, wanted: str) -> str:
    for one in bot.client.chat.channels(bot.workspace_id):
        if wanted in (one.id, one.name):
            return one.id
    raise InputError(
        f'there is no chat channel "{wanted}"', hint="Its name or id, as ClickUp has it."
    )
