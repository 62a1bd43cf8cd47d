"""`/workload`: set the workload of this task."""

from clickup_mlops.commands import phrases
from clickup_mlops.commands.model import Reply, Request, SetWorkload, SlashCommand, UsageError
from clickup_mlops.routing.decision import WORKLOADS, Workload

USAGE = "/workload " + "|".join(WORKLOADS)


def read(rest: str) -> Workload:
    """One of the workloads."""
    found = next((one for one in WORKLOADS if one == rest.lower()), None)
    if found is None:
        raise UsageError(f"the workload is missing or unknown: write `{USAGE}`")
    return found


def answer(request: Request, workload: Workload) -> Reply:
    """Written to the task, and kept as an example for the classifier; what is newer stays."""
    if later := phrases.said_later(request, "workload"):
        return Reply(later)
    was = f" (before: {request.decision.workload})" if request.decision else ""
    return Reply(f"Workload **{workload}**{was}.", (SetWorkload(workload),))


COMMAND = SlashCommand(
    "Sets the workload of this task; `routing learn` learns from it.",
    USAGE,
    "member",
    read,
    answer,
)
