"""The page "Now"."""

from clickup_mlops.ports.sections.model import PageType

PAGE = PageType("Now", "What is first, what waits, and what breaches.", 10, has_range=False)
