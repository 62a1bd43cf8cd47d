"""`/hold`: leave the priority as it is."""

from clickup_mlops.commands import reading, wording
from clickup_mlops.commands.model import Asked, Keep, Misused, Reply, Word
from clickup_mlops.commands.reading import Timed
from clickup_mlops.routing.decision import moment, title

USAGE = "/hold [for 3d] [because …]"


def read(rest: str) -> Timed:
    """`for 3d because we wait for the vendor`."""
    timed = reading.timed(rest)
    if timed.what:
        raise Misused(f"`{timed.what:.60}` is not understood: write `{USAGE}`")
    return timed


def answer(asked: Asked, timed: Timed) -> Reply:
    """The priority that the task has now is kept."""
    priority = asked.task.priority
    if priority is None:
        raise Misused("this task has no priority to hold: `/priority` gives it one")
    until_ms = asked.at_ms + (asked.keeps_ms if timed.for_ms is None else timed.for_ms)
    text = f"Stays **{title(priority)}** until {moment(until_ms)}."
    keep = Keep(priority, until_ms, timed.because)
    return Reply(f"{text}{wording.reason(timed.because)}", (keep,))


WORD = Word("Keeps the priority that this task has now.", USAGE, "member", read, answer)
