"""Where shifts are read, one file each: the folder is the list.

Each defines `SOURCE`, a `Read`. The file's name is the `kind` of a source. What they share is in
the modules with `_`.
"""

import sys
from collections.abc import Callable, Mapping

from clickup_mlops import registry
from clickup_mlops.bot.handle.context.on_call import Shift
from clickup_mlops.features.shifts.sources._table import ShiftSource

Read = Callable[[ShiftSource, int, int], tuple[Shift, ...]]
"""The shifts between two times (Unix ms), by their beginnings. Raises `SourceAway`."""

__all__ = ["Read", "ShiftSource", "kinds"]


def kinds() -> Mapping[str, Read]:
    """How each kind is read."""
    return registry.find(sys.modules[__name__], "SOURCE")
