"""`/why`: why the task has its priority."""

from clickup_mlops.commands.model import Reply, Request, SlashCommand, no_arguments
from clickup_mlops.routing import task_state


def answer(request: Request, _nothing: None) -> Reply:
    """The latest decision and its outcome, who holds the priority, and what is muted."""
    if request.decision is not None:
        return Reply(task_state.describe(request.decision, request.state))
    return Reply(
        "\n".join([_undecided(request), *task_state.describe_holds_and_mutes(request.state)])
    )


def _undecided(request: Request) -> str:
    silent = {mute.automation for mute in request.state.muted}
    if any(request.modes[name] != "off" for name in request.routing - silent):
        return "There is no decision about this task yet: it is evaluated at its next change."
    return (
        "There is no decision about this task, and no active automation applies the policy to it."
    )


COMMAND = SlashCommand(
    "Explains why this task has its priority.",
    "/why",
    "guest",
    no_arguments,
    answer,
    only_asks=lambda _arguments: True,
)
