"""ClickUp's Spreadsheet importer, as far as it creates custom fields.

In ClickUp an admin uploads a file, maps each column to a task field or to a new custom field and
chooses its type; a drop-down's options are the values of its column. Dates are written
`2026-01-31`. 10,000 rows at most.
"""

import csv
import io
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from clickup_mlops.errors import InputError
from clickup_mlops.sandbox.clickup.state.fields import fields
from clickup_mlops.sandbox.clickup.state.model import Field, TaskList, User
from clickup_mlops.sandbox.clickup.state.tasks import task_values, tasks
from clickup_mlops.sandbox.clickup.state.world import World

ROWS = 10_000
NAME = "Task Name"
_WITH_OPTIONS = ("drop_down", "labels")


def run(
    world: World, actor: User, there: TaskList, text: str, types: Mapping[str, str]
) -> list[Field]:
    """Import a CSV file into a List; returns the fields that it created.

    `types` says what a person chose for each new column; a column that is not there is ignored.

    Raises:
        InputError: not an admin, no `Task Name`, headers twice, or too many rows.
    """
    columns, rows = _read(actor, text)
    known = {one.name.casefold(): one for one in fields.of_list(world, there)}
    made = [
        _created(world, actor, there, (name, types[name]), [row[name] for row in rows])
        for name in columns
        if name in types and name.casefold() not in known
    ]
    known |= {one.name.casefold(): one for one in made}
    for row in rows:
        _task(world, actor, there, row, known)
    return made


def _read(actor: User, text: str) -> tuple[list[str], list[dict[str, str]]]:
    if actor.role > 2:
        raise InputError("only owners and admins may import")
    reader = csv.DictReader(io.StringIO(text))
    columns, rows = list(reader.fieldnames or ()), list(reader)
    if NAME not in columns:
        raise InputError(f"no column {NAME}")
    if len({one.casefold() for one in columns}) < len(columns):
        raise InputError("column headers must be unique")
    if len(rows) > ROWS:
        raise InputError(f"more than {ROWS} rows")
    return columns, rows


def _created(
    world: World, actor: User, there: TaskList, column: tuple[str, str], cells: list[str]
) -> Field:
    name, kind = column
    parts = (part.strip() for cell in cells for part in _parts(kind, cell))
    choices = tuple(dict.fromkeys(filter(None, parts))) if kind in _WITH_OPTIONS else ()
    return fields.define(world, actor, name, kind, at=("list", there.id), choices=choices)


def _parts(kind: str, cell: str | None) -> list[str]:
    if not cell:
        return []
    return cell.split(",") if kind == "labels" else [cell]


def _task(
    world: World, actor: User, there: TaskList, row: dict[str, str], known: Mapping[str, Field]
) -> None:
    made = tasks.create(world, actor, there, {"name": row[NAME]})
    for column, cell in row.items():
        found = known.get(column.casefold())
        if found is not None and cell:
            body = {"value": _value(found, cell)}
            task_values.set_field(world, actor, made, found.id, body)


def _value(found: Field, cell: str) -> Any:
    ids = {one.get("name") or one.get("label"): one["id"] for one in fields.options(found)}
    if found.type == "labels":
        return [ids[part.strip()] for part in _parts("labels", cell) if part.strip() in ids]
    if found.type == "date":
        return round(datetime.fromisoformat(f"{cell}T00:00+00:00").timestamp() * 1000)
    if found.type == "emoji":
        return int(cell)
    return ids.get(cell.strip(), cell) if ids else fields.from_text(found, cell)
