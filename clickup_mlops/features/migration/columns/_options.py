"""Options of status and dropdown columns, by the names that they get in ClickUp. Pure."""

import re
from collections.abc import Mapping
from typing import Final

from clickup_mlops.features.migration.columns._model import Choice
from clickup_mlops.features.migration.records import Column, Option

UNKNOWN: Final = "an option that the column does not have any more: kept in the description"
PRIORITIES: Final[Mapping[str, int]] = {"urgent": 1, "high": 2, "normal": 3, "low": 4}
_MEANING: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("urgent", "critical", "blocker", "highest", "p0", "asap", "immediate"), "urgent"
    ),
    **dict.fromkeys(("high", "major", "important", "p1"), "high"),
    **dict.fromkeys(("normal", "medium", "moderate", "default", "p2"), "normal"),
    **dict.fromkeys(("low", "lowest", "minor", "trivial", "p3", "p4", "p5"), "low"),
}
_WORD: Final = re.compile(r"[a-z0-9]+")
_COLOR: Final = re.compile(r"#[0-9a-fA-F]{6}")


def names(column: Column) -> dict[str, str]:
    """Each option's name by its key, no two alike in any case; one without a name is no choice.

    ClickUp refuses a field with two options of the same name: the second gets a number.
    """
    by_key: dict[str, str] = {}
    folded_names: set[str] = set()
    for option in column.options:
        if name := " ".join(option.name.split()):
            by_key[option.key] = _free(name, folded_names)
            folded_names.add(by_key[option.key].casefold())
    return by_key


def priorities(column: Column) -> dict[str, str]:
    """The ClickUp priority (`urgent`, `high`, `normal`, `low`) that each option's name means, by
    its key; options that mean none are left out.
    """
    by_key = {option.key: _priority(option.name) for option in column.options}
    return {key: meaning for key, meaning in by_key.items() if meaning}


def choices(column: Column) -> tuple[tuple[str, str], ...]:
    """Names and colours for a field; those that nobody can choose any more may still be set."""
    named = names(column)
    colors = {option.key: option.color for option in column.options}
    return tuple((name, _color(colors[key])) for key, name in named.items())


def option_of(column: Column, key: str) -> Option | None:
    """The option with the key."""
    return next((option for option in column.options if option.key == key), None)


def name_of(column: Column, choice: Choice, key: str) -> str:
    """The name in ClickUp: the mapping's, else the option's own; empty: no such option."""
    return choice.options.get(key) or names(column).get(key, "")


def _free(base: str, folded_names: set[str]) -> str:
    name, number = base, 2
    while name.casefold() in folded_names:
        name, number = f"{base} ({number})", number + 1
    return name


def _priority(name: str) -> str:
    """By the first word that has a meaning: `Critical ⚠️`, `P1 - High`."""
    return next((_MEANING[w] for w in _WORD.findall(name.casefold()) if w in _MEANING), "")


def _color(color: str) -> str:
    return color if _COLOR.fullmatch(color) else ""
