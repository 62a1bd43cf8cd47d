"""`/mute`: stop one automation from acting on this task."""

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
from clickup_mlops.routing.decision import format_moment

USAGE = "/mute AUTOMATION [for 7d] [because …]"
_DEFAULT_MS = 30 * 86_400_000


def answer(request: Request, arguments: Arguments) -> Reply:
    """For 30 days if no time is given: a mute without an end is soon forgotten."""
    automation = require_automation(request, arguments.first_word, USAGE)
    if later := phrases.find_newer_command(request, phrases.mute_of(automation)):
        return Reply(later)
    until_ms = request.at_ms + (arguments.for_ms or _DEFAULT_MS)
    text = f"`{automation}` is muted on this task until {format_moment(until_ms)}."
    return Reply(text, (Mute(automation, until_ms, arguments.because),))


COMMAND = SlashCommand(
    "Stops one automation from acting on this task.",
    USAGE,
    "member",
    read_arguments,
    answer,
    takes=one_word,
    has_time=True,
)
