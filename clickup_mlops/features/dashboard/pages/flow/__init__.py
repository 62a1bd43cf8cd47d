"""The page "Flow"."""

from clickup_mlops.ports.sections.model import PageType

PAGE = PageType(
    "Flow",
    "Milestones with forecasts, cycle times, ageing work and training.",
    40,
    has_range=False,
)
