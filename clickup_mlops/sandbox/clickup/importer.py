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
    world: World, actor: User, task_list: TaskList, text: str, types: Mapping[str, str]
) -> list[Field]:
    """Import a CSV file into a List; returns the fields that it created.

    `types` says what a person chose for each new column; a column that is not there is ignored.

    Raises:
        InputError: not an admin, no `Task Name`, headers twice, or too many rows.
    """
    columns, rows = _read_rows(actor, text)
    by_name = {field.name.casefold(): field for field in fields.get_list_fields(world, task_list)}
    created = [
        _create_field(world, actor, task_list, (name, types[name]), [row[name] for row in rows])
        for name in columns
        if name in types and name.casefold() not in by_name
    ]
    by_name |= {field.name.casefold(): field for field in created}
    for row in rows:
        _import_row(world, actor, task_list, row, by_name)
    return created


def _read_rows(actor: User, text: str) -> tuple[list[str], list[dict[str, str]]]:
    if actor.role > 2:
        raise InputError("only owners and admins may import")
    reader = csv.DictReader(io.StringIO(text))
    columns, rows = list(reader.fieldnames or ()), list(reader)
    if NAME not in columns:
        raise InputError(f"no column {NAME}")
    if len({column.casefold() for column in columns}) < len(columns):
        raise InputError("column headers must be unique")
    if len(rows) > ROWS:
        raise InputError(f"more than {ROWS} rows")
    return columns, rows


def _create_field(
    world: World, actor: User, task_list: TaskList, column: tuple[str, str], cells: list[str]
) -> Field:
    name, kind = column
    parts = (part.strip() for cell in cells for part in _split_cell(kind, cell))
    choices = tuple(dict.fromkeys(filter(None, parts))) if kind in _WITH_OPTIONS else ()
    return fields.define(world, actor, name, kind, at=("list", task_list.id), choices=choices)


def _split_cell(kind: str, cell: str | None) -> list[str]:
    if not cell:
        return []
    return cell.split(",") if kind == "labels" else [cell]


def _import_row(
    world: World,
    actor: User,
    task_list: TaskList,
    row: dict[str, str],
    by_name: Mapping[str, Field],
) -> None:
    task = tasks.create(world, actor, task_list, {"name": row[NAME]})
    for column, cell in row.items():
        field = by_name.get(column.casefold())
        if field is not None and cell:
            body = {"value": _parse_cell(field, cell)}
            task_values.set_field(world, actor, task, field.id, body)


def _parse_cell(field: Field, cell: str) -> Any:
    ids = fields.get_option_ids(field)
    if field.type == "labels":
        return [ids[part.strip()] for part in _split_cell("labels", cell) if part.strip() in ids]
    if field.type == "date":
        return round(datetime.fromisoformat(f"{cell}T00:00+00:00").timestamp() * 1000)
    if field.type == "emoji":
        return int(cell)
    return ids.get(cell.strip(), cell) if ids else fields.parse_text(field, cell)
