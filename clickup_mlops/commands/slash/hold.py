"""`/hold`: keep the current priority."""

from clickup_mlops.commands import parsing, phrases
from clickup_mlops.commands.model import Hold, Reply, Request, SlashCommand, UsageError
from clickup_mlops.commands.parsing import Timed
from clickup_mlops.routing.decision import moment, title

USAGE = "/hold [for 3d] [because …]"


def read(rest: str) -> Timed:
    """`for 3d because we wait for the vendor`."""
    timed = parsing.timed(rest)
    if timed.what:
        raise UsageError(f"`{timed.what:.60}` is not a valid argument: write `{USAGE}`")
    return timed


def answer(request: Request, timed: Timed) -> Reply:
    """The current priority is kept."""
    priority = request.task.priority
    if priority is None:
        raise UsageError("this task has no priority to hold: `/priority` gives it one")
    until_ms = request.at_ms + (request.keeps_ms if timed.for_ms is None else timed.for_ms)
    text = f"The priority stays **{title(priority)}** until {moment(until_ms)}."
    hold = Hold(priority, until_ms, timed.because, by="/hold")
    return Reply(f"{text}{phrases.reason(timed.because)}", (hold,))


COMMAND = SlashCommand("Keeps the current priority of this task.", USAGE, "member", read, answer)
