"""`/release`: end a hold; the policy decides again."""

from clickup_mlops.commands import phrases
from clickup_mlops.commands.model import (
    Operation,
    Reply,
    Request,
    SlashCommand,
    no_arguments,
)
from clickup_mlops.features.corrections.commands import Mute, Release
from clickup_mlops.routing import task_state
from clickup_mlops.routing.decision import format_priority
from clickup_mlops.routing.task_state import Muted


def answer(request: Request, _nothing: None) -> Reply:
    """The task is evaluated again immediately. A mute that an undo has set ends with the hold.

    Mutes end only if the user may also use `/unmute`. A newer choice stays.
    """
    if later := phrases.chosen_later(request):
        return Reply(later)
    muted = request.state.muted
    lifted = [one.automation for one in muted if _ends_with_hold(one, request)]
    left = [one for one in muted if one.automation not in lifted]
    lines = [_released(request), *(f"`{name}` is no longer muted." for name in lifted)]
    lines += [_then(request, left), *(_stays(one, request) for one in left)]
    operations: list[Operation] = [Mute(name, 0) for name in lifted]
    return Reply("\n".join(filter(None, lines)), (Release(), *operations))


def _ends_with_hold(one: Muted, request: Request) -> bool:
    return one.by_undo and one.automation in request.routing and "unmute" in request.commands


def _released(request: Request) -> str:
    override = request.state.override
    if override is None or override.priority is None:
        return "No priority is held."
    return f"Released: {format_priority(override.priority)}, {task_state.format_hold(override)}."


def _then(request: Request, left: list[Muted]) -> str:
    """Whether the policy decides now, and if not, why."""
    silent = {one.automation for one in left}
    if any(request.modes[name] == "on" for name in request.routing - silent):
        return "The policy decides again."
    idle = [
        f"`{name}`:{said}"
        for name in sorted(request.routing)
        if (said := phrases.inactive(request, name))
    ]
    return " ".join(["The policy does not apply to this task now.", *idle])


def _stays(one: Muted, request: Request) -> str:
    how = f" `/unmute {one.automation}` ends that." if "unmute" in request.commands else ""
    return f"{one.sentence}{how}"


COMMAND = SlashCommand(
    "Ends a held priority, or the hold and mute of an undo: the policy decides again.",
    "/release [because …]",
    "member",
    no_arguments,
    answer,
)
