"""`/workload`: set the workload of this task."""

from clickup_mlops.commands import phrases
from clickup_mlops.commands.model import (
    Arguments,
    Reply,
    Request,
    SlashCommand,
    UsageError,
    one_word,
)
from clickup_mlops.features.corrections.commands import SetWorkload
from clickup_mlops.routing.decision import WORKLOADS

USAGE = f"/workload {'|'.join(WORKLOADS)} [because …]"


def read(arguments: Arguments) -> SetWorkload:
    """One of the workloads, and why."""
    workload = next((name for name in WORKLOADS if name == arguments.first_word.lower()), None)
    if workload is None:
        raise UsageError(f"the workload is missing or unknown: write `{USAGE}`")
    return SetWorkload(workload, arguments.because)


def answer(request: Request, choice: SetWorkload) -> Reply:
    """Written to the task, and kept as an example for the classifier; what is newer stays."""
    if later := phrases.said_later(request, "workload"):
        return Reply(later)
    was = f" (before: {request.decision.workload})" if request.decision else ""
    return Reply(f"Workload **{choice.workload}**{was}.", (choice,))


COMMAND = SlashCommand(
    "Sets the workload of this task; `routing learn` learns from it.",
    USAGE,
    "member",
    read,
    answer,
    takes=one_word,
)
