"""The mapping's places in ClickUp: found by name, and everything that is missing is named."""

import pytest

from clickup_mlops.errors import InputError
from clickup_mlops.features.migration import places
from clickup_mlops.features.migration.mapping.model import BoardTable, ColumnTable, PlaceTable
from clickup_mlops.features.migration.places import Places
from tests.features.migration.bench import Bench


def table(**more: object) -> BoardTable:
    place = PlaceTable(space="team", folder="WORK", list="Tasks")
    return BoardTable(name="Serving", place=place, **more)  # type: ignore[arg-type]


def column(**more: object) -> ColumnTable:
    return ColumnTable(title="c", type="status", **more)  # type: ignore[arg-type]


def missing(bench: Bench, board: BoardTable) -> list[str]:
    mapping = bench.mapping.model_copy(update={"boards": {"b": board}})
    return places.missing(Places(bench.client, bench.sandbox.team_id), mapping)


def test_names_are_found_in_any_case(bench: Bench) -> None:
    """Each place is read once."""
    live = Places(bench.client, bench.sandbox.team_id)
    place = live.of(("team", "WORK", "tasks"))
    assert place.list_id == bench.control.list_id("Tasks")
    assert set(place.fields) == {"Source ID", "Model", "Related"}
    before = bench.client.calls
    assert live.of(("team", "WORK", "tasks")) is place
    assert live.by_list(place.list_id) is place
    assert live.of(("Team", "Inbox")).list_id == bench.control.list_id("Inbox")
    assert bench.client.calls == before + 1


def test_what_is_missing_is_named_at_once(bench: Bench) -> None:
    """Lists, fields, types, options and statuses."""
    bench.control.create_field("Env", "drop_down", list_name="Tasks", choices=["prod"])
    columns = {
        "1": column(to="field", field="Env", field_type="drop_down", options={"a": "Prod"}),
        "2": column(to="field", field="Env", field_type="labels"),
        "3": column(to="field", field="Team", field_type="users"),
        "4": column(to="status", options={"1": "To Do", "2": "Stuck"}),
        "5": column(to="field", field="Env", field_type="drop_down", options={"b": "staging"}),
    }
    result = missing(bench, table(columns=columns, groups="field", group_names={"g": "Now"}))
    assert result == [
        'field "Env" of type labels in "team / WORK / Tasks": there it is drop_down',
        'field "Team" (users) in "team / WORK / Tasks"',
        'option "staging" of the field "Env" in "team / WORK / Tasks"',
        'field "Group" (drop_down) in "team / WORK / Tasks"',
        'status "Stuck" in "team / WORK / Tasks"',
    ]


def test_each_group_can_be_a_list(bench: Bench) -> None:
    """Then the board's List is not used."""
    lists = {"a": "Tasks", "b": "Tasks", "c": "Done"}
    result = missing(bench, table(groups="lists", group_names=lists))
    assert result == ['List "team / WORK / Done"']


def test_groups_may_be_statuses(bench: Bench) -> None:
    """They have to exist too."""
    result = missing(bench, table(groups="status", group_names={"a": "to do", "b": "Later"}))
    assert result == ['status "Later" in "team / WORK / Tasks"']


def test_a_run_with_an_incomplete_place_writes_nothing(bench: Bench) -> None:
    """It names all that is missing."""
    bench.mapping = bench.mapping.model_copy(update={"id_field": "Monday ID"})
    with pytest.raises(InputError, match="Monday ID"):
        bench.run()
    assert bench.writes() == 0


@pytest.mark.parametrize(
    "path", [("Nowhere", "Tasks"), ("Team", "Nowhere", "Tasks"), ("Team", "X")]
)
def test_a_place_that_is_not_there_is_named(bench: Bench, path: tuple[str, ...]) -> None:
    """By its path."""
    with pytest.raises(InputError, match=" / ".join(path)):
        Places(bench.client, bench.sandbox.team_id).of(path)


def test_folders_and_lists_are_created_and_spaces_are_not(bench: Bench) -> None:
    """What is there is left alone."""
    live = Places(bench.client, bench.sandbox.team_id)
    created = list(live.create(("Team", "Work", "More")))
    assert [path for path, _id in created] == [("Team", "Work", "More")]
    assert live.of(("Team", "Work", "More")).list_id == created[0][1]
    assert [path for path, _id in live.create(("Team", "Direct"))] == [("Team", "Direct")]
    assert not list(live.create(("Team", "Direct")))
    with pytest.raises(InputError, match='no Space "Nowhere"'):
        list(live.create(("Nowhere", "List")))
