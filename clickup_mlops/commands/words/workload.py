"""`/workload`: tell the bot what kind of work this is."""

from clickup_mlops.commands.model import Asked, Call, Misused, Reply, Word
from clickup_mlops.routing.decision import WORKLOADS, Workload

USAGE = "/workload " + "|".join(WORKLOADS)


def read(rest: str) -> Workload:
    """One of the workloads."""
    found = next((one for one in WORKLOADS if one == rest.lower()), None)
    if found is None:
        raise Misused(f"which kind of work? Write `{USAGE}`")
    return found


def answer(asked: Asked, workload: Workload) -> Reply:
    """Written to the task, and kept as an example for the classifier."""
    was = f" (it was taken for {asked.decision.workload})" if asked.decision else ""
    return Reply(f"This is **{workload}** work{was}.", (Call(workload),))


WORD = Word(
    "Says what kind of work this task is; `routing learn` learns from it.",
    USAGE,
    "member",
    read,
    answer,
)
