"""The page "Models"."""

from clickup_mlops.features.metrics.presentation.subjects import further_targets, targets
from clickup_mlops.ports.sections.model import PageType

PAGE = PageType(
    "Models",
    "Numbers of each model and service, with what happened to it.",
    20,
    targets,
    further=further_targets,
)
