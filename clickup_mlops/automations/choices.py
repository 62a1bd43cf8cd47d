"""What a team configures about an automation without editing its file: mode, cap, and the
automation's settings.

An automation's file declares `[settings]`, each with a default that gives its type. The
configuration may set them. In the file's texts `${settings.name}` stands for what is set, which may
hold `${…}` of its own; expressions see it as a typed value.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal

from pydantic import Field, StrictBool, StrictFloat, StrictInt, StrictStr, TypeAdapter
from pydantic import ValidationError as Invalid

from clickup_mlops.automations.canary import Canary
from clickup_mlops.config import Table
from clickup_mlops.json_types import Json, JsonObject
from clickup_mlops.spelling import suggest_word

Mode = Literal["off", "shadow", "on", "canary"]
Raw = StrictBool | StrictInt | StrictFloat | StrictStr | tuple[StrictStr, ...]
"""A setting as it is written in TOML."""

_DURATION: Final = re.compile(r"-?P(?=[\dT])[\dYMWDTHS.]+")
_ONLY: Final = re.compile(r"(?<!\$)\$\{\s*settings\.(\w+)\s*\}")
_KINDS: Final = {bool: "bool", int: "int", float: "double", str: "string", tuple: "list<string>"}
_TIME: Final = TypeAdapter(timedelta)


class SettingTable(Table):
    """One of an automation's settings, as its file declares it."""

    default: Raw = Field(union_mode="left_to_right")
    """Its value if the configuration says nothing. Its type is the setting's; text such as `P3D` is
    a duration. Empty text: unset, and actions that use it are skipped."""
    meaning: str = Field(min_length=1)
    """What it is for."""
    optional: bool = False
    """Whether it may stay unset without a warning."""


class AutomationChoice(Table):
    """What the configuration says about one automation. Unset: as the automation's file has it."""

    mode: Mode | None = None
    """`off`, `shadow`, `canary` or `on`."""
    cap: int | None = Field(None, ge=1)
    """Most actions in one hour."""
    canary: Canary | None = None
    """On which tasks, with `mode = "canary"`."""
    quiet: bool | None = None
    """Whether its actions wait in quiet hours."""
    settings: dict[str, Raw] = Field({})
    """The automation's own settings by name."""


AS_SHIPPED: Final = AutomationChoice()


def merge(
    choices: Mapping[str, AutomationChoice], stronger: Mapping[str, AutomationChoice]
) -> Mapping[str, AutomationChoice]:
    """Both; of the same key of one automation what is `stronger`."""
    return {**choices} | {
        name: _merge_one(choices.get(name, AS_SHIPPED), choice) for name, choice in stronger.items()
    }


def _merge_one(choice: AutomationChoice, stronger: AutomationChoice) -> AutomationChoice:
    changes = {name: getattr(stronger, name) for name in stronger.model_fields_set}
    changes["settings"] = {**choice.settings, **stronger.settings}
    return choice.model_copy(update=changes)


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting with the value that holds."""

    name: str
    default: Json
    meaning: str
    raw: Json
    """As it is written in TOML."""
    optional: bool = False

    @property
    def kind(self) -> str:
        """The CEL type of the setting's value."""
        return "duration" if _is_duration(self.default) else _KINDS[type(self.default)]

    @property
    def value(self) -> Any:
        """The value as expressions get it."""
        if self.kind == "duration":
            return _TIME.validate_python(self.raw)
        return list(self.raw) if isinstance(self.raw, tuple) else self.raw

    @property
    def is_unset(self) -> bool:
        """Text without a value."""
        return bool(self.raw == "")


Settings = Mapping[str, Setting]


def constants(settings: Settings) -> Mapping[str, tuple[str, Json]]:
    """Type and value for expressions, by name."""
    return {f"settings.{name}": (setting.kind, setting.value) for name, setting in settings.items()}


def resolve(
    declared: Mapping[str, SettingTable], values: JsonObject
) -> tuple[Settings, list[tuple[str, str]]]:
    """The settings that hold, and what is wrong with those given: name and problem."""
    problems = [
        (name, problem)
        for name, raw in values.items()
        if (problem := _wrong(name, raw, declared)) is not None
    ]
    wrong_names = {name for name, _ in problems}
    usable = {name: raw for name, raw in values.items() if name not in wrong_names}
    settings = {
        name: Setting(
            name, table.default, table.meaning, usable.get(name, table.default), table.optional
        )
        for name, table in declared.items()
    }
    return settings, problems


def _wrong(name: str, raw: Json, declared: Mapping[str, SettingTable]) -> str | None:
    if name not in declared:
        listed = f"; known: {', '.join(declared) or 'none'}"
        guess = suggest_word(name, sorted(declared), otherwise=listed)
        return f"the automation has no such setting{guess}"
    default = declared[name].default
    if _is_duration(default):
        return None if _is_time(raw) else f'must be a duration such as "{default}"'
    fits = (int, float) if type(default) is float else (type(default),)
    if type(raw) in fits:
        return None
    return f"must be {_KINDS[type(default)]}, as its default {default!r} is"


def _is_duration(raw: Json) -> bool:
    return isinstance(raw, str) and _DURATION.fullmatch(raw) is not None and _is_time(raw)


def _is_time(raw: Json) -> bool:
    try:
        return isinstance(raw, str) and bool(_TIME.validate_python(raw) is not None)
    except Invalid:
        return False


def filled(plain: Any, settings: Settings) -> Any:
    """Plain data with `${settings.name}` replaced. Alone in a text, the value keeps its type."""
    if isinstance(plain, Mapping):
        return {key: filled(value, settings) for key, value in plain.items()}
    if isinstance(plain, list | tuple):
        return [filled(value, settings) for value in plain]
    return _text(plain, settings) if isinstance(plain, str) else plain


def _text(text: str, settings: Settings) -> Json:
    alone = _ONLY.fullmatch(text)
    if alone and alone[1] in settings:
        return settings[alone[1]].raw

    def replacement(match: re.Match[str]) -> str:
        setting = settings.get(match[1])
        return str(setting.raw) if setting and setting.kind == "string" else match[0]

    return _ONLY.sub(replacement, text)


def is_unset_setting(text: str, settings: Settings) -> bool:
    """Whether a text is `${settings.name}` and nothing else, and that setting is unset."""
    alone = _ONLY.fullmatch(text.strip())
    return alone is not None and alone[1] in settings and settings[alone[1]].is_unset


def unset_in(plain: Json, settings: Settings) -> tuple[str, ...]:
    """Names of the unset settings that stand in plain data as `${settings.name}`, before it was
    `filled`. Longer expressions may deal with an unset one themselves.
    """
    named = {name for text in _texts(plain) for name in _ONLY.findall(text)}
    return tuple(name for name, setting in settings.items() if name in named and setting.is_unset)


def _texts(plain: Json) -> Iterator[str]:
    if isinstance(plain, str):
        yield plain
    elif isinstance(plain, Mapping):
        for value in plain.values():
            yield from _texts(value)
    elif isinstance(plain, list | tuple):
        for value in plain:
            yield from _texts(value)
