"""Markdown as Slack and Google Chat write it: `*bold*`, `<url|text>`. Pure."""

import re
from collections.abc import Mapping
from typing import Final

_TOKEN: Final = re.compile(
    r"\\(?P<literal>.)"
    r"|\*\*(?P<bold>(?:\\.|[^*\\])+)\*\*"
    r"|\[(?P<text>(?:\\.|[^\[\]\\])*)\]\((?P<url>https://[^)\s]+)\)"
    r"|(?P<other>.)",
    re.DOTALL,
)
_MARKS: Final = "*_~`"
_BREAK: Final = "\u200b"
"""A space without width: the mark behind it marks nothing."""
_ESCAPED: Final = re.compile(r"\\(.)")
_QUOTED: Final = str.maketrans({"<": "%3C", ">": "%3E", "|": "%7C"})
"""What would end an address."""


def to_marks(markdown: str, replacements: Mapping[str, str]) -> str:
    """The text in these marks; `replacements`: what is written for single characters."""

    def convert(match: re.Match[str]) -> str:
        if (literal := match["literal"]) is not None:
            broken = _BREAK if literal in _MARKS else ""
            return broken + replacements.get(literal, literal)
        if match["bold"] is not None:
            return f"*{to_marks(match['bold'], replacements)}*"
        if match["url"] is not None:
            text = to_marks(match["text"], replacements).replace("|", "/")
            # What an expression gave is escaped in an address, too.
            url = _ESCAPED.sub(r"\1", match["url"]).translate(_QUOTED)
            return f"<{url}|{text}>"
        return replacements.get(match["other"], match["other"])

    return _TOKEN.sub(convert, markdown)
