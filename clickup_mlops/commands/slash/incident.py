"""`/incident`: whether this task is a live incident, and of which one it is a part."""

from clickup_mlops.commands import phrases
from clickup_mlops.commands.model import (
    JoinIncident,
    Reply,
    Request,
    SetIncident,
    SlashCommand,
    SplitIncident,
    UsageError,
)

USAGE = "/incident yes|no|split|join TASK"
_ANSWERS = {"yes": True, "no": False}

Said = bool | JoinIncident | SplitIncident
"""Whether it is one, or of which one it is a part."""


def read(rest: str) -> Said:
    """`yes`, `no`, `split`, or `join` with the id, custom id or address of a task."""
    word, _, more = rest.partition(" ")
    if word.lower() == "split":
        return SplitIncident()
    if word.lower() == "join":
        if not (task := next(iter(more.split()), "")):
            raise UsageError(f"which task's incident? Write `{USAGE}`")
        return JoinIncident(task)
    found = _ANSWERS.get(rest.lower())
    if found is None:
        raise UsageError(f"`yes`, `no`, `join` or `split` is missing: write `{USAGE}`")
    return found


def answer(request: Request, said: Said) -> Reply:
    """Written to the task, and kept as an example for the classifier; what is newer stays. What
    belongs together is answered when it is done.
    """
    if not isinstance(said, bool):
        return Reply("", (said,))
    if later := phrases.said_later(request, "incident"):
        return Reply(later)
    text = "Confirmed: a live **incident**." if said else "Refused: **no incident**."
    return Reply(f"{text}{_workload(request, said)}", (SetIncident(said),))


def _workload(request: Request, live: bool) -> str:
    workload = request.decision.workload if request.decision else "inference"
    if not live or workload == "inference":
        return ""
    return f" Its workload is {workload}; if a served model fails, write `/workload inference` too."


COMMAND = SlashCommand(
    "Confirms or refuses that this task is a live incident, from which `routing learn` learns; "
    "joins its incident to that of another task, or splits it from its incident.",
    USAGE,
    "member",
    read,
    answer,
)
