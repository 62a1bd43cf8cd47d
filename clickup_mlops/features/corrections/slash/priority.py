"""`/priority`: set a priority, with a duration and a reason."""

from dataclasses import dataclass

from clickup_mlops.commands import phrases
from clickup_mlops.commands.model import (
    Arguments,
    Reply,
    Request,
    SlashCommand,
    UsageError,
    one_word,
)
from clickup_mlops.features.corrections.commands import Hold
from clickup_mlops.routing.decision import NUMBER, format_moment, format_priority

USAGE = "/priority urgent|high|normal|low [for 3d] [because …]"


@dataclass(frozen=True, slots=True)
class PriorityArguments:
    """The priority (1 to 4), how long (None: as long as the policy says), and why."""

    priority: int
    for_ms: int | None
    because: str


def read(arguments: Arguments) -> PriorityArguments:
    """`high for 3d because the demo is on Friday`."""
    number = {str(name): value for name, value in NUMBER.items()}.get(arguments.first_word.lower())
    if number is None:
        wrong = (
            f"`{arguments.first_word:.40}` is not a priority"
            if arguments.first_word
            else "the priority is missing"
        )
        raise UsageError(f"{wrong}: write `{USAGE}`")
    return PriorityArguments(number, arguments.for_ms, arguments.because)


def answer(request: Request, arguments: PriorityArguments) -> Reply:
    """The hold starts at the time of the comment; a newer choice stays."""
    if later := phrases.chosen_later(request):
        return Reply(later)
    until_ms = request.at_ms + (request.keeps_ms if arguments.for_ms is None else arguments.for_ms)
    hold = Hold(arguments.priority, until_ms, arguments.because)
    text = (
        f"Priority **{format_priority(arguments.priority)}** until {format_moment(until_ms)}, set "
        f"by {request.user}."
    )
    return Reply(text, (hold,))


COMMAND = SlashCommand(
    "Sets the priority and holds it for the given time.",
    USAGE,
    "member",
    read,
    answer,
    takes=one_word,
    has_time=True,
)
