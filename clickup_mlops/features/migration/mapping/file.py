"""The mapping as a file: TOML with comments. Read strictly, written in a fixed order."""

import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as ReadOnly
from pathlib import Path
from typing import Any, Final, get_args

from pydantic import BaseModel, ValidationError

from clickup_mlops import content, toml
from clickup_mlops.config import explain_problem, read_descriptions
from clickup_mlops.errors import ContentError
from clickup_mlops.features.migration.mapping.model import (
    BoardTable,
    ColumnTable,
    Location,
    Mapping,
    Problem,
    SourceTable,
)
from clickup_mlops.spelling import suggest_word

Notes = ReadOnly[Location, Sequence[str]]
"""Comments by what they stand above."""
HINT: Final = "`clickup-mlops migrate draft` writes a complete file, with comments."

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")
_HEAD: Final = """\
The mapping of a migration: what becomes of each board, column and person. Review it, edit it, then:

  clickup-mlops migrate plan FILE    what would be created, what is lost, how long it takes
  clickup-mlops migrate run FILE     do it

`to` says where the values of a column go: status, assignees, priority, due (due date), start (start
date), dates (both), tags, description (the task's text), field (a custom field: `field` is its
name, `field_type` its type), files, time (tracked time), dependencies, links, or none: nowhere."""


def load(path: Path) -> Mapping:
    """The mapping of a file.

    Raises:
        ContentError: it cannot be read, is not TOML, or has wrong keys or values: all are listed,
            with their dotted keys.
    """
    plain = content.read_toml(path)
    try:
        return Mapping.model_validate(plain)
    except ValidationError as wrong:
        problems = [
            (tuple(map(str, error["loc"])), _explain(error))
            for error in wrong.errors(include_url=False)
        ]
    refuse(path, problems)
    raise AssertionError(path)  # pydantic reported nothing


def refuse(path: Path, problems: Iterable[Problem]) -> None:
    """Stop if there are problems.

    Raises:
        ContentError: lists them all, the first one as its own.
    """
    listed = [(dotted(at), text) for at, text in problems]
    if not listed:
        return
    (key, first), *further = listed
    lines = [first, *(f"{path}: {where}: {text}" for where, text in further)]
    raise ContentError(path, key, "\n".join(lines), hint=HINT)


def lines(problems: Iterable[Problem]) -> tuple[str, ...]:
    """Each with its key, as a sentence for people."""
    return tuple(f"{dotted(at)}: {text}" for at, text in problems)


def dotted(at: Iterable[str]) -> str:
    """A location as TOML writes it: `boards.123."a b"`."""
    return ".".join(map(_key, at))


def dumps(mapping: Mapping, notes: Notes | None = None) -> str:
    """The file's text; `load` gives the same mapping again. The order is the mapping's own."""
    notes = notes or {}
    lines = [*_comments(_HEAD.split("\n")), "", *_top(mapping, notes)]
    lines += _header(("source",), notes)
    lines += _explained(mapping.source, SourceTable, SourceTable.model_fields, ("source",), notes)
    lines += _people(mapping, notes)
    for board_id, board in mapping.boards.items():
        lines += _board(("boards", board_id), board, notes)
    return "\n".join(lines) + "\n"


# Reading


def _explain(error: Any) -> str:
    """A problem that pydantic found, in the words of the file's author."""
    kind, at = error["type"], tuple(map(str, error["loc"]))
    if kind == "extra_forbidden":
        choices = _keys_at(at[:-1])
        return (
            f"there is no such key{suggest_word(at[-1], choices, otherwise=_list_choices(choices))}"
        )
    if kind == "literal_error":
        choices = list(_choices(at))
        value = str(error["input"])
        return (
            f'"{value}" is not a choice here{suggest_word(value, choices)}{_list_choices(choices)}'
        )
    if kind == "missing":
        return "it is missing"
    return explain_problem(kind, at, error["msg"], Mapping)


def _list_choices(words: Sequence[str]) -> str:
    return f"; known: {', '.join(words)}" if words else ""


def _keys_at(at: Location) -> list[str]:
    """The keys of a table of the file; none if it may have any."""
    model, _ = _model_at(at)
    return [] if model is None else list(model.model_fields)


def _choices(at: Location) -> Iterator[str]:
    *table, key = at
    model, _ = _model_at(tuple(table))
    if model is not None and key in model.model_fields:
        yield from map(str, get_args(model.model_fields[key].annotation))


def _model_at(at: Location) -> tuple[type[BaseModel] | None, bool]:
    """The model of a table, and whether a name of the file's author comes next."""
    model: type[BaseModel] | None = Mapping
    named = False
    for part in at:
        if named:
            named = False
            continue
        field = model.model_fields.get(part) if model is not None else None
        kinds = get_args(field.annotation) if field else ()
        inner = (field.annotation, *kinds) if field else ()
        model = next((k for k in inner if isinstance(k, type) and issubclass(k, BaseModel)), None)
        named = bool(kinds)
    return (None if named else model), named


# Writing


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else toml.format_value(name)


def _comments(lines: Iterable[str]) -> list[str]:
    # A comment ends with its line, and TOML allows no control characters in it.
    return [f"# {_CONTROL.sub(' ', line)}".rstrip() for line in lines]


def _comment_lines(at: Location, notes: Notes) -> list[str]:
    return _comments(notes.get(at, ()))


def _header(at: Location, notes: Notes) -> list[str]:
    return ["", *_comment_lines(at, notes), f"[{dotted(at)}]"]


def _line(key: str, value: Any) -> str:
    plain = list(value) if isinstance(value, tuple) else value
    return f"{_key(key)} = {toml.format_value(plain)}"


def _top(mapping: Mapping, notes: Notes) -> list[str]:
    keys = [key for key in Mapping.model_fields if key not in ("source", "people", "boards")]
    return _explained(mapping, Mapping, keys, (), notes)


def _explained(
    table: BaseModel, model: type[BaseModel], keys: Iterable[str], at: Location, notes: Notes
) -> list[str]:
    """Every key with its meaning above it."""
    lines = []
    for key in keys:
        lines += _comments(read_descriptions(model)[key].split("\n")) + _comment_lines(
            (*at, key), notes
        )
        lines.append(_line(key, getattr(table, key)))
    return lines


def _people(mapping: Mapping, notes: Notes) -> list[str]:
    if not mapping.people:
        return []
    lines = _header(("people",), notes)
    for person_id, person in mapping.people.items():
        lines += _comment_lines(("people", person_id), notes)
        lines.append(_line(person_id, _filled(person, always=("name", "email"))))
    return lines


def _filled(table: BaseModel, always: Sequence[str]) -> dict[str, Any]:
    """The keys that are not empty, and those that are always written."""
    values = {key: getattr(table, key) for key in type(table).model_fields}
    return {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in values.items()
        if key in always or value
    }


def _board(at: Location, board: BoardTable, notes: Notes) -> list[str]:
    lines = _header(at, notes)
    lines += _lines({"name": board.name, "groups": board.groups}, at, notes)
    lines += _header((*at, "place"), notes)
    lines += _lines(_filled(board.place, always=("space",)), (*at, "place"), notes)
    if board.group_names:
        lines += _header((*at, "group_names"), notes)
        lines += _lines(board.group_names, (*at, "group_names"), notes)
    for kind, columns in (("columns", board.columns), ("subitem_columns", board.subitem_columns)):
        for column_id, column in columns.items():
            lines += _column((*at, kind, column_id), column, notes)
    return lines


def _column(at: Location, column: ColumnTable, notes: Notes) -> list[str]:
    values = _filled(column, always=("title", "type", "to"))
    options = values.pop("options", {})
    lines = _header(at, notes) + _lines(values, at, notes)
    if options:
        lines += _header((*at, "options"), notes)[1:] + _lines(options, (*at, "options"), notes)
    return lines


def _lines(values: ReadOnly[str, Any], at: Location, notes: Notes) -> list[str]:
    lines = []
    for key, value in values.items():
        lines += [*_comment_lines((*at, key), notes), _line(key, value)]
    return lines
