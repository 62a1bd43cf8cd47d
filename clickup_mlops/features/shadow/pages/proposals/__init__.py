"""The page "Proposals"."""

from clickup_mlops.ports.sections.model import PageType

PAGE = PageType(
    "Proposals",
    "What the bot would do in shadow mode, how often people agree, and which Lists are live.",
    55,
    has_range=False,
)
