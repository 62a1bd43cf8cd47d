"""Small sentences that several answers share. Pure."""

import re
from typing import Final

from clickup_mlops.commands.model import Asked

_MARKS: Final = re.compile(r"[`*\[\]]")


def plain(text: str) -> str:
    """A person's words on one line, so that nobody hides a link in those of the bot."""
    return " ".join(_MARKS.sub("", text).split())


def idle(asked: Asked, automation: str) -> str:
    """A sentence if the automation does nothing on this task whether it is muted or not."""
    mode = asked.modes.get(automation, "on")
    words = {"on": "", "shadow": "only in shadow mode here", "off": "switched off"}[mode]
    return f" It is {words}." if words else ""


def reason(because: str) -> str:
    """The reason that a person gave, as a part of a sentence; as plain text, without links."""
    given = plain(because)
    return f" Reason: {given}" if given else ""
