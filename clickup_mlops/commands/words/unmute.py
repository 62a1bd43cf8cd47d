"""`/unmute`: let an automation act on this task again."""

from clickup_mlops.commands import wording
from clickup_mlops.commands.model import Asked, Mute, Reply, Word
from clickup_mlops.commands.words.mute import known
from clickup_mlops.routing import standing

USAGE = "/unmute AUTOMATION"


def answer(asked: Asked, name: str) -> Reply:
    """From its next event on, if it is switched on; a priority that is held stays."""
    rule = known(asked, name, USAGE)
    lines = [_ended(asked, rule), *standing.held(asked.standing.override)]
    return Reply("\n".join(lines), (Mute(rule, 0),))


def _ended(asked: Asked, rule: str) -> str:
    if rule not in {one.automation for one in asked.standing.muted}:
        return f"`{rule}` was not muted on this task.{wording.idle(asked, rule)}"
    idle = wording.idle(asked, rule)
    return f"`{rule}` is no longer muted.{idle}" if idle else f"`{rule}` acts on this task again."


WORD = Word("Ends a `/mute`, or what an undo has muted.", USAGE, "member", str.strip, answer)
