"""What the exit code of a command means, the same for every command."""

from enum import IntEnum


class ExitCode(IntEnum):
    """Returned by commands. A command that previews an action counts what it would do as work."""

    DONE = 0
    """Done; or nothing is to be done."""
    ERROR = 1
    """Something failed, or is wrong."""
    WORK_TO_DO = 2
    """The bot has work: a command with `--yes`, `apply` or a repetition does it."""
    MANUAL_STEPS = 3
    """The bot has no work, but manual steps remain, which only people can do."""
