"""The page "Impact"."""

from clickup_mlops.ports.sections.model import PageType

PAGE = PageType(
    "Impact",
    "What changed between the chosen range and the one before: like compared with like.",
    70,
    empty="There are too few finished tasks in both periods to compare them.",
)
