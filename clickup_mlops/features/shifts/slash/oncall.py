"""`/oncall`: who is on call; take a shift over, or exchange two."""

import re
from collections.abc import Sequence
from datetime import time
from typing import Final

from clickup_mlops.commands.model import Arguments, Reply, Request, SlashCommand, UsageError
from clickup_mlops.features.shifts.board import Board
from clickup_mlops.features.shifts.commands import Swap, Take
from clickup_mlops.features.shifts.model import MAIN

USAGE: Final = (
    "/oncall [take [rotation NAME] [4h|until 18:00] | swap NAME [rotation NAME]] [because …]"
)
_REASONS: Final = frozenset({"because", "due", "for", "weil", "denn", "wegen", "porque", "car"})
_LONGEST_NAME: Final = 4
_CLOCK: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def takes(words: Sequence[str]) -> int:
    """What it does, a name, a rotation, a time of day; what follows is the reason."""
    lower = [word.lower() for word in words]
    number = int(bool(lower) and lower[0] in ("take", "swap"))
    if number and lower[0] == "swap":
        ends = (i for i, word in enumerate(lower) if word in _REASONS or word == "rotation")
        number = min(next(ends, len(words)), 1 + _LONGEST_NAME)
    if number and lower[number : number + 1] == ["rotation"]:
        number += 2
    if number and lower[0] == "take" and lower[number : number + 1] == ["until"]:
        number += 2
    return min(number, len(words))


def read(arguments: Arguments) -> Take | Swap | None:
    """None: a question."""
    if not arguments.words:
        return None
    verb, *words = arguments.words
    if arguments.because.lower().startswith("rotation "):
        raise UsageError(f"the rotation stands before the time: write `{USAGE}`")
    if verb.lower() == "take":
        return _read_take(words, arguments)
    *name, rotation = _split_rotation(words)
    if not name:
        raise UsageError(f"with whom? Write `{USAGE}`")
    if arguments.for_ms is not None:
        raise UsageError("whole shifts are exchanged: write it without a time")
    return Swap(" ".join(name), rotation, arguments.because)


def _read_take(words: list[str], arguments: Arguments) -> Take:
    until = None
    if len(words) > 1 and words[-2].lower() == "until":
        until = _read_clock(words[-1])
        words = words[:-2]
    *remaining, rotation = _split_rotation(words)
    has_two_ends = arguments.for_ms is not None and (
        until is not None or arguments.because.lower().startswith("until ")
    )
    if remaining or has_two_ends:
        raise UsageError(f"write `{USAGE}`")
    return Take(rotation, arguments.for_ms, until, arguments.because)


def _split_rotation(words: list[str]) -> list[str]:
    """The words before `rotation NAME`, and its name."""
    if len(words) > 1 and words[-2].lower() == "rotation":
        return [*words[:-2], words[-1]]
    return [*words, MAIN]


def _read_clock(text: str) -> time:
    match = _CLOCK.fullmatch(text)
    if match is None:
        raise UsageError(f"`{text:.40}` is not a time of day: write `18:00`")
    return time(int(match[1]), int(match[2]))


def answer(request: Request, operation: Take | Swap | None) -> Reply:
    """What an operation did is added when it is done."""
    if operation is not None:
        return Reply("", (operation,))
    board = request.view(Board)
    return Reply(board.text if board and board.text else "No rotation is set up in `[people]`.")


COMMAND = SlashCommand(
    "Says who is on call, until when, and who is next; you take over, or exchange shifts.",
    USAGE,
    "member",
    read,
    answer,
    takes=takes,
    has_time=True,
    only_asks=lambda arguments: not arguments.words,
)
