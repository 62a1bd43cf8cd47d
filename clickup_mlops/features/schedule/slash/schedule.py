"""`/schedule`: when the run starts, and why not sooner."""

from typing import Final

from clickup_mlops.automations import deferral
from clickup_mlops.commands.model import Reply, Request, SlashCommand, no_arguments
from clickup_mlops.commands.phrases import plain
from clickup_mlops.features.schedule.snapshot import QueuedRun
from clickup_mlops.routing.decision import format_moment

_DEFERRED: Final = f"Not as long as it has the tag `{deferral.TAG}`: a comment on it says why."


def answer(request: Request, _nothing: None) -> Reply:
    """Its window, its position and the interval of its start."""
    run = request.view(QueuedRun)
    deferred = [_DEFERRED] if deferral.TAG in request.task.tags else []
    if run is None:
        return Reply("\n".join(["This task is not in the schedule of training runs.", *deferred]))
    start, end = format_moment(run.start_ms), format_moment(run.end_ms)
    lines = [f"**{start} to {end}** on {run.gpus} GPUs of {run.pool}. {plain(run.why)}"]
    if run.position:
        low, high = format_moment(run.low_ms), format_moment(run.high_ms)
        lines.append(
            f"Number {run.position} of those that wait for {run.pool}; "
            f"it starts between {low} and {high} with a probability of 80%."
        )
    return Reply("\n".join([*lines, *deferred]))


COMMAND = SlashCommand(
    "Says when this training run starts, and why not sooner.",
    "/schedule",
    "guest",
    no_arguments,
    answer,
    only_asks=lambda _arguments: True,
)
