"""Phrases that several answers share. Pure."""

import re
from typing import Final

from clickup_mlops.commands.model import Request

_MARKS: Final = re.compile(r"[`*\[\]]")


def plain(text: str) -> str:
    """User text on one line, without marks, so that no reply of the bot holds a hidden link."""
    return " ".join(_MARKS.sub("", text).split())


def inactive(request: Request, automation: str) -> str:
    """A sentence if the automation does not write to this task even without a mute."""
    mode = request.modes.get(automation, "on")
    state = {"on": "", "shadow": "only in shadow mode here", "off": "switched off"}[mode]
    return f" It is {state}." if state else ""


def reason(because: str) -> str:
    """The given reason as a sentence, in plain text without links; empty if there is none."""
    given = plain(because)
    return f" Reason: {given}" if given else ""
