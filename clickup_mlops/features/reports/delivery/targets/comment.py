"""`comment`: a comment on a task for each period."""

from typing import Literal

from clickup_mlops.clickup.blocks import LONGEST
from clickup_mlops.features.reports.delivery.model import (
    Delivery,
    Planned,
    TargetTable,
    TargetType,
    Write,
)
from clickup_mlops.features.reports.delivery.shorten import shortened


class Options(TargetTable):
    """The task."""

    kind: Literal["comment"]
    task: str
    """Id or address of the task."""


def plan(delivery: Delivery, options: Options) -> list[Planned]:
    """One comment."""
    on = task_id(options.task)
    after = {"text": shortened(delivery.markdown, LONGEST)}
    change = delivery.change("comment", on, after, f"comment: {delivery.title}")
    return [Write(on, change)] if change else []


def task_id(task: str) -> str:
    """The id in an id or address."""
    return task.partition("?")[0].rstrip("/").rpartition("/")[2].removeprefix("#")


TARGET = TargetType(
    "A comment on a task for each period; sent again, the comment is changed.",
    Options,
    plan,
    lambda options: f"task {task_id(options.task)}",
)
