"""Links of a report of another system, as Markdown. Pure."""

import re
from collections.abc import Mapping
from typing import Any, Final

_ADDRESS: Final = re.compile(r"https?://[^\s<>\"'`\\()\[\]{}|^]{1,1000}")
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z_ ]{0,30}")


def format_links(report: Mapping[str, Any]) -> str:
    """A line for each page of its `links`, by its name; what is no web address is left out."""
    links: Mapping[str, Any] = report.get("links") or {}
    return "\n".join(
        f"- [{name.replace('_', ' ').capitalize()}]({address})"
        for name, address in links.items()
        if _NAME.fullmatch(name) and isinstance(address, str) and _ADDRESS.fullmatch(address)
    )
