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
    lifted = [mute.automation for mute in muted if _ends_with_hold(mute, request)]
    remaining = [mute for mute in muted if mute.automation not in lifted]
    lines = [_released(request), *(f"`{name}` is no longer muted." for name in lifted)]
    lines += [_then(request, remaining), *(_stays(mute, request) for mute in remaining)]
    operations: list[Operation] = [Mute(name, 0) for name in lifted]
    return Reply("\n".join(filter(None, lines)), (Release(), *operations))


def _ends_with_hold(mute: Muted, request: Request) -> bool:
    return mute.by_undo and mute.automation in request.routing and "unmute" in request.commands


def _released(request: Request) -> str:
    override = request.state.override
    if override is None or override.priority is None:
        return "No priority is held."
    return f"Released: {format_priority(override.priority)}, {task_state.format_hold(override)}."


def _then(request: Request, remaining: list[Muted]) -> str:
    """Whether the policy decides now, and if not, why."""
    silent = {mute.automation for mute in remaining}
    if any(request.modes[name] == "on" for name in request.routing - silent):
        return "The policy decides again."
    idle = [
        f"`{name}`:{inactivity}"
        for name in sorted(request.routing)
        if (inactivity := phrases.inactive(request, name))
    ]
    return " ".join(["The policy does not apply to this task now.", *idle])


def _stays(mute: Muted, request: Request) -> str:
    how = f" `/unmute {mute.automation}` ends that." if "unmute" in request.commands else ""
    return f"{mute.sentence}{how}"


COMMAND = SlashCommand(
    "Ends a held priority, or the hold and mute of an undo: the policy decides again.",
    "/release [because …]",
    "member",
    no_arguments,
    answer,
)
