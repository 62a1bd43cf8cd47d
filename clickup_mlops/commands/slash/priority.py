"""`/priority`: set a priority, with a duration and a reason."""

from dataclasses import dataclass

from clickup_mlops.commands import parsing, phrases
from clickup_mlops.commands.model import Hold, Reply, Request, SlashCommand, UsageError
from clickup_mlops.routing.decision import NUMBER, moment, title

USAGE = "/priority urgent|high|normal|low [for 3d] [because …]"


@dataclass(frozen=True, slots=True)
class PriorityArguments:
    """The priority (1 to 4), how long (None: as long as the policy says), and why."""

    priority: int
    for_ms: int | None
    because: str


def read(rest: str) -> PriorityArguments:
    """`high for 3d because the demo is on Friday`."""
    timed = parsing.timed(rest)
    number = {str(name): value for name, value in NUMBER.items()}.get(timed.what.lower())
    if number is None:
        given = f"`{timed.what:.40}` is not a priority" if timed.what else "the priority is missing"
        raise UsageError(f"{given}: write `{USAGE}`")
    return PriorityArguments(number, timed.for_ms, timed.because)


def answer(request: Request, given: PriorityArguments) -> Reply:
    """The hold starts at the time of the comment; a newer choice stays."""
    if later := phrases.chosen_later(request):
        return Reply(later)
    until_ms = request.at_ms + (request.keeps_ms if given.for_ms is None else given.for_ms)
    hold = Hold(given.priority, until_ms, given.because)
    text = f"Priority **{title(given.priority)}** until {moment(until_ms)}, set by {request.user}."
    return Reply(f"{text}{phrases.reason(given.because)}", (hold,))


COMMAND = SlashCommand(
    "Sets the priority and holds it for the given time.",
    USAGE,
    "member",
    read,
    answer,
)
