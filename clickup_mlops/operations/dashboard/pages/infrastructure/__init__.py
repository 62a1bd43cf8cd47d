"""The page "Infrastructure"."""

from clickup_mlops.operations.dashboard.model import PageType

PAGE = PageType("Infrastructure", "Network, load balancing and GPUs.", 30)
