"""Reads the name of an automation behind `/mute`, `/unmute` and `/run`. Pure."""

from clickup_mlops.commands.model import METRICS, Arguments, Request, UsageError
from clickup_mlops.spelling import suggest_word


def read_arguments(arguments: Arguments) -> Arguments:
    """As they are: the automation is looked up with the request, which knows them."""
    return arguments


def require_automation(request: Request, name: str, usage: str) -> str:
    """The automation's name, or `metrics`.

    Raises:
        UsageError: there is none of that name.
    """
    names = sorted({*request.automations, METRICS})
    if name in names:
        return name
    suggestion = suggest_word(name, names, " Did you mean `{}`?")
    listed = ", ".join(f"`{automation}`" for automation in names)
    problem = f"there is no automation `{name:.60}`.{suggestion}" if name else f"write `{usage}`."
    raise UsageError(f"{problem} Available: {listed}")
