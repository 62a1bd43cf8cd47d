"""No value of an export is lost silently: a source reads it, counts it as a loss, or says why not.

Each value of the samples is changed in turn. What the source gives must change too, or the value's
key is among those that the source ignores with a reason.
"""

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops import registry
from clickup_mlops.errors import ContentError
from clickup_mlops.features.migration import sources
from clickup_mlops.features.migration.source import SourceKind
from tests.features.migration.sources.reading import SAMPLES, opened

Variants = Iterator[tuple[str, str]]
"""Names of values, and the file with another value there."""
KINDS: Mapping[str, SourceKind] = registry.find(sources, "SOURCE")
COMPANIONS = {"comments.json": "items.json"}
"""Files that are read with another one only."""
NO_RECORD = "no object"
PERSON = re.compile(r"[A-Z][a-z]+ [A-Z][a-z]+")


def of_json(text: str) -> Variants:
    for path, value in leaves(json.loads(text)):
        name = ".".join(part for part in path if isinstance(part, str))
        for new in others(value):
            yield name, json.dumps(changed(json.loads(text), path, new))
        if PERSON.fullmatch(str(value)):  # the file may name somebody more than once
            yield name, text.replace(value, f"{value}x")


def leaves(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Values with their paths; no empty ones."""
    if isinstance(value, dict | list):
        inside = value.items() if isinstance(value, dict) else enumerate(value)
        for key, part in inside:
            yield from leaves(part, (*before, key))
    elif value not in (None, "", NO_RECORD):
        yield before, value


def changed(content: Any, path: tuple[Any, ...], new: Any) -> Any:
    place = content
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = new
    return content


def others(value: Any) -> tuple[Any, ...]:
    """Other values of the same type."""
    if isinstance(value, bool):
        return (not value,)
    is_number = isinstance(value, int | float)
    return (2 * value + 60, -value - 1) if is_number else (f"{value}x", f"x{value}")


def of_csv(text: str) -> Variants:
    rows = list(csv.reader(io.StringIO(text)))
    for row in range(1, len(rows)):
        for column, value in enumerate(rows[row][: len(rows[0])]):
            for new in others(value) if value else ():
                yield rows[0][column], csv_text(changed([*map(list, rows)], (row, column), new))
            if PERSON.fullmatch(value):
                yield rows[0][column], text.replace(value, f"{value}x")


def csv_text(rows: list[list[str]]) -> str:
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue()


def of_xml(text: str) -> Variants:
    root = ET.fromstring(text)
    for element in root.iter():
        if element.text and element.text.strip():
            before = element.text
            for new in others(before):
                element.text = new
                yield plain(element.tag), ET.tostring(root, "unicode")
            element.text = before
        for name, value in list(element.items()):
            for new in others(value):
                element.set(name, new)
                yield f"{plain(element.tag)}.{plain(name)}", ET.tostring(root, "unicode")
            element.set(name, value)


def plain(name: str) -> str:
    """Without its namespace."""
    return re.sub(r"{.*}", "", name)


VARIANTS: Mapping[str, Callable[[str], Variants]] = {
    ".json": of_json,
    ".csv": of_csv,
    ".xml": of_xml,
}
GROUPS = sorted(
    {
        (kind, path.suffix)
        for kind in KINDS
        for path in (SAMPLES / kind).glob("*")
        if path.suffix in VARIANTS
    }
)


def inside(path: str) -> set[str]:
    """Every key in the path, and every path within it."""
    keys = path.split(".")
    return {".".join(keys[start:end]) for end in range(len(keys) + 1) for start in range(end)}


def all_of(kind: str, path: Path) -> object:
    """All that the source gives of the file."""
    columns = SAMPLES / kind / "columns.toml"
    mapping = {"mapping": columns} if columns.exists() else {}
    companions = [SAMPLES / kind / name for name in (COMPANIONS.get(path.name),) if name]
    try:
        source: Any = opened(kind, path, *companions, archived=True, **mapping)
        boards = list(source.boards())
        reads = (source.items, source.updates, source.assets, source.history)
        records = [[*chain.from_iterable(read(board) for read in reads)] for board in boards]
        return boards, records, list(source.people()), list(source.problems)
    except ContentError as problem:
        return str(problem)


@pytest.mark.parametrize(("kind", "suffix"), GROUPS)
def test_every_value_is_read_counted_or_ignored_with_a_reason(
    kind: str, suffix: str, tmp_path: Path
) -> None:
    ignored = KINDS[kind].ignored
    silent: dict[str, bool] = {}
    for sample in sorted((SAMPLES / kind).glob(f"*{suffix}")):
        file, text = tmp_path / sample.name, sample.read_text(encoding="utf-8")
        file.write_text(text, encoding="utf-8")
        before = all_of(kind, file)
        for name, variant in VARIANTS[suffix](text):
            if silent.get(name, True) and ignored.keys().isdisjoint(inside(name)):
                file.write_text(variant, encoding="utf-8")
                silent[name] = all_of(kind, file) == before

    lost = [name for name, is_silent in silent.items() if is_silent]
    assert not lost, "\n".join(lost)


@pytest.mark.parametrize("kind", KINDS)
def test_every_ignored_key_has_its_reason(kind: str) -> None:
    assert all(reason and key.strip() for key, reason in KINDS[kind].ignored.items())
