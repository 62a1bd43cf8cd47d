"""How settings are read: environment, secrets folder, TOML file, then what `login` keeps.

Features own their tables (a pydantic model beside the code that obeys it, derived from `Table`);
`bot/settings.py` composes them. All problems are reported at once, with file and dotted key.
"""

import ast
import inspect
import os
import re
import textwrap
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import time, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar, Final, TypeVar, get_args
from urllib.parse import unquote, unquote_plus

from pydantic import (
    AnyUrl,
    BaseModel,
    ConfigDict,
    SecretStr,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
)
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)
from pydantic_settings.sources import TomlConfigSettingsSource

from clickup_mlops import kept_tokens
from clickup_mlops.errors import TOML_SYNTAX, ConfigError, hint_about_file
from clickup_mlops.spelling import CLAUSE, find_nearest, suggest_word

ENV_PREFIX = "CLICKUP_MLOPS_"
DEFAULT_FILE = Path("config.toml")

_PASSWORD: Final = re.compile(r"://[^/@:]*:(.*)@")
_IN_QUERY: Final = re.compile(r"(?i)[?&][^=&]*(?:password|secret|token|key)=([^&#\s]+)")
_SECRETS_DIR: Final = f"{ENV_PREFIX}SECRETS_DIR"
_UNREADABLE: Final = re.compile(r'field "(?P<table>\w+)" from source "(?P<source>\w+)"')
_NUMBER: Final = re.compile(r"\d+(\.\d+)?")


@cache
def read_descriptions(model: type[BaseModel]) -> Mapping[str, str]:
    """The text below each field of a model, by the field's name.

    Read when it is asked for: pydantic would parse the source of every model at each start.
    """
    texts: dict[str, str] = {}
    for cls in reversed(model.__mro__):
        if issubclass(cls, Table | FileSettings) and _declares_fields(cls):
            texts |= _parse_descriptions(inspect.getsource(cls))
    return {name: text for name, text in texts.items() if name in model.model_fields}


def _declares_fields(model: type[BaseModel]) -> bool:
    """Whether its source has fields; that of a model which is only composed has none."""
    return bool(inspect.get_annotations(model)) and model not in (Table, FileSettings)


def _parse_descriptions(source: str) -> Iterator[tuple[str, str]]:
    (class_def,) = ast.parse(textwrap.dedent(source)).body
    for field, below in pairwise(class_def.body if isinstance(class_def, ast.ClassDef) else ()):
        match field, below:
            case (
                ast.AnnAssign(target=ast.Name(name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                yield name, inspect.cleandoc(text)


def _add_descriptions(schema: dict[str, Any], model: type[BaseModel]) -> None:
    """Put the meanings into a JSON schema."""
    for name, text in read_descriptions(model).items():
        key = model.model_fields[name].alias or name
        if key in schema.get("properties", {}):
            schema["properties"][key]["description"] = text


class Table(BaseModel):
    """One table of the configuration: unknown keys are refused, values do not change."""

    # Many are in no file: their validators are built when they are first needed.
    model_config = ConfigDict(
        extra="forbid", frozen=True, defer_build=True, json_schema_extra=_add_descriptions
    )
    SIGNED: ClassVar[frozenset[str]] = frozenset()
    """Durations that may be negative."""

    # One validator for all: pydantic looks at each for every field when it builds a table.
    @field_validator("*", mode="wrap")
    @classmethod
    def _check_times(
        cls, value: Any, check: ValidatorFunctionWrapHandler, at: ValidationInfo
    ) -> Any:
        """A duration from the environment is text: `30` means 30 seconds there too. A negative one
        is only valid where the table says so; as an age it would be in the future. A time of day is
        on the clocks of the table's zone, and a number would be seconds in UTC.
        """
        name = at.field_name or ""
        is_duration = cls.model_fields[name].annotation is timedelta
        checked = check(float(value) if is_duration and _NUMBER.fullmatch(str(value)) else value)
        if isinstance(checked, timedelta) and checked < timedelta(0) and name not in cls.SIGNED:
            raise ValueError("a duration must not be negative")
        if isinstance(checked, time) and checked.tzinfo is not None:
            raise ValueError('a time of day is written "22:00", without an offset')
        return checked


class FileSettings(BaseSettings):
    """Root of the settings: init > environment > secrets > TOML file > `login` > defaults."""

    model_config = SettingsConfigDict(
        extra="forbid",
        frozen=True,
        env_prefix=ENV_PREFIX,
        env_nested_delimiter="__",
        defer_build=True,
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The order of precedence, strongest first."""
        toml = TomlConfigSettingsSource(settings_cls)
        strongest = (init_settings, env_settings, file_secret_settings, toml)
        has_token = "clickup" in settings_cls.model_fields
        return (*strongest, KeptTokenSource(settings_cls)) if has_token else strongest


class KeptTokenSource(PydanticBaseSettingsSource):
    """The token that `login` keeps for the address in the settings, if nothing else names one."""

    def get_field_value(self, _field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Nothing: all comes at once."""
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        """The table `clickup`, or nothing."""
        table = self.current_state.get("clickup") or {}
        if not isinstance(table, dict) or table.get("token"):
            return {}
        kept = kept_tokens.read(str(table.get("base_url") or kept_tokens.OFFICIAL))
        return {"clickup": {"token": kept.token, "oauth": kept.oauth}} if kept else {}


S = TypeVar("S", bound=FileSettings)
TableT = TypeVar("TableT", bound=Table)


def load(
    model: type[S], file: Path | None = None, *, secrets_dir: str | None = None, **overrides: Any
) -> S:
    """The checked settings.

    `file` None means `$CLICKUP_MLOPS_CONFIG`, else `config.toml` in the working folder if it is
    there, else defaults and environment alone. `secrets_dir` None means the environment's.

    Raises:
        ConfigError: the file is missing or not TOML, or values are wrong (all listed, by key).
    """
    path = find_settings_file(file)
    # A subclass carries the file, so that two loads in one process cannot disturb each other.
    sourced: type[S] = type(
        model.__name__, (model,), {"model_config": _build_config(path, secrets_dir)}
    )
    problems, settings = _check_secrets_folder(secrets_dir), None
    if model.model_config.get("extra") != "ignore":  # else it is only a part of the settings
        problems += _find_misspelt_variables(model)
    try:
        settings = sourced(**overrides)
    except ValidationError as error:
        problems += _format_problems(error, model, path)
    except SettingsError as problem:
        problems.append(_explain_not_json(problem))
    if settings is None or problems:
        # Outside of the `except`: the cause would show the values, secrets among them.
        hint = "`clickup-mlops init --example` prints every key with its default and description."
        raise ConfigError("\n".join(problems), hint=hint)
    return settings


def collect_secrets(table: BaseModel) -> Iterator[str]:
    """Every secret value in the settings; of an address with a password, the password."""
    for name in type(table).model_fields:
        yield from _collect_nested(getattr(table, name))


def _collect_nested(value: Any) -> Iterator[str]:
    if isinstance(value, BaseModel):
        yield from collect_secrets(value)
    elif isinstance(value, SecretStr):
        yield from _find_secrets(value.get_secret_value())
    elif isinstance(value, AnyUrl) or (isinstance(value, str) and "://" in value):
        yield from _find_secrets(str(value))  # an address that is no secret may hold a password
    elif isinstance(value, tuple | list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _collect_nested(item)


def _find_secrets(text: str) -> tuple[str, ...]:
    if "://" not in text:
        return (text,) if text else ()
    parts = [*_PASSWORD.findall(text), *_IN_QUERY.findall(text)]
    return tuple(form for part in parts for form in (part, unquote(part), unquote_plus(part)))


def _build_config(chosen: Path | None, secrets_dir: str | None) -> SettingsConfigDict:
    folder = _secrets_folder(secrets_dir)
    return SettingsConfigDict(
        toml_file=chosen, secrets_dir=folder if folder and folder.is_dir() else None
    )


def _secrets_folder(chosen: str | None) -> Path | None:
    folder = chosen or os.environ.get(_SECRETS_DIR)
    return Path(folder) if folder else None


def _check_secrets_folder(chosen: str | None) -> list[str]:
    folder = _secrets_folder(chosen)
    missing = folder is not None and not folder.is_dir()
    return [f"environment: {_SECRETS_DIR}: there is no folder {folder}"] if missing else []


def _explain_not_json(problem: SettingsError) -> str:
    """pydantic says the table and where it looked in its message alone; its cause has the value."""
    match = _UNREADABLE.search(str(problem))
    if match is None:
        return str(problem)
    start = f"{ENV_PREFIX}{match['table'].upper()}"
    if match["source"].startswith("Secrets"):
        return f'secrets folder: {start.lower()}: is not JSON, such as {{"token": "pk_1234"}}'
    names = sorted(name for name in os.environ if name.upper().startswith(start))
    return f'environment: {", ".join(names)}: lists and tables are JSON, such as \'["a", "b"]\''


def find_settings_file(file: Path | None) -> Path | None:
    """The file that `load` reads for this choice, if any. Raises ConfigError like it."""
    named = os.environ.get(f"{ENV_PREFIX}CONFIG")
    path = file or (Path(named) if named else None)
    if path is None:
        path = DEFAULT_FILE if DEFAULT_FILE.is_file() else None
    if path is not None:
        _check_toml(path)
    return path


def _check_toml(path: Path) -> None:
    try:
        tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        is_missing = isinstance(problem, FileNotFoundError)
        hint = "`clickup-mlops init` writes one." if is_missing else hint_about_file(problem)
        raise ConfigError(f"{path}: {problem.strerror or problem}", hint=hint) from problem
    except tomllib.TOMLDecodeError as problem:
        raise ConfigError(f"{path}: not valid TOML: {problem}", hint=TOML_SYNTAX) from problem
    except UnicodeDecodeError as problem:
        line = problem.object.count(b"\n", 0, problem.start) + 1
        raise ConfigError(f"{path}: line {line} is not UTF-8", hint="Save it as UTF-8.") from None


def _format_problems(
    error: ValidationError, model: type[BaseModel], file: Path | None
) -> list[str]:
    # Values are left out on purpose: a mistyped secret must not reach a terminal or a log.
    details = error.errors(include_input=False, include_url=False)
    return [
        _format_problem(detail["type"], detail["loc"], detail["msg"], model, file)
        for detail in details
    ]


_KEY_MARKER: Final = "[key]"
"""What pydantic puts after the key of a table that is itself wrong."""
# Messages of pydantic that use names of Python types.
_MESSAGES: Final = {
    "tuple_type": 'Input should be a list, such as ["one"]',
    "model_type": "Input should be a table",
    "dict_type": "Input should be a table",
    "string_type": "Input should be text, in quotes",
    "bool_type": "Input should be true or false",
    "bool_parsing": "Input should be true or false",
    "int_parsing": "Input should be a whole number",
    "int_type": "Input should be a whole number",
    "too_short": "At least one is needed",
    "time_parsing": 'Input should be a time of day, such as "08:00"',
    "url_parsing": 'Input should be an address with its scheme, such as "http://10.0.3.7:8000"',
    "url_scheme": 'Input should be an address with its scheme, such as "http://10.0.3.7:8000"',
    "time_delta_parsing": 'Input should be a duration, such as "PT30S", "PT5M", "PT2H" or "P7D"',
    "time_delta_type": 'Input should be a duration, such as "PT30S", "PT5M", "PT2H" or "P7D"',
}


def _format_problem(
    kind: str, loc: tuple[int | str, ...], message: str, model: type[BaseModel], file: Path | None
) -> str:
    keys = tuple(str(part) for part in loc if part != _KEY_MARKER)
    problem = explain_problem(kind, loc, message, model)
    return f"{_locate_source(keys, file)}: {'.'.join(keys) or '(root)'}: {problem}"


def explain_problem(
    kind: str, loc: tuple[int | str, ...], message: str, model: type[BaseModel]
) -> str:
    """A problem that pydantic found in a table of this model, in the words of the file's author."""
    if kind == "extra_forbidden":
        return _explain_unknown_key(tuple(map(str, loc)), model)
    if kind == "string_pattern_mismatch" and loc[-1:] == (_KEY_MARKER,):
        return "a name has small letters, digits, - and _ only"
    return _MESSAGES.get(kind, message).removeprefix("Value error, ")


def parse_table_of_kind(
    value: object, models: Mapping[str, type[TableT]], noun: str, default: str | None = None
) -> TableT:
    """A table with the settings of the `kind` that it names. `models` by kind; `what` kinds are of,
    in words.

    Raises:
        ValueError: it names no kind, or a key is wrong; in the words of the file's author.
    """
    if isinstance(value, Table):
        return value  # type: ignore[return-value]  # made in code, by its own class
    if not isinstance(value, dict):
        raise ValueError("Input should be a table")
    kind: Any = value.get("kind", default)
    if kind is None:
        raise ValueError(f"kind: Field required; one of {', '.join(models)}")
    if kind not in models:
        raise ValueError(f"kind: {kind!r} is no kind of {noun}{suggest_word(str(kind), models)}")
    try:
        return models[kind].model_validate(value)
    except ValidationError as error:
        details = error.errors(include_input=False, include_url=False)
        texts = [_format_detail(detail, models[kind]) for detail in details]
    # Outside of the handler: its chain shows values, secrets among them.
    raise ValueError("; ".join(texts))


def _format_detail(detail: Any, model: type[BaseModel]) -> str:
    path = ".".join(map(str, detail["loc"]))
    text = explain_problem(detail["type"], detail["loc"], detail["msg"], model)
    return f"{path}: {text}" if path else text


def _locate_source(keys: tuple[str, ...], file: Path | None) -> str:
    """Where the value came from: its variable, else the file."""
    variable = ENV_PREFIX + "__".join(keys).upper()
    if file is None or variable in {name.upper() for name in os.environ}:
        return f"environment {variable}" if keys else "environment"
    return str(file)


def _explain_unknown_key(keys: tuple[str, ...], model: type[BaseModel]) -> str:
    """Suggests the nearest known key, in this table or in another."""
    *tables, key = keys
    elsewhere = [dotted for dotted in _list_dotted_keys(model) if dotted.rpartition(".")[2] == key]
    table_keys = _list_table_keys(model, tables)
    near = find_nearest(key, table_keys, cutoff=0.6)
    suggestions = [".".join([*tables, near])] if near else elsewhere[:1]
    listing = f"; known: {', '.join(table_keys)}" if table_keys else ""
    return f"there is no such key{CLAUSE.format(suggestions[0]) if suggestions else listing}"


def _list_table_keys(model: type[BaseModel], names: Sequence[str]) -> list[str]:
    """The keys of the table with this name, as far as it is one."""
    for name in names:
        if name.isdigit():
            continue  # one table of several: its model is that of the list
        field = model.model_fields.get(name)
        table = _find_table_model(field.annotation) if field else None
        if table is None:
            return []
        model = table
    return [*model.model_fields]


def _find_table_model(annotation: Any) -> type[BaseModel] | None:
    """The model of a key's table, or of the tables in its list."""
    kinds = (annotation, *get_args(annotation))
    return next((k for k in kinds if isinstance(k, type) and issubclass(k, BaseModel)), None)


def _list_dotted_keys(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _list_dotted_keys(inner, f"{prefix}{name}.")
        else:
            yield prefix + name


def _find_misspelt_variables(model: type[BaseModel]) -> list[str]:
    """Variables that would be ignored although they look like a setting: `_` where `__` belongs,
    or a table that does not exist. (A wrong key in a table that exists is found with the values.)
    """
    variables = [
        ENV_PREFIX + dotted.replace(".", "__").upper() for dotted in _list_dotted_keys(model)
    ]
    by_letters = {name.replace("_", ""): name for name in variables}
    problems = []
    for name in map(str.upper, os.environ):
        if not name.startswith(ENV_PREFIX) or name in variables:
            continue
        suggestion = by_letters.get(name.replace("_", ""))
        if suggestion is None and not _belongs_to_table(name, model):
            suggestion = find_nearest(name, variables, cutoff=0.6) or f"{ENV_PREFIX}TABLE__KEY"
        if suggestion is not None:
            problems.append(
                f"environment: {name}: there is no such variable{CLAUSE.format(suggestion)}"
            )
    return problems


def _belongs_to_table(variable: str, model: type[BaseModel]) -> bool:
    """Whether it belongs to a table that exists, or does not look like a setting at all."""
    table, nested, _ = variable.removeprefix(ENV_PREFIX).partition("__")
    return not nested or table.lower() in model.model_fields
