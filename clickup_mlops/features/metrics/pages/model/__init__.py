"""The page "Models"."""

from functools import partial
from typing import Final

from clickup_mlops.features.metrics.presentation.charts import charts
from clickup_mlops.features.metrics.presentation.families import Aspect
from clickup_mlops.features.metrics.presentation.subjects import further_targets, targets
from clickup_mlops.ports.sections.model import PageType, SectionType

_CHARTS: Final[tuple[tuple[Aspect, str], ...]] = (
    ("latency", "Latency"),
    ("throughput", "Throughput"),
    ("errors", "Errors and availability"),
    ("quality", "Quality"),
    ("queue", "Queue and cache"),
    ("other", "Other measures"),
)
_FIRST: Final = 20
"""The order of the first of them; the files beside this one have others."""

PAGE = PageType(
    "Models",
    "Numbers of each model and service, with what happened to it.",
    20,
    targets,
    further=further_targets,
)
SECTIONS = {
    aspect: SectionType(
        title, partial(charts, aspect=aspect, title=title), _FIRST + number, targeted=True
    )
    for number, (aspect, title) in enumerate(_CHARTS)
}
