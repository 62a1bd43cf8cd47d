"""The page "Infrastructure"."""

from clickup_mlops.operations.dashboard.model import PageType
from clickup_mlops.operations.dashboard.places import targets

PAGE = PageType(
    "Infrastructure",
    "Network, load balancing and GPUs.",
    30,
    targets,
    "No source reports networks, GPUs or load balancing yet: add one to [metrics.sources].",
)
