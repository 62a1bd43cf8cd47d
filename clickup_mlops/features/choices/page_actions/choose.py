"""Changes the mode, the cap or a setting of an automation; the viewer is recorded as who asked."""

from collections.abc import Mapping

from clickup_mlops.bot.app import Bot
from clickup_mlops.features.choices.choosing import choose
from clickup_mlops.ports.dashboard.model import ActionType, Viewer


def _run(bot: Bot, viewer: Viewer, fields: Mapping[str, str]) -> str:
    """Fields `automation`, `key` and `value`.

    Raises:
        InputError: the value does not fit.
    """
    name, key, value = (fields.get(field, "") for field in ("automation", "key", "value"))
    choose(bot, name, key, value, actor=viewer.actor)
    return f"{name}: {key} is {value or 'as in the settings'}. The bot uses it within seconds."


ACTION = ActionType(_run, "automations")
