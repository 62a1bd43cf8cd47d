"""Recordings as JSON lines: to keep them, to move them, or to simulate over another team's.

A line is `{"task_id", "at_ms", "events": [{"key", "body", "ours"}], "task"}`: `body` is a webhook's
body, `task` a task object of the API as it was read then, or null.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import orjson
from pydantic import Field, ValidationError

from clickup_mlops import files
from clickup_mlops.config import Table
from clickup_mlops.errors import InputError
from clickup_mlops.features.simulation.tables.recordings import Recorded, Recording

_SHAPE = "`automations recording --output FILE` writes such a file."


class EventLine(Table):
    """An event of a line."""

    key: str = Field(min_length=1)
    body: dict[str, Any]
    ours: bool = False


class Line(Table):
    """A line of a file of recordings."""

    task_id: str = Field(min_length=1)
    at_ms: int
    events: tuple[EventLine, ...]
    task: dict[str, Any] | None = None


def save(recordings: Iterable[Recording], path: Path) -> int:
    """A line each, in a new file that only its owner may read; how many.

    Raises:
        InputError: the file is there already.
        OSError: it cannot be written.
    """
    if path.exists():
        raise InputError(f"{path} exists", hint="Name a new file.")
    with files.replacing(path, private=True) as file:
        return _write(recordings, file)


def _write(recordings: Iterable[Recording], to: BinaryIO) -> int:
    count = 0
    for recording in recordings:
        events = [{"key": e.key, "body": e.body, "ours": e.ours} for e in recording.events]
        line = {
            "task_id": recording.task_id,
            "at_ms": recording.at_ms,
            "events": events,
            "task": recording.task,
        }
        to.write(orjson.dumps(line) + b"\n")
        count += 1
    return count


def read(path: Path) -> Iterator[Recording]:
    """The recordings of a file, in its order.

    Raises:
        InputError: it cannot be read, or a line is wrong: names file, line and key.
    """
    try:
        with path.open("rb") as file:
            for number, text in enumerate(file, start=1):
                if text.strip():
                    yield _recording(f"{path}, line {number}", text)
    except OSError as problem:
        raise InputError(f"{path} cannot be read: {problem.strerror}", hint=_SHAPE) from problem


def _recording(where: str, text: bytes) -> Recording:
    try:
        line = Line.model_validate(orjson.loads(text))
        if line.task is not None and str(line.task.get("id")) != line.task_id:
            raise InputError(f"{where}: task.id is not {line.task_id}", hint=_SHAPE)
    except orjson.JSONDecodeError as problem:
        raise InputError(f"{where}: no JSON: {problem}", hint=_SHAPE) from problem
    except ValidationError as problem:
        first = problem.errors()[0]
        key = ".".join(map(str, first["loc"]))
        raise InputError(f"{where}: {key}: {first['msg']}", hint=_SHAPE) from problem
    events = tuple(Recorded(e.key, e.body, e.ours) for e in line.events)
    return Recording(line.task_id, line.at_ms, events, line.task)
