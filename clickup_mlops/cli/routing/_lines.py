"""Reads task texts from JSON lines; a bad line is a value, so that the others go on."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TextIO


@dataclass(frozen=True, slots=True)
class Line:
    """One task text; `raw` holds labels, if there are any."""

    id: Any
    title: str
    body: str
    raw: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Bad:
    """A line that cannot be used, and why, with file and line number."""

    problem: str


def read(file: TextIO) -> Iterator[Line | Bad]:
    """Each line that is not empty."""
    for number, text in enumerate(file, 1):
        if text.strip():
            found = _line(text)
            yield Bad(f"{file.name}:{number}: {found}") if isinstance(found, str) else found


def _line(text: str) -> Line | str:
    try:
        raw = json.loads(text)
    except ValueError as problem:
        return f"not JSON: {problem}"
    if not isinstance(raw, dict):
        return "not a JSON object"
    title, body = raw.get("title"), raw.get("body") or ""
    if not isinstance(title, str) or not isinstance(body, str):
        return "`title` must be a text, and `body` a text or absent"
    return Line(raw.get("id"), title, body, raw)
