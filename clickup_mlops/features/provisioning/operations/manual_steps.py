"""Manual steps that are not done yet, kept for who looks without a call: the dashboard."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from clickup_mlops.bot.app import Bot
from clickup_mlops.features.provisioning.plan.model import Plan, Step
from clickup_mlops.features.provisioning.tree import fold_name, show
from clickup_mlops.store import Store

_IN: Final = "\n"
MOST: Final = 100
"""Steps of a template that are kept; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Open:
    """What a template left to people: what and why, as of a time (Unix ms); `total` of them."""

    template: str
    steps: tuple[tuple[str, str], ...]
    total: int
    at_ms: int


def note(
    bot: Bot, plan: Plan, steps: Sequence[Step], known_steps: Sequence[Step] | None = None
) -> None:
    """From now on these are the open ones of the plan's template in its Space. Of the `known` ones
    `drift` informs nobody any more; without them, of all.
    """
    listed = [(show(step.path), step.why) for step in steps]
    keys = [
        _key(step) for step in (steps if known_steps is None else known_steps) if step.have is None
    ]
    value = {"steps": listed[:MOST], "total": len(listed), "known": keys}
    bot.store.notes.put(_scope(bot.workspace_id), name_of(plan), value, bot.now_ms())


def unexpected(bot: Bot, plan: Plan) -> Plan:
    """The plan without the manual steps that were open at the last apply or `verify` and still are:
    people know of them. One that was done since and is open again stays in the plan.
    """
    manual = [step for step in plan.work if step.operation == "manual"]
    stored = bot.store.notes.get(_scope(bot.workspace_id), name_of(plan))
    if stored is None:
        note(bot, plan, manual)
        return plan
    known_keys = set(stored.value.get("known", ()))
    open_ = [step for step in manual if step.have is None and _key(step) in known_keys]
    note(bot, plan, manual, open_)
    hidden = {step.path for step in open_}
    return replace(plan, steps=tuple(step for step in plan.steps if step.path not in hidden))


def forget(bot: Bot, plan: Plan) -> None:
    """Nothing is known of the plan's template in its Space: what it made is being removed."""
    bot.store.notes.remove(_scope(bot.workspace_id), name_of(plan))


def still_open(store: Store, workspace: str) -> list[Open]:
    """Those of all templates that were applied or verified in a Workspace, by template."""
    notes = store.notes.all(_scope(workspace))
    return [
        Open(
            name.partition(_IN)[0],
            tuple((w, y) for w, y in stored.value["steps"]),
            stored.value["total"],
            stored.at_ms,
        )
        for name, stored in notes.items()
    ]


def name_of(plan: Plan) -> str:
    """One template may have several instances: by its Space, and by parameters in names."""
    space = next((fold_name(step.path[0][1]) for step in plan.steps), "")
    values = [f"{name}={value}" for name, value in sorted(plan.instance.items())]
    return _IN.join([plan.template, space, *values])


def _key(step: Step) -> str:
    return f"{show(step.path)}: {step.why}"


def _scope(workspace: str) -> str:
    return f"manual:{workspace}"
