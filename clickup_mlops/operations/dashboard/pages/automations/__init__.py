"""The page "Automations"."""

from clickup_mlops.operations.dashboard.model import PageType

PAGE = PageType("Automations", "What the bot did and why; undo and replay.", 50)
