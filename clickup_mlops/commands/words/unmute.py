"""`/unmute`: let an automation act on this task again."""

from clickup_mlops.commands import wording
from clickup_mlops.commands.model import Asked, Mute, Reply, Word
from clickup_mlops.commands.words.mute import known
from clickup_mlops.routing import standing

USAGE = "/unmute AUTOMATION"


def answer(asked: Asked, name: str) -> Reply:
    """From its next event on, if it is switched on; a priority that is held stays."""
    automation = known(asked, name, USAGE)
    lines = [_ended(asked, automation), *standing.held(asked.standing.override)]
    return Reply("\n".join(lines), (Mute(automation, 0),))


def _ended(asked: Asked, automation: str) -> str:
    if automation not in {one.automation for one in asked.standing.muted}:
        return f"`{automation}` was not muted on this task.{wording.idle(asked, automation)}"
    idle = wording.idle(asked, automation)
    return (
        f"`{automation}` is no longer muted.{idle}"
        if idle
        else f"`{automation}` acts on this task again."
    )


WORD = Word("Ends a `/mute`, or what an undo has muted.", USAGE, "member", str.strip, answer)
