"""The page "Start": what `init --guided` does, for operators."""

from clickup_mlops.ports.sections.model import PageType

PAGE = PageType(
    "Start",
    "Pick Lists, see what the bot would do there, and let it write where people agree.",
    54,
    empty="Operators pick the Lists in which the bot works.",
    has_range=False,
)
