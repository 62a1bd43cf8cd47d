"""`/run`: have an automation evaluated for this task now."""

from clickup_mlops.commands.model import Reply, Request, Run, SlashCommand
from clickup_mlops.commands.slash.mute import known

USAGE = "/run AUTOMATION"


def answer(request: Request, name: str) -> Reply:
    """Its condition, cap, mode and mutes hold as for any other event."""
    automation = known(request, name, USAGE)
    text = f"`{automation}` is evaluated for this task now; it acts if its condition holds."
    return Reply(text, (Run(automation),))


COMMAND = SlashCommand(
    "Evaluates one automation for this task now, without waiting for an event.",
    USAGE,
    "admin",
    str.strip,
    answer,
)
