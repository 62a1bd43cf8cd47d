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
        journal, current = workspace.journal(bot), plan(bot, request)
        journal.notice(current)
        if accepted:
            journal.tolerate(_chosen(current, accepted))
            current = plan(bot, request)
        differing = manual_steps.unexpected(bot, current)
        return Drift(differing, len(current.work) - len(differing.work))


def _chosen(current: Plan, accepted: Collection[str]) -> list[Step]:
    differing = [step for step in current.work if step.have is not None and step.changes]
    by_spelling = {text: step for step in differing for text in spellings(step.path)}
    unknown = [path for path in accepted if fold_name(path) not in by_spelling]
    if unknown:
        listed = ", ".join(show(step.path) for step in differing) or "nothing"
        raise InputError(f"{', '.join(unknown)} does not differ", hint=f"What differs: {listed}.")
    return [by_spelling[fold_name(path)] for path in accepted]


def report(bot: Bot, drift_: Drift, audience: Audience) -> None:
    """Say what differs, if anything does.

    Raises:
        InputError: there is no such channel. ApiError: ClickUp refused.
    """
    if not drift_.plan.work:
        return
    if audience.channel:
        channel_id = _channel(bot, audience.channel)
        bot.client.chat.send(bot.workspace_id, channel_id, text(drift_))
    if audience.task_id:
        bot.client.comments.add(audience.task_id, text(drift_))


def text(drift_: Drift) -> str:
    """The report, as Markdown."""
    return (
        f"{render.markdown(drift_.plan)}\n"
        "`provision apply` corrects it, `provision drift --accept PATH` accepts it. "
        f"{format_still_open(drift_)}".rstrip()
    )


def format_still_open(drift_: Drift) -> str:
    """How many manual steps are open besides; empty: none."""
    if not drift_.still_open:
        return ""
    steps = format_count(drift_.still_open, "manual step is", "manual steps are")
    return f"{steps} still open: `provision verify` lists them."


def _channel(bot: Bot, name: str) -> str:
    for channel in bot.client.chat.channels(bot.workspace_id):
        if name in (channel.id, channel.name):
            return channel.id
    raise InputError(
        f'there is no chat channel "{name}"', hint="Its name or id, as ClickUp has it."
    )
