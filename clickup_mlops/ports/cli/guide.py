"""The guided start: what `init --guided` hands to the feature that guides."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class GuideRequest:
    """What was given on the command line; empty: ask, or take what the environment says."""

    file: Path
    """The settings file to write."""
    token: str = ""
    base_url: str = ""
    workspace_id: str = ""
    public_url: str = ""
    store: str = ""
    lists: tuple[str, ...] = ()
    """Lists by name, id or the number in the printed list."""
    channel: str | None = None
    """The chat channel; empty: none; None: ask."""


Guide = Callable[[GuideRequest], int]
"""A feature's `GUIDE` in its `guided.py`: writes the settings file, returns the exit code."""
