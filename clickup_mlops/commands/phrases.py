"""Phrases that several answers share. Pure."""

import re
from typing import Final

from clickup_mlops.commands.model import Request, Subject
from clickup_mlops.routing import task_state
from clickup_mlops.routing.decision import format_priority
from clickup_mlops.routing.facts import SOMEBODY, Override

PRIORITY: Final = "priority"
"""The subject of the commands that hold a priority, or end that."""
REASON: Final = "Reason: "
"""With what the given reason begins in an answer."""
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
    text = plain(because)
    return f" {REASON}{text}" if text else ""


def chosen_later(request: Request) -> str:
    """A sentence if somebody is known to have chosen a priority after the comment was written: a
    command that comes late, or is tried again, does not overwrite it. Else empty.
    """
    return _chosen_later(request) or find_newer_command(request, PRIORITY)


def find_newer_command(request: Request, subject: str) -> str:
    """A sentence if a command about the subject was written after this one. Else empty."""
    is_newer = request.command_times.get(subject, 0) > request.at_ms
    return "Left as it is: a newer command says otherwise." if is_newer else ""


def mute_of(automation: str) -> str:
    """The subject of the commands that mute an automation, or end that."""
    return f"mute:{automation}"


def _chosen_later(request: Request) -> str:
    chosen = request.state.override
    if chosen is None or chosen.automation or chosen.since_ms <= request.at_ms:
        return ""
    if chosen.origin != "change" or (
        chosen.user == SOMEBODY and not _may_be_newer(chosen, request)
    ):
        return ""  # seen on the task: nobody knows when it was set
    if chosen.priority is None:
        return f"Left as it is: {chosen.user} has cleared the priority since."
    return (
        f"Left as it is: {format_priority(chosen.priority)} is newer, "
        f"{task_state.format_hold(chosen)}."
    )


def _may_be_newer(override: Override, request: Request) -> bool:
    return request.seen_ms is not None and override.since_ms > request.seen_ms


def said_later(request: Request, subject: Subject) -> str:
    """As `chosen_later`, about what a task is."""
    if request.said_ms(subject) <= request.at_ms:
        return ""
    subject_text = "the workload" if subject == "workload" else "whether it is an incident"
    return f"Left as it is: somebody has said {subject_text} since."
