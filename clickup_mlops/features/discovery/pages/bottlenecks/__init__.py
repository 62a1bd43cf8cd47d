"""The page "Bottlenecks"."""

from clickup_mlops.ports.sections.model import PageType

PAGE = PageType(
    "Bottlenecks",
    "Where work waited in the last 90 days, who waited for whom, and what answers it.",
    65,
    empty="There are too few tasks in the bot's timeline: at least 20 in a List.",
    has_range=False,
)
