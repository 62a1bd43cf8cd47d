"""`/undo`: take back what the bot did here."""

from clickup_mlops.commands.model import Asked, Misused, Reply, Undo, Word

USAGE = "/undo [CHANGE]"


def read(rest: str) -> int | None:
    """The number of a change, as `audit list` shows it; None: the last one."""
    if not rest:
        return None
    digits = rest.removeprefix("#")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 15):
        raise Misused(f"`{rest:.40}` is no change's number: write `{USAGE}`")
    return int(digits)


def answer(_asked: Asked, change: int | None) -> Reply:
    """What came of it is added when it is done."""
    return Reply("", (Undo(change),))


WORD = Word("Takes back the bot's last change of this task, or one.", USAGE, "member", read, answer)
