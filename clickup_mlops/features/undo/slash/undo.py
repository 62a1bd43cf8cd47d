"""`/undo`: undo a change of the bot on this task."""

from collections.abc import Sequence
from dataclasses import dataclass

from clickup_mlops.bot.handle.commands import CommandOperation, CommandRun
from clickup_mlops.commands.model import Arguments, Reply, Request, SlashCommand, UsageError

USAGE = "/undo [CHANGE] [because …]"


@dataclass(frozen=True, slots=True)
class Undo(CommandOperation):
    """Undo a change of the bot on this task; the latest one if `change` is None."""

    change: int | None

    def execute(self, run: CommandRun) -> str:
        """Say what was undone, and what was not."""
        request, undo = run.request, run.services.undo
        return undo(run.task.id, self.change, request.user, request.key, run.undoable_commands())


def takes(words: Sequence[str]) -> int:
    """What begins like a number; else all is the reason."""
    return int(bool(words) and words[0].removeprefix("#")[:1].isdigit())


def read(arguments: Arguments) -> int | None:
    """The number of a change, as `audit list` shows it; None: see `features.undo.last_change`."""
    if not arguments.first_word:
        return None
    digits = arguments.first_word.removeprefix("#")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 15):
        raise UsageError(
            f"`{arguments.first_word:.40}` is not the number of a change: write `{USAGE}`"
        )
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
    takes=takes,
)
