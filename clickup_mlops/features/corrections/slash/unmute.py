"""`/unmute`: end a mute."""

from clickup_mlops.commands import phrases
from clickup_mlops.commands.automation_names import read_arguments, require_automation
from clickup_mlops.commands.model import (
    Arguments,
    Reply,
    Request,
    SlashCommand,
    one_word,
)
from clickup_mlops.features.corrections.commands import Mute
from clickup_mlops.routing import task_state

USAGE = "/unmute AUTOMATION [because …]"


def answer(request: Request, arguments: Arguments) -> Reply:
    """From its next event on, if it is switched on; a priority that is held stays."""
    automation = require_automation(request, arguments.first_word, USAGE)
    if later := phrases.find_newer_command(request, phrases.mute_of(automation)):
        return Reply(later)
    lines = [_ended(request, automation), *task_state.describe_hold(request.state.override)]
    return Reply("\n".join(lines), (Mute(automation, 0, arguments.because),))


def _ended(request: Request, automation: str) -> str:
    if automation not in {mute.automation for mute in request.state.muted}:
        return f"`{automation}` was not muted on this task.{phrases.inactive(request, automation)}"
    inactive = phrases.inactive(request, automation)
    return (
        f"`{automation}` is no longer muted.{inactive}"
        if inactive
        else f"`{automation}` acts on this task again."
    )


COMMAND = SlashCommand(
    "Ends a mute, set by `/mute` or by an undo.",
    USAGE,
    "member",
    read_arguments,
    answer,
    takes=one_word,
)
