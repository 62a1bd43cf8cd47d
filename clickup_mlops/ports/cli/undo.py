"""What the commands named `undo` share: they preview, `--yes` acts, and they end the same way."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import click

from clickup_mlops.bot.write.undo.engine import State
from clickup_mlops.ports.cli.exit_codes import ExitCode

MARKS: Final[dict[State, str]] = {"undone": "~", "would": "~", "kept": "!", "failed": "x"}
"""What a line begins with."""
_WORDS: Final[dict[State, str]] = {
    "undone": "undone",
    "would": "would be undone",
    "kept": "kept",
    "failed": "failed",
}
Decorated = Callable[..., Any]


def yes(function: Decorated) -> Decorated:
    """Add `--yes`, passed as `yes: bool`."""
    text = "Undo it. Without this, only show what would be undone."
    return click.option("--yes", is_flag=True, help=text)(function)


def summarize(counts: Mapping[State, int]) -> str:
    """How many there are of each state, and what comes next."""
    parts = [f"{counts[state]:,} {word}" for state, word in _WORDS.items() if counts.get(state)]
    following = " Use --yes to undo it." if counts.get("would") else ""
    return f"{', '.join(parts) or 'Nothing to undo'}.{following}"


def exit_code(counts: Mapping[State, int]) -> ExitCode:
    """An error if something failed; work if `--yes` has some; manual steps if something stays."""
    if counts.get("failed"):
        return ExitCode.ERROR
    if counts.get("would"):
        return ExitCode.WORK_TO_DO
    return ExitCode.MANUAL_STEPS if counts.get("kept") else ExitCode.DONE
