"""The page "Models"."""

from clickup_mlops.operations.dashboard.model import PageType
from clickup_mlops.operations.dashboard.subjects import further_targets, targets

PAGE = PageType(
    "Models",
    "Numbers of each model and service, with what happened to it.",
    20,
    targets,
    further=further_targets,
)
