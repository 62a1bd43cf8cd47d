"""An automation's mode, cap and settings, with buttons to change them for who may."""

from collections.abc import Iterator
from typing import Final

from clickup_mlops.automations.model import Automation
from clickup_mlops.features.choices.tables.automation_choices import AutomationChoices
from clickup_mlops.ports.sections.cells import short
from clickup_mlops.ports.sections.model import Data, Query, SectionType
from clickup_mlops.views.model import Badge, Button, Cell, Column, Section, Table

_MODES: Final = ("off", "shadow", "on")
_COLUMNS: Final = (Column("What"), Column("Value"), Column("Chosen here"), Column("Change"))


def _build(data: Data, query: Query) -> Section | None:
    automations = data.bot.in_spaces
    automation = next((entry for entry in automations if entry.name == query.target), None)
    if automation is None or "automations" not in query.may:
        return None
    chosen = data.store.table(AutomationChoices).all().get(automation.name, {})
    settings = chosen.get("settings")
    keys = set(chosen) | set(settings if isinstance(settings, dict) else ())
    rows = tuple(_rows(automation, keys))
    table = Table("choices", "Change it here", _COLUMNS, rows)
    source = '"clickup-mlops automations export" prints what was chosen here as TOML.'
    return Section("choices", "Change it", (table,), source)


def _rows(automation: Automation, chosen: set[str]) -> Iterator[tuple[Cell, ...]]:
    for mode in _MODES:
        is_current = automation.mode == mode
        current = Badge(mode, "good" if is_current else "plain")
        button = None if is_current else _button(automation, "mode", mode.capitalize(), mode)
        yield "Mode", current, _mark("mode" in chosen and is_current), button
    cap = str(automation.cap)
    yield "Cap", cap, _mark("cap" in chosen), _asking(automation, "cap", cap)
    for setting in automation.settings:
        value = ", ".join(setting.raw) if isinstance(setting.raw, tuple) else str(setting.raw)
        ask = _asking(automation, setting.name, value)
        yield setting.name, short(value) or None, _mark(setting.name in chosen), ask


def _mark(is_chosen: bool) -> Cell:
    return Badge("yes") if is_chosen else None


def _button(automation: Automation, key: str, label: str, value: str) -> Button:
    fields = (("automation", automation.name), ("key", key), ("value", value))
    return Button(label, "choose", fields, f"{automation.name}: {key} = {value}?")


def _asking(automation: Automation, key: str, value: str) -> Button:
    fields = (("automation", automation.name), ("key", key))
    return Button("Set", "choose", fields, asks="value", value=value)


SECTION = SectionType("Change it", _build, 7, targeted=True)
