"""`/run`: have an automation evaluated for this task now."""

from clickup_mlops.commands.model import Arguments, Reply, Request, Run, SlashCommand, one_word
from clickup_mlops.features.corrections.slash.mute import as_given, known

USAGE = "/run AUTOMATION [because …]"


def answer(request: Request, given: Arguments) -> Reply:
    """Its condition, cap, mode and mutes hold as for any other event."""
    automation = known(request, given.what, USAGE)
    text = f"`{automation}` is evaluated for this task now; it acts if its condition holds."
    return Reply(text, (Run(automation),))


COMMAND = SlashCommand(
    "Evaluates one automation for this task now, without waiting for an event.",
    USAGE,
    "admin",
    as_given,
    answer,
    takes=one_word,
)
