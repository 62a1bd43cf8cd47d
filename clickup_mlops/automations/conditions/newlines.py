"""Line breaks in the texts of CEL expressions. Pure.

In TOML's texts of several lines `"\\n"` becomes a line break before CEL sees it. CEL's own texts
stand on one line, unless they have three quotes.
"""

import re
from typing import Final

_TEXT: Final = re.compile(
    r'''("""|\'\'\')(?:.|\n)*?\1|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*\'''', re.DOTALL
)


def escaped(expression: str) -> str:
    """The expression with `\\n` for each line break within a text of one line."""
    return _TEXT.sub(_escaped, expression)


def _escaped(text: re.Match[str]) -> str:
    if text[1]:  # three quotes: it may have several lines
        return text[0]
    return text[0].replace("\r", "\\r").replace("\n", "\\n")
