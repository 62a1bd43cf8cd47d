"""`/incident`: confirm or refuse that this task is a live incident."""

from clickup_mlops.commands import phrases
from clickup_mlops.commands.model import Reply, Request, SetIncident, SlashCommand, UsageError

USAGE = "/incident yes|no"
_ANSWERS = {"yes": True, "no": False}


def read(rest: str) -> bool:
    """Whether it is one."""
    found = _ANSWERS.get(rest.lower())
    if found is None:
        raise UsageError(f"`yes` or `no` is missing: write `{USAGE}`")
    return found


def answer(request: Request, live: bool) -> Reply:
    """Written to the task, and kept as an example for the classifier; what is newer stays."""
    if later := phrases.said_later(request, "incident"):
        return Reply(later)
    said = "Confirmed: a live **incident**." if live else "Refused: **no incident**."
    return Reply(f"{said}{_workload(request, live)}", (SetIncident(live),))


def _workload(request: Request, live: bool) -> str:
    workload = request.decision.workload if request.decision else "inference"
    if not live or workload == "inference":
        return ""
    return f" Its workload is {workload}; if a served model fails, write `/workload inference` too."


COMMAND = SlashCommand(
    "Confirms or refuses that this task is a live incident; `routing learn` learns from it.",
    USAGE,
    "member",
    read,
    answer,
)
