"""`/priority`: a person's priority, with a time and a reason."""

from dataclasses import dataclass

from clickup_mlops.commands import reading, wording
from clickup_mlops.commands.model import Asked, Keep, Misused, Reply, Word
from clickup_mlops.routing.decision import NUMBER, moment, title

USAGE = "/priority urgent|high|normal|low [for 3d] [because …]"


@dataclass(frozen=True, slots=True)
class Wish:
    """The priority (1 to 4), how long (None: as long as the policy says), and why."""

    priority: int
    for_ms: int | None
    because: str


def read(rest: str) -> Wish:
    """`high for 3d because the demo is on Friday`."""
    timed = reading.timed(rest)
    number = {str(name): value for name, value in NUMBER.items()}.get(timed.what.lower())
    if number is None:
        given = f"`{timed.what:.40}` is no priority" if timed.what else "which priority?"
        raise Misused(f"{given}: write `{USAGE}`")
    return Wish(number, timed.for_ms, timed.because)


def answer(asked: Asked, wish: Wish) -> Reply:
    """Kept from the moment of the comment on."""
    until_ms = asked.at_ms + (asked.keeps_ms if wish.for_ms is None else wish.for_ms)
    keep = Keep(wish.priority, until_ms, wish.because)
    text = f"**{title(wish.priority)}** until {moment(until_ms)}: {asked.user} wants it so."
    return Reply(f"{text}{wording.reason(wish.because)}", (keep,))


WORD = Word(
    "Gives this task a priority that the bot leaves alone for that time.",
    USAGE,
    "member",
    read,
    answer,
)
