"""`/undo`: undo a change of the bot on this task."""

from clickup_mlops.commands.model import Reply, Request, SlashCommand, Undo, UsageError

USAGE = "/undo [CHANGE]"


def read(rest: str) -> int | None:
    """The number of a change, as `audit list` shows it; None: see `bot.undo.last`."""
    if not rest:
        return None
    digits = rest.removeprefix("#")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 15):
        raise UsageError(f"`{rest:.40}` is not the number of a change: write `{USAGE}`")
    return int(digits)


def answer(_request: Request, change: int | None) -> Reply:
    """The result is added when the undo is done."""
    return Reply("", (Undo(change),))


COMMAND = SlashCommand(
    "Undoes your last command, an incident's changes or the bot's last one; or this number.",
    USAGE,
    "member",
    read,
    answer,
)
