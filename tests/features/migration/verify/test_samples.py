"""Converters and verification were written apart: on every worked sample they agree."""

from dataclasses import replace

import pytest

from clickup_mlops.features.migration import columns
from clickup_mlops.features.migration.columns._model import Sample
from clickup_mlops.features.migration.columns._samples import PEOPLE
from clickup_mlops.features.migration.convert import column_types
from clickup_mlops.features.migration.mapping.model import (
    BoardTable,
    ColumnTable,
    PersonTable,
    PlaceTable,
)
from clickup_mlops.features.migration.records import Board, Cell, Item, Person
from clickup_mlops.features.migration.steps import AddTime
from clickup_mlops.features.migration.verify.items import Side, compare
from clickup_mlops.features.migration.verify.people import People
from clickup_mlops.features.migration.verify.task_state import FieldState, TaskState
from clickup_mlops.json_types import Json

EMAILS = {user: f"{user}@example.org" for user in PEOPLE.users.values()}
TABLE = {
    person: PersonTable(name=name, email=EMAILS.get(PEOPLE.users.get(person, 0), ""))
    for person, name in PEOPLE.names.items()
}
SAMPLES = [
    pytest.param(sample, id=f"{name}-{number}")
    for name, kind in column_types().items()
    for number, sample in enumerate(kind.samples)
]


def side(sample: Sample) -> Side:
    choice = sample.choice
    table = ColumnTable(
        title=sample.column.title,
        type=sample.column.type,
        to=choice.slot,
        field=choice.name if choice.slot == "field" else "",
        field_type=choice.type,
        options=choice.options,
    )
    place = PlaceTable(space="AI", list="Work")
    board = BoardTable(name="B", place=place, groups="none", columns={sample.column.id: table})
    people = People(TABLE, frozenset(EMAILS.values()))
    people.learn(
        Person(team_name, "", kind="team", members=team) for team_name, team in PEOPLE.teams.items()
    )
    return Side(Board("b", "B", (sample.column,)), board, people)


def state_of(sample: Sample) -> TaskState:
    """The task that the sample's value should become, written without any converter."""
    converted, attributes = sample.converted, sample.converted.attributes
    value: Json = converted.value
    if sample.choice.type == "users" and value:
        value = [EMAILS[name] for name in value]
    field = {sample.choice.name.casefold(): FieldState(sample.choice.type, value)}
    times = [step.duration_ms for step in converted.deferred if isinstance(step, AddTime)]
    return TaskState(
        id="t",
        item="1",
        url="",
        list_id="",
        name="Item",
        status=str(attributes.get("status") or "to do"),
        text="\n\n".join(converted.lines),
        priority=attributes.get("priority"),
        due_ms=attributes.get("due_ms"),
        start_ms=attributes.get("start_ms"),
        tracked_ms=sum(times),
        assignees=tuple(EMAILS[name] for name in attributes.get("assignees") or ()),
        tags=tuple(attributes.get("tags") or ()),
        fields=field if value is not None else {},
    )


@pytest.mark.parametrize("cells", [{}, {"status": Cell(None)}, {"status": Cell("5")}])
@pytest.mark.parametrize(("status", "differences"), [("not set", 0), ("to do", 1)])
def test_items_without_a_status_have_the_one_that_the_mapping_names(
    cells: dict[str, Cell], status: str, differences: int
) -> None:
    """A task that got the first status of the List instead is a difference."""
    sample = next(
        sample for sample in columns.status.COLUMN.samples if sample.choice.slot == "status"
    )
    expected = side(sample)
    table = expected.table.columns["status"].model_copy(update={"options": {"": "Not set"}})
    board = expected.table.model_copy(update={"columns": {"status": table}})
    task = replace(state_of(sample), status=status)

    compared = compare(replace(expected, table=board), Item("1", "b", "Item", cells=cells), task)

    assert len(list(compared)) == differences


@pytest.mark.parametrize("sample", SAMPLES)
def test_what_a_converter_makes_is_equal(sample: Sample) -> None:
    """Nothing that it should make is taken for a difference."""
    item = Item("1", "b", "Item", cells={sample.column.id: sample.cell})

    assert list(compare(side(sample), item, state_of(sample))) == []


@pytest.mark.parametrize("sample", SAMPLES)
def test_nothing_in_its_place_is_a_difference(sample: Sample) -> None:
    """What did not arrive at all is always found, unless it has no place in ClickUp."""
    empty = replace(state_of(sample), text="", tracked_ms=0, assignees=(), tags=(), fields={})
    empty = replace(empty, status="to do", priority=None, due_ms=None, start_ms=None)
    item = Item("1", "b", "Item", cells={sample.column.id: sample.cell})
    if empty == state_of(sample) or sample.choice.slot == "none":
        pytest.skip("nothing becomes of this sample but relations and files")

    assert [name for name, _ in compare(side(sample), item, empty)]


DATED = [
    candidate_sample
    for candidate_sample in SAMPLES
    if candidate_sample.values[0].choice.slot in ("due", "start", "dates")
]


@pytest.mark.parametrize("sample", DATED)
def test_a_date_under_another_title_is_still_missing(sample: Sample) -> None:
    """The description may show what no field could hold, but not by chance."""
    missing = replace(state_of(sample), due_ms=None, start_ms=None)
    if missing == state_of(sample):
        pytest.skip("this sample is no date")
    by_chance = replace(missing, text=f"Another column: {sample.cell.value}")
    item = Item("1", "b", "Item", cells={sample.column.id: sample.cell})

    assert [name for name, _ in compare(side(sample), item, by_chance)]


@pytest.mark.parametrize("end", ["start_ms", "due_ms"])
@pytest.mark.parametrize("sample", DATED)
def test_one_lost_end_is_a_difference(sample: Sample, end: str) -> None:
    """Though the other end of the period is there."""
    missing = replace(state_of(sample), **{end: None})
    if missing == state_of(sample):
        pytest.skip("this sample has no such end")
    item = Item("1", "b", "Item", cells={sample.column.id: sample.cell})

    assert [name for name, _ in compare(side(sample), item, missing)]


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_shape_that_nobody_expects_stops_nothing(sample: Sample) -> None:
    """Its text is looked for."""
    strange: tuple[Json, ...] = ({"strange": 1}, 17, [[]], None)
    for value in strange:
        cell = Cell(value, "its text")
        item = Item("1", "b", "Item", cells={sample.column.id: cell})

        list(compare(side(sample), item, state_of(sample)))
