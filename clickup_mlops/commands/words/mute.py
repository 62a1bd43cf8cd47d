"""`/mute`: keep one automation away from this task."""

from clickup_mlops.commands import reading, wording
from clickup_mlops.commands.model import Asked, Misused, Mute, Reply, Word
from clickup_mlops.commands.reading import Timed
from clickup_mlops.routing.decision import moment
from clickup_mlops.spelling import did_you_mean

USAGE = "/mute AUTOMATION [for 7d] [because …]"
_USUAL_MS = 30 * 86_400_000


def answer(asked: Asked, timed: Timed) -> Reply:
    """For 30 days if no time is given: an automation that is silent for ever is soon forgotten."""
    automation = known(asked, timed.what, USAGE)
    until_ms = asked.at_ms + (timed.for_ms or _USUAL_MS)
    text = f"`{automation}` leaves this task alone until {moment(until_ms)}."
    return Reply(
        f"{text}{wording.reason(timed.because)}", (Mute(automation, until_ms, timed.because),)
    )


def known(asked: Asked, name: str, usage: str) -> str:
    """The automation's name.

    Raises:
        Misused: there is none of that name.
    """
    if name in asked.automations:
        return name
    meant = did_you_mean(name, sorted(asked.automations), " Did you mean `{}`?")
    listed = ", ".join(f"`{automation}`" for automation in sorted(asked.automations))
    given = f"no automation is called `{name:.60}`.{meant}" if name else f"write `{usage}`."
    raise Misused(f"{given} There are: {listed}")


WORD = Word("Keeps one automation away from this task.", USAGE, "member", reading.timed, answer)
