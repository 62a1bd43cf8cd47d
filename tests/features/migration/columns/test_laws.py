"""What holds for every column type, every place that it may go to, and every documented value."""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.clickup import fields as codecs
from clickup_mlops.errors import InputError
from clickup_mlops.features.migration.columns._build import LEFT_OUT
from clickup_mlops.features.migration.columns._model import Choice, ColumnType, Converted, Target
from clickup_mlops.features.migration.columns._options import PRIORITIES
from clickup_mlops.features.migration.convert import column_types
from clickup_mlops.features.migration.records import Cell, Column
from tests.features.migration.columns.cells import PEOPLE, columns_and_cells, pieces

TYPES: dict[str, ColumnType] = column_types()
ELSEWHERE = {"item_id", "group", "name", "subtasks"}
"""Left out without a loss: the task has the same value in another place."""
ATTRIBUTES = {
    "status",
    "priority",
    "assignees",
    "tags",
    "due_ms",
    "start_ms",
    "dates_have_time",
    "type_id",
}


def _choice(column: Column, target: Target) -> Choice:
    name = column.title if target.slot == "field" else ""
    return Choice(target.slot, name, target.type)


@pytest.mark.parametrize("name", TYPES)
@given(data=st.data())
def test_a_value_is_kept_or_its_loss_is_declared(name, data) -> None:
    """Each piece of a cell is in the task, in its description or in a loss; nothing is silent."""
    column, cell = data.draw(columns_and_cells(name))

    for target in TYPES[name].targets(column):
        conversion = TYPES[name].convert(cell, column, _choice(column, target), PEOPLE)

        if target.slot == "none":
            assert not conversion.lines and not conversion.attributes and conversion.value is None
            continue
        present = " ".join(_texts(conversion))
        missing = [
            piece for piece in pieces(column, cell.value) if not _is_in(piece.texts, present)
        ]
        assert not missing, (target, conversion)


@pytest.mark.parametrize("name", TYPES)
@given(data=st.data())
def test_a_loss_is_one_of_those_that_the_type_declares(name, data) -> None:
    """The plan can list every loss that a run may have; what is left out is lost and says so."""
    column, cell = data.draw(columns_and_cells(name))

    for target in TYPES[name].targets(column):
        conversion = TYPES[name].convert(cell, column, _choice(column, target), PEOPLE)

        assert {loss.what for loss in conversion.losses} <= set(TYPES[name].losses)
        assert set(conversion.attributes) <= ATTRIBUTES
        assert all(line.strip() and "\n" not in line for line in conversion.lines)
        if target.slot == "none" and name not in ELSEWHERE and any(pieces(column, cell.value)):
            assert [loss.what for loss in conversion.losses] == [LEFT_OUT]


@pytest.mark.parametrize("name", TYPES)
@given(data=st.data())
def test_clickup_takes_the_value_of_a_field(name, data) -> None:
    """A value that its field would refuse would cost the whole task: it goes elsewhere."""
    column, cell = data.draw(columns_and_cells(name))

    for target in TYPES[name].targets(column):
        conversion = TYPES[name].convert(cell, column, _choice(column, target), PEOPLE)

        if conversion.value is not None:
            assert target.slot == "field"
            codecs.encode(column.title, target.type, _config(target), conversion.value)
        if "priority" in conversion.attributes:
            assert conversion.attributes["priority"] in PRIORITIES.values()


@pytest.mark.parametrize("name", TYPES)
@given(
    data=st.data(),
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
        max_leaves=5,
    ),
)
def test_a_value_of_another_shape_raises_what_a_run_expects(name, data, value) -> None:
    """A broken cell is reported and kept as text; it never stops a run."""
    column, _cell = data.draw(columns_and_cells(name))

    for target in TYPES[name].targets(column):
        with contextlib.suppress(ValueError, TypeError, KeyError):
            TYPES[name].convert(Cell(value), column, _choice(column, target), PEOPLE)


@pytest.mark.parametrize("name", TYPES)
def test_a_place_that_a_type_cannot_go_to_is_refused(name) -> None:
    """A mapping that asks for the impossible gets a list of what is possible."""
    column = TYPES[name].samples[0].column

    with pytest.raises(InputError, match="cannot go to a signature field") as refusal:
        TYPES[name].convert(Cell(""), column, Choice("field", "x", "signature"), PEOPLE)
    assert "short_text" in refusal.value.hint


def _config(target: Target) -> dict[str, Any]:
    options = [
        {"id": f"o{n}", "orderindex": n, "name": name, "label": name}
        for n, (name, _color) in enumerate(target.options)
    ]
    return {"options": options, **target.settings}


def _texts(result: Any) -> Iterator[str]:
    """Every text of a result, without the marks of Markdown; keys with their values."""
    if is_dataclass(result):
        for field in fields(result):
            yield from _texts(getattr(result, field.name))
    elif isinstance(result, dict):
        for key, value in result.items():
            yield f"{key} {value}"
            yield from _texts(value)
    elif isinstance(result, list | tuple):
        for element in result:
            yield from _texts(element)
    elif result is not None:
        yield str(result)
        yield re.sub(r"\\(.)", r"\1", str(result).replace("\u2060", ""))


def _is_in(texts: tuple[str, ...], present: str) -> bool:
    return any(text in present for text in texts)


def test_converted_is_a_value() -> None:
    """Two conversions of the same cell are equal: a plan and a run agree."""
    assert Converted() == Converted()
