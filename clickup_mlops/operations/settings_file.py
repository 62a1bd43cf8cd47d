"""The settings as files: the example with every key and its default, and a file to start from."""

from collections.abc import Iterator, Mapping
from datetime import time, timedelta
from enum import Enum
from pathlib import Path
from textwrap import wrap
from typing import Any

from pydantic import BaseModel, SecretStr

from clickup_mlops import toml as writing
from clickup_mlops.config import read_descriptions

_WIDTH = 98

START = "# Settings of clickup-mlops. `clickup-mlops init --example` prints all of them.\n"
_HEAD = """\
# Settings of clickup-mlops. Every key is shown with its default: copy this file to config.toml and
# remove the # in front of what you change. `clickup-mlops check` lists all problems at once.
#
# Precedence: environment (CLICKUP_MLOPS_<TABLE>__<KEY>) > secrets folder
# (CLICKUP_MLOPS_SECRETS_DIR) > this file > the token of `clickup-mlops login` > defaults.
#
# Durations, here and in the environment: seconds (30 or 0.5), "H:MM:SS", or ISO 8601 ("PT30S").
"""


def example(settings: BaseModel) -> str:
    """The whole example file as TOML, from a settings object that holds the defaults."""
    return "\n".join([_HEAD, *_table("", settings), ""])


def document(answers: Mapping[tuple[str, str], str]) -> str:
    """A file to start from: the answers by table and key, without the empty ones."""
    tables: dict[str, dict[str, str]] = {}
    for (table, key), value in answers.items():
        if value:
            tables.setdefault(table, {})[key] = value
    return f"{START}\n{writing.dumps(tables)}"


def rows(settings: BaseModel) -> Iterator[tuple[str, str, str]]:
    """Each setting as (dotted key, default as TOML or "", meaning), in the order of the models."""
    for table, name, value, meaning in _walk("", settings):
        yield f"{table}.{name}" if table else name, toml(value), meaning


def toml(value: Any) -> str:
    """One value as TOML, in the form in which a person would write it; "" for None."""
    return "" if value is None else writing.format_value(_plain(value))


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return _plain({key: getattr(value, key) for key in type(value).model_fields})
    if isinstance(value, dict):
        return {str(key): _plain(child) for key, child in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(child) for child in value]
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, Enum):
        return value.value
    return str(value) if isinstance(value, timedelta | time | Path) else value


def _walk(table: str, model: BaseModel) -> Iterator[tuple[str, str, Any, str]]:
    texts = read_descriptions(type(model))
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            yield from _walk(f"{table}.{name}" if table else name, value)
        else:
            yield table, field.alias or name, value, " ".join(texts.get(name, "").split())


def _table(name: str, model: BaseModel) -> Iterator[str]:
    """The table's own keys first, then its tables: the order that TOML demands."""
    fields, texts = type(model).model_fields, read_descriptions(type(model))
    nested = [key for key in fields if isinstance(getattr(model, key), BaseModel)]
    if name:
        yield f"[{name}]"
    for key in fields:
        if key not in nested:
            label = fields[key].alias or key
            yield from _key(label, getattr(model, key), texts.get(key, ""))
    for key in nested:
        yield ""
        yield from _comment(texts.get(key) or _about(getattr(model, key)))
        yield from _table(f"{name}.{key}" if name else key, getattr(model, key))


def _about(model: BaseModel) -> str:
    return (type(model).__doc__ or "").partition("\n\n")[0]


def _key(key: str, value: Any, meaning: str) -> Iterator[str]:
    yield from _comment(meaning)
    yield f"#{key} = {toml(value)}".rstrip()


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in wrap(" ".join(text.split()), _WIDTH)]
