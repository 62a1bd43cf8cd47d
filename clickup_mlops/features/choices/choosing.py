"""Changes what is chosen about an automation: checked first, audited, undoable."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from clickup_mlops.automations import load
from clickup_mlops.automations.choices import AutomationChoice, Raw, Setting, merge
from clickup_mlops.automations.model import Automation, Change
from clickup_mlops.automations.perform import write_change
from clickup_mlops.bot.write.mirrored_client import LaneJournal
from clickup_mlops.errors import ContentError, InputError
from clickup_mlops.features.choices.tables.automation_choices import AutomationChoices
from clickup_mlops.operations.automations.files import must_exist

if TYPE_CHECKING:
    from clickup_mlops.bot.app import Bot

AUTHOR: Final = "choices"
_TRUE: Final = ("true", "yes", "on", "1")


def choose(bot: "Bot", name: str, key: str, text: str, *, actor: str) -> AutomationChoice:
    """Set `mode`, `cap`, or a setting of the automation to what the text says; empty: as the
    settings file has it. The bot uses it within seconds.

    Raises:
        InputError: there is no such automation or key, or the value does not fit.
    """
    must_exist(bot.settings.automations, name)
    table = bot.store.table(AutomationChoices)
    before = table.all().get(name)
    automation = _find(bot, name)
    after = _with(dict(before or {}), automation, key, text.strip())
    _check(bot, name, after)
    change = Change(f"automation:{name}", before, after or None, f"{name}: {key} = {text}", {})
    context = bot.execution.executor_context
    context = replace(context, journal=LaneJournal(bot.store.journal, wait=True))
    cause = f"{AUTHOR}:{name}:{bot.now_ms()}"
    write_change(change, "", context, cause=cause, automation=AUTHOR, actor=actor)
    bot.store.flush()
    return AutomationChoice.model_validate(after)


def _find(bot: "Bot", name: str) -> Automation:
    return next(entry for entry in bot.context.in_spaces if entry.name == name)


def _with(raw: dict[str, Any], automation: Automation, key: str, text: str) -> Mapping[str, Any]:
    """The choice with one key changed."""
    if key in ("mode", "cap"):
        value = int(text) if key == "cap" and text.isdigit() else text
        raw[key] = value
        return {name: part for name, part in raw.items() if part != ""}
    setting = next((entry for entry in automation.settings if entry.name == key), None)
    if setting is None:
        raise InputError(f'{automation.name} has no setting "{key}"')
    settings = {**raw.get("settings", {}), key: parse_setting(setting, text)}
    return raw | {"settings": {name: part for name, part in settings.items() if part is not None}}


def parse_setting(setting: Setting, text: str) -> Raw | None:
    """What a person typed, as a value of the setting's type; None: nothing.

    Raises:
        InputError: it does not fit.
    """
    if not text:
        return None
    default = setting.default
    try:
        if isinstance(default, bool):
            return text.casefold() in _TRUE
        if isinstance(default, int | float):
            return type(default)(text)
    except ValueError as problem:
        raise InputError(f"{setting.name}: {text!r} is no {setting.kind}") from problem
    if isinstance(default, list | tuple):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return text


def _check(bot: "Bot", name: str, after: Mapping[str, Any]) -> None:
    """Raise InputError if the automations could not be loaded with it."""
    settings = bot.settings.automations
    try:
        choice = AutomationChoice.model_validate(after)
        chosen = merge(settings.by_name, bot.core.extensions.automation_choices())
        choices = merge(chosen, {name: choice})
        automations = load.load(*settings.folders, choices=choices)
        bot.check_automations(automations)
    except ContentError as problem:
        raise InputError(str(problem), hint=problem.hint) from problem
    except ValueError as problem:
        raise InputError(f"{name}: the value does not fit") from problem
