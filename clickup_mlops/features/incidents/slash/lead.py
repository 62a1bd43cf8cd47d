"""`/lead`: who leads the incident that this task is part of."""

from typing import Final

from clickup_mlops.commands.model import Arguments, Reply, Request, SlashCommand
from clickup_mlops.features.incidents.commands import LeadIncident
from clickup_mlops.features.incidents.names import count_name_words

USAGE: Final = "/lead [NAME] [because …]"


def read(arguments: Arguments) -> LeadIncident:
    """A member's name, e-mail address, or `on_call`; without one, whoever writes it."""
    return LeadIncident(" ".join(arguments.words) or "me")


def answer(_request: Request, operation: LeadIncident) -> Reply:
    """Answered when it is done: the lead is mentioned in the room and assigned."""
    return Reply("", (operation,))


COMMAND = SlashCommand(
    "Says who leads the incident of this task; without a name, you do.",
    USAGE,
    "member",
    read,
    answer,
    takes=count_name_words,
)
