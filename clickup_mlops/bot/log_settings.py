"""Settings of the log."""

from typing import Literal

from clickup_mlops.config import Table


class LogSettings(Table):
    """Log lines on standard error."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """The least important kind of line to print."""
    name: str = ""
    """In every line as `bot`, to distinguish several bots. With several settings files
    `serve` sets it to each file's name."""
    json_lines: bool | None = None
    """True: JSON lines; false: for people. Unset: for people on a terminal, else JSON."""
