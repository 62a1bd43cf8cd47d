"""Whether an automation writes, as the dashboard shows it. Pure."""

from clickup_mlops.automations.model import Automation
from clickup_mlops.views.model import Badge, Tone


def bot_mode(mode: str) -> Badge:
    """Of the bot as a whole: `on` or `shadow`."""
    return Badge("live", "good") if mode == "on" else Badge("shadow", "warning")


def mode_of(automation: Automation, bot: str) -> Badge:
    """Of one automation. While the `bot` is in shadow mode none writes."""
    if automation.is_off:
        return Badge("off")
    mode = (
        "on" if automation.mode == "off" else automation.mode
    )  # a template enables it in its Space
    where = " in some Spaces" if automation.mode == "off" else ""
    if bot == "shadow" or mode == "shadow":
        return Badge(f"shadow{where}", "warning")
    tone: Tone = "good" if mode == "on" else "warning"
    return Badge(("live" if mode == "on" else mode) + where, tone)
