"""Settings of the schedule of training runs."""

from datetime import time, timedelta
from typing import Annotated, Final

from pydantic import Field

from clickup_mlops.automations.schedule import DAYS, Day, ZoneName
from clickup_mlops.config import FileSettings, Table

AUTOMATION: Final = "schedule"
"""As which the bot writes dates; `mutes end schedule` and `undo` know it by this name."""
_WEEKDAYS: Final = DAYS[:5]


class PoolSettings(Table):
    """GPUs that are alike."""

    gpus: int = Field(ge=0)
    """How many runs may use at the same time."""
    peak_gpus: int = Field(default=0, ge=0)
    """How many of them serve inference in peak hours. A run that goes on in peak hours does without
    them, too."""


class PeakSettings(Table):
    """Hours in which inference needs its GPUs, and no run starts."""

    begin: time = Field(alias="from")
    """When they begin, such as `08:00:00`."""
    end: time = Field(alias="to")
    """When they end. Not later than `from`: on the next day."""
    days: tuple[Day, ...] = Field(default=_WEEKDAYS, min_length=1)
    """Days on which they begin."""
    zone: ZoneName = "UTC"
    """Time zone of it, for example `Europe/Madrid`."""


class FieldNames(Table):
    """Custom fields that describe a run, by their names in ClickUp."""

    gpus: str = "GPUs"
    """Number: a task with a value here is a run."""
    hours: str = "Estimated hours"
    """Number. Without a value ClickUp's time estimate of the task counts."""
    deadline: str = "Deadline"
    """Date. Without a value a due date counts that a person has set."""
    pool: str = "Pool"
    """Drop-down or text: one of `pools`. Not needed if there is only one."""
    project: str = "Project"
    """Drop-down or text, for `quotas`."""


class ScheduleSettings(Table):
    """When training runs start: `clickup-mlops schedule plan` and `apply`, and the job."""

    pools: dict[str, PoolSettings] = Field({})
    """GPUs for runs: `[schedule.pools.<name>]` with `gpus`. None: nothing is planned."""
    quotas: dict[str, Annotated[int, Field(ge=0)]] = Field({})
    """Most GPUs that the runs of a project use at the same time, by its name."""
    peaks: tuple[PeakSettings, ...] = ()
    """Peak hours of inference: a list of tables with `from`, `to`, `days`, `zone`."""
    peak_measure: str = ""
    """A measure of inference, such as `requests_per_s`: hours of the week in which it was high in
    the last four weeks are peak hours, too. Empty: only `peaks`."""
    peak_share: float = Field(default=0.8, gt=0, le=1)
    """An hour is high from this share of the week's highest hour on."""
    lists: tuple[str, ...] = ()
    """Ids of the Lists that have runs. Empty: all Lists of the Workspace."""
    fields: FieldNames = FieldNames()
    """Names of the custom fields."""
    running: tuple[str, ...] = ("running", "training", "in progress", "stalled")
    """Statuses, in lower case, of runs that have started."""
    ended: tuple[str, ...] = ("evaluating", "finished", "stopped")
    """Statuses, in lower case, of runs that need no GPUs any more, besides done and closed ones."""
    pin: str = "pinned"
    """Tag of runs that stay where they are. Whoever changes the dates of a run pins it, too."""
    longest_wait: timedelta = Field(default=timedelta(days=3), ge=timedelta(hours=1))
    """A run that has waited for so long is placed before all others."""
    worth_moving: timedelta = Field(default=timedelta(hours=4), ge=timedelta(minutes=15))
    """A run that has a window is moved to an earlier one only if it gains this much."""
    moves: int = Field(default=10, ge=0)
    """Most runs that get another start in one plan; `schedule apply --allow N` allows more."""
    horizon: timedelta = Field(default=timedelta(days=90), ge=timedelta(days=1))
    """How far ahead runs are placed."""
    replan_every: timedelta | None = Field(default=None, ge=timedelta(minutes=5))
    """How often the bot plans again and writes what has changed. Unset: only `schedule apply`
    does."""
    writes_per_hour: int = Field(default=500, ge=1)
    """Most runs whose dates are written in one hour; the next time goes on."""


class ScheduleTables(FileSettings):
    """What the schedule adds to the configuration."""

    schedule: ScheduleSettings = ScheduleSettings()
    """When training runs start."""


SETTINGS: Final = ScheduleTables
