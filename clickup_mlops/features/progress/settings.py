"""Settings of the progress of training runs."""

from datetime import timedelta
from typing import Final

from pydantic import Field

from clickup_mlops.config import FileSettings, Table

NAME: Final = "runs"
"""Automations hear of findings as `integration:runs.<kind>`."""


class ProgressSettings(Table):
    """What is looked for in the runs of the sources `mlflow_runs`, `wandb_runs`, `slurm_runs`,
    `kubernetes_runs` and `kueue_runs` in `[metrics.sources]`.
    """

    every: timedelta = Field(default=timedelta(minutes=5), ge=timedelta(seconds=30))
    """How often runs are looked at."""
    field: str = "Run"
    """Custom field of a task whose value is a run's id or name. A run may also name its task (tag,
    label or annotation `clickup_task`, in Slurm the comment `task:<id>`), or have its name."""
    stalled_after: timedelta = Field(default=timedelta(minutes=30), ge=timedelta(minutes=1))
    """A run whose step has not changed for so long is stalled."""
    idle_after: timedelta = Field(default=timedelta(minutes=30), ge=timedelta(minutes=1))
    """GPUs of a run without a process for so long are reported."""
    jump: float = Field(default=5.0, gt=1)
    """A loss of so many times the lowest one diverges."""


class ProgressTables(FileSettings):
    """What the progress of runs adds to the configuration."""

    progress: ProgressSettings = ProgressSettings()
    """What is looked for in training runs."""


SETTINGS: Final = ProgressTables
