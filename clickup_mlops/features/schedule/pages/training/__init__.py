"""The page "Training"."""

from clickup_mlops.ports.sections.model import PageType

PAGE = PageType(
    "Training",
    "Runs: when they start, why not sooner, and how far they are.",
    35,
    empty='No run was planned yet: add pools to [schedule] and use "clickup-mlops schedule apply".',
    has_range=False,
)
