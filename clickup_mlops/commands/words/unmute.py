"""`/unmute`: let an automation act on this task again."""

from clickup_mlops.commands.model import Asked, Mute, Reply, Word
from clickup_mlops.commands.words.mute import known

USAGE = "/unmute AUTOMATION"


def answer(asked: Asked, name: str) -> Reply:
    """From its next event on."""
    rule = known(asked, name, USAGE)
    return Reply(f"`{rule}` acts on this task again.", (Mute(rule, 0),))


WORD = Word("Ends a `/mute`.", USAGE, "member", str.strip, answer)
