"""`/incident`: whether this task is a live incident, of which one it is a part, and its status."""

from collections.abc import Sequence
from typing import Final

from clickup_mlops.commands import phrases
from clickup_mlops.commands.model import (
    Arguments,
    Reply,
    Request,
    SlashCommand,
    UsageError,
)
from clickup_mlops.features.incidents.commands import JoinIncident, SetIncident, SplitIncident
from clickup_mlops.features.incidents.model import IncidentView
from clickup_mlops.features.incidents.status import format_status

USAGE = "/incident yes|no|status|split|join TASK [because …]"
_ANSWERS = {"yes": True, "no": False}
_JOIN: Final = "join"
_SPLIT: Final = "split"
_STATUS: Final = "status"

Choice = SetIncident | JoinIncident | SplitIncident | None
"""What it is or is a part of; None: the question how it stands."""


def takes(words: Sequence[str]) -> int:
    """One word; `join` and the task."""
    return 2 if words and words[0].lower() == _JOIN else 1


def read(arguments: Arguments) -> Choice:
    """`yes`, `no`, `status`, `split`, or `join` with the id, custom id or address of a task."""
    word = arguments.first_word.lower()
    if word == _STATUS:
        return None
    if word == _SPLIT:
        return SplitIncident()
    if word == _JOIN:
        if len(arguments.words) < takes(arguments.words):
            raise UsageError(f"which task's incident? Write `{USAGE}`")
        return JoinIncident(arguments.words[1])
    if word not in _ANSWERS:
        raise UsageError(f"`yes`, `no`, `status`, `join` or `split` is missing: write `{USAGE}`")
    return SetIncident(_ANSWERS[word], arguments.because)


def answer(request: Request, choice: Choice) -> Reply:
    """Written to the task, and kept as an example for the classifier; what is newer stays. What
    belongs together is answered when it is done.
    """
    if choice is None:
        view = request.view(IncidentView)
        status = "" if view is None else format_status(view, links=False)
        return Reply(status or "This task is part of no incident.")
    if not isinstance(choice, SetIncident):
        return Reply("", (choice,))
    if later := phrases.said_later(request, "incident"):
        return Reply(later)
    text = "Confirmed: a live **incident**." if choice.live else "Refused: **no incident**."
    return Reply(f"{text}{_workload(request, choice.live)}", (choice,))


def _workload(request: Request, live: bool) -> str:
    workload = request.decision.workload if request.decision else "inference"
    if not live or workload == "inference":
        return ""
    return f" Its workload is {workload}; if a served model fails, write `/workload inference` too."


COMMAND = SlashCommand(
    "Confirms or refuses that this task is a live incident, from which `routing learn` learns; "
    "shows its status; joins its incident to that of another task, or splits it from its incident.",
    USAGE,
    "member",
    read,
    answer,
    takes=takes,
    only_asks=lambda arguments: arguments.first_word.lower() == _STATUS,
)
