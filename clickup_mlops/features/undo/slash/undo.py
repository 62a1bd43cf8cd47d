"""`/undo`: undo a change of the bot on this task."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from clickup_mlops.bot.handle.commands import CommandOperation, CommandRun
from clickup_mlops.bot.ports import UndoTarget
from clickup_mlops.commands.model import Arguments, Reply, Request, SlashCommand, UsageError

INCIDENT: Final = "incident"
"""The kind of the episode that a person can name."""
USAGE = "/undo [CHANGE|incident] [because …]"


@dataclass(frozen=True, slots=True)
class Undo(CommandOperation):
    """Undo a change of the bot on this task. `target`: see `ports.UndoTarget`."""

    target: UndoTarget

    def execute(self, run: CommandRun) -> str:
        """Say what was undone, and what was not."""
        request, undo = run.request, run.services.undo
        return undo(run.task.id, self.target, request.user, request.key, run.undoable_commands())


def takes(words: Sequence[str]) -> int:
    """What begins like a number, or the word; else all is the reason."""
    word = words[0].lower() if words else ""
    return int(word == INCIDENT or word.removeprefix("#")[:1].isdigit())


def read(arguments: Arguments) -> UndoTarget:
    """The number of a change, as `audit list` shows it, or the word."""
    if not arguments.first_word:
        return None
    if arguments.first_word.lower() == INCIDENT:
        return INCIDENT
    digits = arguments.first_word.removeprefix("#")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 15):
        raise UsageError(
            f"`{arguments.first_word:.40}` is not the number of a change: write `{USAGE}`"
        )
    return int(digits)


def answer(_request: Request, target: UndoTarget) -> Reply:
    """The result is added when the undo is done."""
    return Reply("", (Undo(target),))


COMMAND = SlashCommand(
    "Undoes your last command on this task; or the change with this number; or what the bot wrote "
    "about the task's incident.",
    USAGE,
    "member",
    read,
    answer,
    takes=takes,
)
