"""Variables of which an expression names what it needs: `tasks["Serving"]`. Pure.

The names are found when the expression is compiled, so that only these are read.
"""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

KEYED: Final = frozenset({"tasks"})
"""The variables that are read by name."""
_LITERAL: Final = re.compile(r"""r?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")
_NAMED: Final = r"""\s*\[\s*(?:"([^"\\]*)"|'([^'\\]*)'|([a-z_]\w*(?:\.\w+)*))\s*\]"""
HINT: Final = 'name what is read as text or by a setting: `{0}["Serving"]`, `{0}[settings.list]`'


class Keyed:
    """What a keyed variable holds; `read` gives the value of a name."""

    def __init__(self, read: Callable[[str], Any]) -> None:
        self._read = read
        self._known: dict[str, Any] = {}

    def of(self, names: Collection[str]) -> dict[str, Any]:
        """The values of these names, each read once."""
        for name in names:
            if name not in self._known:
                self._known[name] = self._read(name)
        return {name: self._known[name] for name in names}


def names(text: str, variable: str, constants: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The names that an expression reads of the variable; None: one of them is not known before."""
    pattern = re.compile(rf"(?<![\w.]){variable}{_NAMED}")
    result = []
    for double, single, constant in pattern.findall(text):
        if constant and not isinstance(constants.get(constant), str):
            return None
        result.append(constants[constant] if constant else double or single)
    remainder = _LITERAL.sub("", pattern.sub("", text))
    return (
        None if re.search(rf"(?<![\w.]){variable}\b", remainder) else tuple(dict.fromkeys(result))
    )
