"""An item becomes a task: its place, name, description and values, and what is lost of it."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.errors import InputError
from clickup_mlops.features.migration import convert as module
from clickup_mlops.features.migration.convert import convert
from clickup_mlops.features.migration.mapping.model import (
    BoardTable,
    ColumnTable,
    Mapping,
    PlaceTable,
)
from clickup_mlops.features.migration.records import (
    Board,
    Cell,
    Column,
    Group,
    Item,
    Option,
    SourceLoss,
)
from clickup_mlops.features.migration.steps import (
    AddDependency,
    AddFile,
    AddLink,
    CreateTask,
    SetRelation,
)
from tests.features.migration.columns.cells import PEOPLE

COLUMNS = (
    Column("status", "Status", "status", options=(Option("1", "Done"),)),
    Column("owner", "Owner", "people"),
    Column("second", "Reviewer", "people"),
    Column("due", "Due", "date"),
    Column("begin", "Start", "date"),
    Column("time", "Timeline", "timeline"),
    Column("tags", "Tags", "tags"),
    Column("more", "More tags", "tags"),
    Column("note", "Note", "text"),
    Column("text", "Other note", "text"),
    Column("waits", "Waits for", "dependency"),
    Column("models", "Models", "board_relation"),
    Column("id", "ID", "item_id"),
    Column("files", "Files", "file"),
)
BOARD = Board("b1", "Serving", COLUMNS, groups=(Group("g1", "Now"), Group("g2", "Later")))
DEFAULTS = {
    "status": ("status", ""),
    "owner": ("assignees", ""),
    "second": ("assignees", ""),
    "due": ("due", ""),
    "begin": ("start", ""),
    "time": ("dates", ""),
    "tags": ("tags", ""),
    "more": ("tags", ""),
    "note": ("field", "short_text"),
    "text": ("field", "short_text"),
    "waits": ("dependencies", ""),
    "models": ("links", ""),
    "id": ("none", ""),
    "files": ("files", ""),
}
ANN = [{"id": "1", "kind": "person"}]
BO = [{"id": "2", "kind": "person"}]


def tables(**changes: object) -> dict[str, ColumnTable]:
    """The columns' tables; a change is `(to, field type)`."""
    chosen = {**DEFAULTS, **changes}
    return {
        column.id: ColumnTable(
            title=column.title,
            type=column.type,
            to=chosen[column.id][0],
            field="Note" if chosen[column.id][0] == "field" else "",
            field_type=chosen[column.id][1],
        )
        for column in COLUMNS
    }


def mapping(groups: str = "field", **changes: object) -> Mapping:
    """A mapping of the board; `changes` of the columns' places."""
    board = BoardTable(
        name="Serving",
        place=PlaceTable(space="ML", folder="Serving", list="Work"),
        groups=groups,
        group_names={"g1": "Now!"},
        columns=tables(**changes),
    )
    return Mapping(name="m", source={"kind": "monday"}, boards={"b1": board}, subscribers=True)


def convert_item(
    item: Item, expected: Mapping | None = None, board: Board = BOARD
) -> module.Conversion:
    expected = expected or mapping()
    return convert(item, board, expected.boards["b1"], expected, PEOPLE)


def item(name: str = "Tune", group: str = "g1", parent: str | None = None, **cells: object) -> Item:
    """An item with cells by column."""
    result = {
        key: value if isinstance(value, Cell) else Cell(value) for key, value in cells.items()
    }
    return Item("i1", "b1", name, group, parent, result)


def whats(conversion: module.Conversion) -> list[tuple[str, str]]:
    """The losses but that of the status: most items here have none."""
    losses = [(loss.title, loss.what) for loss in conversion.losses]
    return [loss for loss in losses if loss != ("Status", module.NO_STATUS)]


def test_an_item_becomes_a_task_with_all_its_values() -> None:
    """Attributes, fields, description and what waits for other tasks, in one value."""
    result = convert_item(
        item(
            status="1",
            owner=ANN,
            due={"date": "2026-06-15", "time": "09:00:00"},
            tags=["a"],
            more=["b", "a"],
            note="hi",
            waits=[{"item": "i2", "type": "FS", "lag_days": 0}],
            id="i1",
            files=[{"asset": "7"}],
        )
    )

    assert result.task == CreateTask(
        item_id="i1",
        place=("ML", "Serving", "Work"),
        name="Tune",
        markdown="Source: item i1.",
        attributes={
            "status": "Done",
            "assignees": [101],
            "due_ms": 1781514000000,
            "dates_have_time": True,
            "tags": ["a", "b"],
        },
        fields={"Group": "Now!", "Note": "hi"},
    )
    assert result.deferred == (AddDependency("i1", "i2"), AddFile("7", "i1", ""))
    assert whats(result) == [("Files", "which column a file was in: all files are the task's")]


BLANK = {
    "absent": {},
    "no value": {"status": Cell(None)},
    "a label without a name": {"status": "5"},
}
LABELS = (Option("1", "Done"), Option("5", ""))


def blank(cells: dict[str, Any], options: dict[str, str]) -> module.Conversion:
    """An item without a status, of a board whose grey label has no name."""
    status = COLUMNS[0]
    board = replace(BOARD, columns=(replace(status, options=LABELS), *COLUMNS[1:]))
    chosen = mapping().boards["b1"]
    column = chosen.columns["status"].model_copy(update={"options": options})
    table = chosen.model_copy(update={"columns": {**chosen.columns, "status": column}})
    return convert(item(**cells), board, table, mapping(), PEOPLE)


@pytest.mark.parametrize("cells", BLANK.values(), ids=BLANK)
def test_a_blank_status_is_a_loss_unless_the_mapping_names_one(cells: dict[str, Any]) -> None:
    """ClickUp would make it the List's first status, as if somebody had chosen that."""
    missing, named = blank(cells, {"1": "Done"}), blank(cells, {"": "Not set", "1": "Done"})

    assert [(loss.title, loss.what) for loss in missing.losses] == [("Status", module.NO_STATUS)]
    assert "status" not in missing.task.attributes
    assert named.task.attributes["status"] == "Not set"
    assert named.losses == ()


def test_where_an_item_comes_from_is_at_the_end_of_its_description() -> None:
    """Author, times and address: ClickUp's own are those of the move."""
    origin = Item(
        "i1",
        "b1",
        "Tune",
        creator="1",
        description="# Plan",
        created_ms=1780304400000,
        updated_ms=1780308000000,
        url="https://acme.monday.com/boards/1/pulses/2",
    )

    assert convert_item(origin).task.markdown == (
        "# Plan\n\n---\n\nSource: [item i1](https://acme.monday.com/boards/1/pulses/2), "
        "created by Ann Lee on 2026-06-01 09:00 UTC, last changed 2026-06-01 10:00 UTC."
    )


@pytest.mark.parametrize(
    ("creator", "text"), [("-4", "created by an automation."), ("77", "created by 77.")]
)
def test_a_creator_who_is_nobody_is_said_to_be(creator, text) -> None:
    """Automations have numbers below zero; people who are gone have only a number."""
    result = convert_item(Item("i1", "b1", "Tune", creator=creator))

    assert result.task.markdown.endswith(text)


@pytest.mark.parametrize("end", ["T", "x" * 300])
def test_a_change_without_an_author_keeps_its_time(end) -> None:
    """Sources know some of it."""
    result = convert_item(Item("i1", "b1", end, updated_ms=0))

    assert result.task.markdown.endswith("Source: item i1, last changed 1970-01-01 00:00 UTC.")


# Groups


@pytest.mark.parametrize(
    ("groups", "place", "attributes", "fields"),
    [
        ("lists", ("ML", "Serving", "Now!"), {}, {}),
        ("field", ("ML", "Serving", "Work"), {}, {"Group": "Now!"}),
        ("status", ("ML", "Serving", "Work"), {"status": "Now!"}, {}),
        ("none", ("ML", "Serving", "Work"), {}, {}),
    ],
)
def test_a_group_becomes_what_the_mapping_says(groups, place, attributes, fields) -> None:
    """A List, a field, the status, or nothing, which is a loss."""
    result = convert_item(item(), mapping(groups))

    assert (result.task.place, result.task.attributes, result.task.fields) == (
        place,
        attributes,
        fields,
    )
    assert whats(result) == ([("group", module.GROUP)] if groups == "none" else [])


@pytest.mark.parametrize("groups", ["lists", "field", "status"])
def test_a_group_that_the_mapping_does_not_have_is_named_in_the_description(groups) -> None:
    """A group that was made after the draft costs nobody the item."""
    result = convert_item(item(group="g2"), mapping(groups))

    assert result.task.place == ("ML", "Serving", "Work")
    assert result.task.markdown.startswith("**Group:** Later")
    assert whats(result) == [("group", module.NO_GROUP)]


def test_a_single_group_that_is_left_out_is_no_loss() -> None:
    """Its name says nothing."""
    board = Board("b1", "Serving", COLUMNS, groups=(Group("g1", "Items"),))

    assert not whats(convert_item(item(), mapping("none"), board))


@pytest.mark.parametrize("groups", ["lists", "field"])
def test_a_subitem_without_a_group_of_the_board_loses_nothing(groups) -> None:
    """A subitem is where its parent is; the group of its hidden board means nothing."""
    result = convert_item(item(group="topics", parent="i0"), mapping(groups))

    assert result.task.parent_id == "i0"
    assert (result.task.fields, result.losses) == ({}, ())


def test_without_a_folder_a_list_is_in_its_space() -> None:
    """A place has two or three names; without a List of its own it is the first group's."""
    expected = mapping("lists")
    table = expected.boards["b1"].model_copy(update={"place": PlaceTable(space="ML")})

    conversion = convert(item(group=""), BOARD, table, expected, PEOPLE)

    assert conversion.task.place == ("ML", "Now!")


# Subitems


def test_a_subitem_has_columns_of_its_own() -> None:
    """The same id means another column in another board."""
    board = Board("b1", "S", COLUMNS, subitem_columns=(Column("note", "Sub note", "text"),))
    expected = mapping()
    table = expected.boards["b1"].model_copy(
        update={"subitem_columns": {"note": ColumnTable(title="N", type="text", to="description")}}
    )

    conversion = convert(item(parent="i0", note="x"), board, table, expected, PEOPLE)

    assert conversion.task.markdown.startswith("**Sub note:** x")


# Names


def test_an_item_without_a_name_gets_one() -> None:
    """ClickUp refuses a task without a name."""
    result = convert_item(item(name=" \n"))

    assert result.task.name == module.NO_NAME
    assert whats(result) == [("name", module.NAMELESS)]


@pytest.mark.parametrize("name", ["x" * 255, "👩‍🔬" * 60, "עברית", "a\nb\tc"])
def test_a_name_of_255_characters_is_kept(name) -> None:
    """Any script, and emojis; only line ends become blanks."""
    result = convert_item(item(name=name))

    assert result.task.name == name.replace("\n", " ").replace("\t", " ")
    assert not whats(result)


def test_a_description_mentions_nobody() -> None:
    """Other tools have Markdown of their own: it stays, but for what ClickUp takes for mentions."""
    text = "@here, [@Ann](#user_mention#7) `@cache` a@all.org https://x.org/@all"
    markdown = convert_item(replace(item(), description=text)).task.markdown

    assert "@here" not in markdown
    assert "#user_mention#" not in markdown
    assert "`@cache` a@all.org https://x.org/@all" in markdown


def test_a_longer_name_is_cut_and_kept_in_the_description() -> None:
    """Other tools have longer names."""
    result = convert_item(item(name="x" * 300))

    assert result.task.name == "x" * 254 + "…"
    assert result.task.markdown.startswith("**Name:** " + "x" * 300)
    assert whats(result) == [("name", module.LONG_NAME)]


# Conflicts and what cannot be read


def test_a_second_column_for_the_same_attribute_is_kept_in_the_description() -> None:
    """The first column has it; of the second nothing but its place is lost."""
    result = convert_item(item(owner=ANN, second=BO, due={"date": "2026-06-15", "time": None}))
    both = convert_item(
        item(
            due={"date": "2026-06-15", "time": None},
            time={"from": "2026-03-01", "to": "2026-03-15"},
            note="a",
            text="b",
        )
    )

    assert result.task.attributes["assignees"] == [101]
    assert not any(loss.what == module.TAKEN for loss in result.losses)
    assert both.task.fields["Note"] == "a"
    assert both.task.markdown.startswith(
        "**Timeline:** 2026-03-01 to 2026-03-15\n\n**Other note:** b"
    )
    assert whats(both) == [("Timeline", module.TAKEN), ("Other note", module.TAKEN)]


def test_a_day_beside_a_time_is_shown_with_a_time() -> None:
    """ClickUp has one flag for each date, the client one for both."""
    day, instant = {"date": "2026-06-15", "time": None}, {"date": "2026-06-16", "time": "09:00"}

    mixed, days = convert_item(item(begin=day, due=instant)), convert_item(item(begin=day, due=day))

    assert mixed.task.attributes["dates_have_time"] is True
    assert whats(mixed) == [("Start", module.MIXED)]
    assert days.task.attributes["dates_have_time"] is False
    assert not whats(days)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("due", {"date": "31.12.2026"}),
        ("owner", 7),
        ("tags", {}),
        ("models", 1),
        ("models", ["5"]),
        ("models", [{"board": "99"}]),
        ("time", "x"),
    ],
)
def test_a_cell_that_cannot_be_read_is_kept_as_text(column, value) -> None:
    """A broken cell costs its place, never the item."""
    result = convert_item(item(**{column: Cell(value, "as shown")}))

    assert "as shown" in result.task.markdown
    assert [part for _title, part in whats(result)] == [module.UNREADABLE]


def test_a_cell_without_a_value_is_nothing() -> None:
    """Sources may name a column that an item leaves empty; what only has a text is kept as text."""
    result = convert_item(item(due=Cell(None), note=Cell(None, "as shown")))

    assert result.task.markdown.startswith("**Note:** as shown")
    assert whats(result) == [("Note", module.UNREADABLE)]


def test_a_column_that_the_mapping_does_not_have_is_a_loss() -> None:
    """A column that was made after the draft is not forgotten."""
    board = Board("b1", "S", (Column("new", "New", "text"),))

    result = convert_item(item(new=Cell("x", "x")), board=board)

    assert whats(result)[-1] == ("New", module.NOT_MAPPED)


@pytest.mark.parametrize(("function", "field"), [("SUM", {}), ("", {"Cost": 85})])
def test_a_sum_of_subitems_is_not_added_to_them(function: str, field: dict[str, int]) -> None:
    """A total in ClickUp would count it twice: the description has it, and it is a loss."""
    board = Board("b1", "S", (Column("cost", "Cost", "numbers"),))
    expected = mapping()
    table = ColumnTable(title="Cost", type="numbers", to="field", field="Cost", field_type="number")
    expected.boards["b1"].columns["cost"] = table  # type: ignore[index]

    conversion = convert_item(item(cost=Cell("85", "85", function)), expected, board)

    assert conversion.task.fields == {"Group": "Now!", **field}
    assert ("**Cost:** 85" in conversion.task.markdown) == bool(function)
    assert (("Cost", module.SUM) in whats(conversion)) == bool(function)


def test_an_unknown_column_type_is_named_with_the_nearest() -> None:
    """A mapping may be written by hand."""
    expected = mapping()
    table = ColumnTable(title="Note", type="statsu", to="status")
    expected.boards["b1"].columns["note"] = table  # type: ignore[index]

    with pytest.raises(InputError, match='no column type "statsu"; did you mean "status"'):
        convert_item(item(note="x"), expected)


def test_an_impossible_place_is_an_error_of_the_mapping() -> None:
    """It is no fault of the item."""
    with pytest.raises(InputError, match="a text column cannot go to"):
        convert_item(item(note="x"), mapping(note=("status", "")))


# Relations


@pytest.mark.parametrize("to", [("links", ""), ("field", "tasks")])
def test_an_item_of_a_board_that_is_not_migrated_is_named(to) -> None:
    """What has no task can have no link."""
    result = convert_item(
        item(
            models=[
                {"item": "i2", "board": "b1", "name": "Llama"},
                {"item": "i3", "board": "b9", "name": "Qwen"},
                {"item": "i4", "board": "b9", "name": ""},
            ]
        ),
        mapping(models=to),
    )

    relation = SetRelation("i1", "Note", ("i2",)) if to[0] == "field" else AddLink("i1", "i2")
    assert result.deferred == (relation,)
    assert result.task.markdown.startswith("**Models:** Qwen\n\n**Models:** item i4")
    assert [w for _t, w in whats(result)].count(module.NOT_MIGRATED) == 2


def test_a_relation_in_the_description_names_every_item() -> None:
    """Nothing is left out of a text."""
    result = convert_item(
        item(models=[{"item": "i3", "board": "b9", "name": "Qwen"}]),
        mapping(models=("description", "")),
    )

    assert result.task.markdown.startswith("**Models:** Qwen")
    assert not whats(result)


# The rest


def test_followers_are_lost_unless_the_mapping_takes_them_along() -> None:
    """They cost a call for each item."""
    followed = Item("i1", "b1", "Tune", subscribers=("1", "2"))

    assert not whats(convert_item(followed))
    result = convert_item(followed, mapping().model_copy(update={"subscribers": False}))
    (loss,) = (loss for loss in result.losses if loss.what == module.FOLLOWERS)
    assert loss.example == "Ann Lee, Bo Ito"


def test_what_the_source_has_left_out_is_a_loss() -> None:
    result = convert_item(
        Item("i1", "b1", "Tune", losses=(SourceLoss("isPinned", "not read", "true"),))
    )

    assert module.ItemLoss("", "isPinned", "not read", "true") in result.losses


def test_a_description_over_the_limit_is_cut_with_a_loss() -> None:
    """ClickUp takes 256 KB; where the item comes from is kept."""
    result = convert_item(Item("i1", "b1", "Tune", description="é " * 200_000))

    assert len(result.task.markdown.encode()) <= module.DESCRIPTION_BYTES
    assert result.task.markdown.endswith("Source: item i1.")
    assert whats(result) == [("description", module.LONG_TEXT)]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(
    st.dictionaries(st.sampled_from(sorted(DEFAULTS)), ANYTHING),
    st.text(),
    st.sampled_from(["lists", "field", "status", "none"]),
)
def test_no_item_stops_a_run(cells, name, groups) -> None:
    """Whatever its cells hold, an item becomes a task with a name."""
    result = convert_item(item(name=name, **cells), mapping(groups))

    assert result.task.name.strip()
    assert all(step.item_id == "i1" for step in result.deferred)
