"""The page "Infrastructure"."""

from clickup_mlops.features.metrics.presentation.places import targets
from clickup_mlops.ports.sections.model import PageType

PAGE = PageType(
    "Infrastructure",
    "Network, load balancing and GPUs.",
    30,
    targets,
    "No source reports networks, GPUs or load balancing yet: add one to [metrics.sources].",
)
