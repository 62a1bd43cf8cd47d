"""`/mute`: stop one automation from acting on this task."""

from clickup_mlops.commands.model import (
    METRICS,
    Arguments,
    Mute,
    Reply,
    Request,
    SlashCommand,
    UsageError,
    one_word,
)
from clickup_mlops.routing.decision import moment
from clickup_mlops.spelling import suggest_word

USAGE = "/mute AUTOMATION [for 7d] [because …]"
_DEFAULT_MS = 30 * 86_400_000


def answer(request: Request, given: Arguments) -> Reply:
    """For 30 days if no time is given: a mute without an end is soon forgotten."""
    automation = known(request, given.what, USAGE)
    until_ms = request.at_ms + (given.for_ms or _DEFAULT_MS)
    text = f"`{automation}` is muted on this task until {moment(until_ms)}."
    return Reply(text, (Mute(automation, until_ms, given.because),))


def as_given(given: Arguments) -> Arguments:
    """The automation is looked up in `answer`, which knows them."""
    return given


def known(request: Request, name: str, usage: str) -> str:
    """The automation's name, or `metrics`.

    Raises:
        UsageError: there is none of that name.
    """
    there = sorted({*request.automations, METRICS})
    if name in there:
        return name
    meant = suggest_word(name, there, " Did you mean `{}`?")
    listed = ", ".join(f"`{automation}`" for automation in there)
    given = f"there is no automation `{name:.60}`.{meant}" if name else f"write `{usage}`."
    raise UsageError(f"{given} Available: {listed}")


COMMAND = SlashCommand(
    "Stops one automation from acting on this task.",
    USAGE,
    "member",
    as_given,
    answer,
    takes=one_word,
    has_time=True,
)
