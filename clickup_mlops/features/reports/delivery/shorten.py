"""Markdown that is longer than a place takes. Pure."""

from typing import Final

REST: Final = "\n\n_The rest is left out: it is too long for this place._"


def shortened(markdown: str, longest: int) -> str:
    """At most so many characters, cut before a heading, else at the end of a line."""
    if len(markdown) <= longest:
        return markdown
    head = markdown[: longest - len(REST)]
    heading, line = head.rfind("\n#"), head.rfind("\n")
    cut = heading if heading > longest // 2 else line if line > 0 else len(head)
    return head[:cut].rstrip() + REST
