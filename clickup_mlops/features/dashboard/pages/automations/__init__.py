"""The page "Automations"."""

from clickup_mlops.ports.sections.model import Data, PageType


def _targets(data: Data) -> list[tuple[str, str]]:
    return [(automation.name, automation.name) for automation in data.bot.automations]


PAGE = PageType(
    "Automations", "What the bot did and why; undo and replay.", 50, _targets, has_range=False
)
