"""`/hold`: keep the current priority."""

from collections.abc import Sequence

from clickup_mlops.commands import phrases
from clickup_mlops.commands.model import (
    Arguments,
    Reply,
    Request,
    SlashCommand,
    UsageError,
)
from clickup_mlops.features.corrections.commands import Hold
from clickup_mlops.routing.decision import NUMBER, format_moment, format_priority

USAGE = "/hold [for 3d] [because …]"


def takes(words: Sequence[str]) -> int:
    """A priority, though it is refused: as a reason it would be misunderstood."""
    return int(bool(words) and words[0].lower() in NUMBER)


def read(arguments: Arguments) -> Arguments:
    """`for 3d because we wait for the vendor`."""
    if arguments.first_word:
        raise UsageError(
            "it keeps the priority that the task has; "
            f"`/priority {arguments.first_word}` sets another"
        )
    return arguments


def answer(request: Request, arguments: Arguments) -> Reply:
    """The current priority is kept; what was chosen after the comment is kept anyway."""
    if later := phrases.chosen_later(request):
        return Reply(later)
    priority = request.task.priority
    if priority is None:
        raise UsageError("this task has no priority to hold: `/priority` gives it one")
    until_ms = request.at_ms + (request.keeps_ms if arguments.for_ms is None else arguments.for_ms)
    text = f"The priority stays **{format_priority(priority)}** until {format_moment(until_ms)}."
    return Reply(text, (Hold(priority, until_ms, arguments.because, by="/hold"),))


COMMAND = SlashCommand(
    "Keeps the current priority of this task.",
    USAGE,
    "member",
    read,
    answer,
    takes=takes,
    has_time=True,
)
