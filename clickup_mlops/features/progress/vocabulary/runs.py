"""Training runs, as trackers and schedulers show them."""

from functools import partial
from typing import Final

from clickup_mlops.features.metrics.quantity import Quantity

_run = partial(Quantity, scope="job")

QUANTITIES: Final = (
    _run("run_step", "steps", meaning="Steps done."),
    _run("run_share_pct", "%", meaning="Steps done of steps planned."),
    _run("run_loss", "loss", meaning="The newest loss."),
    _run("run_hours", "h", meaning="Time since the run has started."),
    _run("run_remaining_hours", "h", meaning="Time until the last step at the mean speed so far."),
    _run("run_gpu_hours", "GPU h", meaning="GPUs times hours."),
)
