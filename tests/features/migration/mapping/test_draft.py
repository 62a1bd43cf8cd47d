"""The first proposal for a mapping: whatever the boards are like, it can be used as it is."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops import content
from clickup_mlops.clickup.model import Person as Member
from clickup_mlops.features.migration.convert import column_types
from clickup_mlops.features.migration.mapping import file
from clickup_mlops.features.migration.mapping.check import problems
from clickup_mlops.features.migration.mapping.draft import Draft, Wishes, World, draft
from clickup_mlops.features.migration.mapping.model import BoardTable, Groups, Mapping, SourceTable
from clickup_mlops.features.migration.mapping.samples import BoardSample, sample
from clickup_mlops.features.migration.mapping.template_fields import of as fields_of
from clickup_mlops.features.migration.records import (
    Board,
    Cell,
    Column,
    Group,
    Item,
    Option,
    Person,
)
from clickup_mlops.features.provisioning.template import load
from tests.features.migration.mapping import boards as shapes

BUTTON = "Left out by default: ClickUp's buttons and what they do are made by hand."
SOURCE = SourceTable(kind="monday")
MEMBERS = (Member(11, "Ana", "ana@x.com"), Member(12, "Bo", "BO@x.com"), Member(13, "No", ""))
SHIPPED = content.find_folder("templates")
TEMPLATES = {name: fields_of(load.load(SHIPPED, name)) for name in ("llm_serving", "feature_store")}
SAMPLES = {"1": BoardSample(("LLM canary", "LLM rollback"))}
WORLD = World(column_types(), MEMBERS, TEMPLATES)


def draft_of(*boards: Board, people: tuple[Person, ...] = (), **wishes: Any) -> Draft:
    return draft(Wishes("ml", SOURCE, **wishes), boards, people, WORLD)


def table_of(*columns: Column, groups: tuple[Group, ...] = ()) -> BoardTable:
    """The table of a board with these columns."""
    return draft_of(Board("1", "Models", columns, groups=groups)).mapping.boards["1"]


def status(column_id: str, title: str, *names: str, done: str = "") -> Column:
    options = [Option(str(n), name, done=name == done) for n, name in enumerate(names)]
    return Column(column_id, title, "status", options=tuple(options))


def to(table: BoardTable) -> dict[str, str]:
    """Where each column goes: a slot, or the field's name and type."""
    return {
        key: f"{column.field}: {column.field_type}" if column.to == "field" else column.to
        for key, column in table.columns.items()
    }


def classify(title: str, _body: str) -> str:
    return "inference" if "LLM" in title else "other"


# Laws


@given(
    shapes.boards,
    shapes.people,
    st.sampled_from((None, *get_args(Groups))),
    st.sampled_from(("", "All", "\n")),
    st.sampled_from(("inference", "data", "")),
)
def test_a_draft_has_no_problems_and_survives_its_file(
    boards: tuple[Board, ...],
    people: tuple[Person, ...],
    groups: Groups | None,
    space: str,
    workload: str,
) -> None:
    """Odd names, doubles, columns without options, unknown types, groups as anything."""
    world = World(column_types(), MEMBERS, TEMPLATES, classify=lambda *_: workload)
    result = draft(Wishes("ml", SOURCE, space, groups), boards, people, world)

    assert problems(result.mapping, boards, column_types(), TEMPLATES) == []
    assert _read(file.dumps(result.mapping, result.notes)) == result.mapping


@given(shapes.boards, shapes.people)
def test_nothing_is_left_out(boards: tuple[Board, ...], people: tuple[Person, ...]) -> None:
    """Each column of each board has its place or a reason; each person is listed."""
    mapping = draft_of(*boards, people=people).mapping

    assert list(mapping.boards) == [board.id for board in boards]
    assert set(mapping.people) == {person.id for person in people}
    for board in boards:
        table = mapping.boards[board.id]
        assert set(table.columns) == {c.id for c in board.columns if c.type != "name"}
        assert all(c.to != "none" or c.because for c in table.columns.values())


def _read(text: str) -> Mapping:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "ml.toml"
        path.write_bytes(text.encode())
        return file.load(path)


# Columns


def test_native_attributes_are_used_where_they_fit() -> None:
    """Status, priority, assignees and due date; what comes second becomes a field."""
    table = table_of(
        Column("name", "Name", "name"),
        Column("who", "Reviewer", "people"),
        Column("owner", "Owner", "people"),
        status("risk", "Risk", "Low", "High"),
        status("priority", "Priority", "Critical ⚠️", "High", "Medium", "Low", ""),
        status("state", "Status", "Working on it", "Done", "Stuck", "", done="Done"),
        Column("start", "Start", "date"),
        Column("check", "Checked", "date"),
        Column("end", "Deadline", "date"),
        Column("tags", "Tags", "tags"),
        Column("spent", "Spent", "time_tracking"),
    )

    assert to(table) == {
        "who": "Reviewer: users",
        "owner": "assignees",
        "risk": "Risk: drop_down",
        "priority": "priority",
        "state": "status",
        "start": "start",
        "check": "Checked: date",
        "end": "due",
        "tags": "tags",
        "spent": "time",
    }
    assert table.columns["priority"].options == {
        "0": "urgent",
        "1": "high",
        "2": "normal",
        "3": "low",
    }
    assert list(table.columns["state"].options.values()) == ["Working on it", "Done", "Stuck"]


def test_a_timeline_takes_start_and_due_date() -> None:
    """Dates beside it become fields, a second timeline its default."""
    table = table_of(
        Column("due", "Due", "date"),
        Column("plan", "Plan", "timeline"),
        Column("b", "B", "timeline"),
    )

    assert to(table) == {"due": "Due: date", "plan": "dates", "b": "B: short_text"}


def test_priorities_are_not_guessed() -> None:
    """Of an option that may mean anything, no priority is made."""
    assert to(table_of(status("p", "Priority", "High", "Someday"))) == {"p": "Priority: drop_down"}


@pytest.mark.parametrize(
    ("column", "place"),
    [
        (status("b", "Status", "x", "y"), "status"),
        (status("b", "Stage", "Backlog", "y"), "status"),
        (status("b", "B", "Working on it", "Done"), "status"),
        (status("b", "Stage", "Seed", "Series A"), "Stage: drop_down"),
        (status("b", "State", "Bavaria", "Hesse", done="Hesse"), "State: drop_down"),
        (status("b", "Region", "EMEA", "APAC", done="APAC"), "Region: drop_down"),
        (status("b", "Assign", "Ann", "Bo"), "Assign: drop_down"),
        (status("b", "Parent", "Open source", "Chat"), "Parent: drop_down"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.title,
)
def test_the_status_is_a_column_with_its_title_and_values(column: Column, place: str) -> None:
    """Every status column of Monday.com marks an option as done: that says nothing."""
    assert to(table_of(column))["b"] == place


@pytest.mark.parametrize(
    ("title", "place"),
    [
        ("Due", "due"),
        ("Deadline (UTC)", "due"),
        ("ETA", "due"),
        ("Target date", "due"),
        ("Date", "due"),
        ("Resolved", "Resolved: date"),
        ("Deployed on", "Deployed on: date"),
        ("Last retrained", "Last retrained: date"),
        ("Date of birth", "Date of birth: date"),
        ("Start date", "start"),
    ],
)
def test_a_due_date_is_named_like_one(title: str, place: str) -> None:
    """A date that tells what has happened would make the task overdue."""
    assert to(table_of(Column("d", title, "date"))) == {"d": place}


def test_the_draft_asks_where_no_column_is_named_like_a_native_field() -> None:
    """Above each column that may be one; nothing is asked that is decided."""
    columns = (Column("d", "Resolved", "date"), status("r", "Region", "EMEA", "APAC"))
    open_board, decided = (
        Board("1", "Incidents", columns),
        Board(
            "2",
            "Work",
            (
                *columns,
                Column("due", "Due", "date"),
                status("s", "Status", "Open", "Done"),
            ),
        ),
    )

    notes, silent = draft_of(open_board).notes, draft_of(decided).notes

    assert any("due date?" in note for note in notes["boards", "1", "columns", "d"])
    assert any("the status?" in note for note in notes["boards", "1", "columns", "r"])
    assert not any("?" in note for key in silent for note in silent[key] if "columns" in key)


def test_fields_of_one_list_have_names_of_their_own() -> None:
    """Also beside the bot's own; the comment says why a name has a number."""
    columns = [
        Column(f"c{n}", title, "text") for n, title in enumerate(("Group", "Notes", "notes"))
    ]
    result = draft_of(Board("1", "Models", tuple(columns)))

    assert to(result.mapping.boards["1"]) == {
        "c0": "Group 2: short_text",
        "c1": "Notes: short_text",
        "c2": "notes 2: short_text",
    }
    assert 'Another field is called "notes".' in result.notes["boards", "1", "columns", "c2"]


def test_items_and_subitems_share_fields() -> None:
    """If the types agree; a field is visible on both."""
    columns = (Column("a", "Cost", "numbers"), Column("b", "Note", "text"))
    below = (Column("c", "cost", "numbers"), Column("d", "Note", "rating"))
    table = draft_of(Board("1", "Models", columns, below)).mapping.boards["1"]

    assert [subitem_column.field for subitem_column in table.subitem_columns.values()] == [
        "Cost",
        "Note 2",
    ]


def test_what_is_lost_is_said_beside_the_column() -> None:
    """And why a column is not kept."""
    hologram = Column("h", "Odd", "hologram")
    result = draft_of(
        Board("1", "Models", (Column("f", "Sum", "formula"), Column("b", "Go", "button"), hologram))
    )
    columns = result.mapping.boards["1"].columns
    notes = {key: result.notes["boards", "1", "columns", key] for key in columns}

    assert notes["f"][0] == "May happen: the value is a copy: it is not computed any more."
    assert (columns["b"].to, columns["b"].because) == ("none", BUTTON)
    assert (columns["h"].to, columns["h"].type) == ("description", "unsupported")
    assert "is not known" in notes["h"][0]


def test_without_types_nothing_is_kept() -> None:
    """An installation that lacks them still lists the columns."""
    board = Board("1", "Models", (Column("a", "A", "text"), status("b", "B", "")))
    result = draft(Wishes("ml", SOURCE), [board], (), World({}))
    without_names = table_of(status("b", "B", ""))

    assert result.mapping.boards["1"].columns["a"].because == "ClickUp has nothing that holds it"
    assert to(without_names) == {"b": "B: short_text"}


# Groups and places


GROUPS = (Group("g1", "Backlog"), Group("g2", "Done"))


def test_groups_become_a_field_unless_they_are_statuses() -> None:
    """A board of a tool whose groups are its statuses has no column for them."""
    state = status("s", "Status", "Open", "Done")

    assert table_of(state, groups=GROUPS).groups == "field"
    assert table_of(groups=GROUPS).groups == "status"
    assert table_of(groups=(Group("a", "A"), Group("b", "B"))).groups == "field"
    assert table_of(groups=GROUPS[:1]).groups == "none"
    assert table_of().groups == "none"


def test_groups_become_what_was_asked_for() -> None:
    """As statuses, they leave none for a column."""
    state = status("s", "Status", "Open", "Done")
    board = Board("1", "Models", (state,), groups=GROUPS)
    table = draft_of(board, groups="status").mapping.boards["1"]

    assert table.groups == "status"
    assert to(table) == {"s": "Status: drop_down"}


def test_groups_as_lists_make_a_folder() -> None:
    """Lists of one name get numbers; the source's folder is in the Folder's name."""
    groups = (Group("a", "Group Title"), Group("b", "Group Title"))
    board = Board("1", "Models", groups=groups, folder=("Serving",), workspace="ML")
    table = draft_of(board, groups="lists").mapping.boards["1"]

    assert table.lists == (
        ("ML", "Serving / Models", "Group Title"),
        ("ML", "Serving / Models", "Group Title 2"),
    )
    assert table.place_of("b") == table.lists[1]


def test_boards_of_one_name_get_lists_of_their_own() -> None:
    """In the Space of their workspace, or in the one that was chosen."""
    boards = [Board(str(n), "Models", workspace="ML", folder=("A", "B")) for n in range(2)]
    tables = draft_of(*boards).mapping.boards

    assert tables["0"].lists == (("ML", "A / B", "Models"),)
    assert tables["1"].place_of("") == ("ML", "A / B", "Models 2")
    assert draft_of(Board("1", "Models")).mapping.boards["1"].place.space == "Migration"
    assert draft_of(*boards, space="New").mapping.boards["0"].place.space == "New"


def test_a_board_is_introduced() -> None:
    """With its size and its address."""
    result = draft_of(Board("1", "Models", items=7, url="https://x", archived=True))

    assert result.notes["boards", "1"] == ["Board: Models (7 items, archived, https://x)"]


# People


def test_people_are_matched_by_email() -> None:
    """Without case. Those who are not in ClickUp come first, with the reason; teams last."""
    people = (
        Person("1", "Zoe", "ANA@x.com "),
        Person("2", "Team", kind="team", members=("1", "9")),
        Person("3", "Eve", "eve@y.com", active=False),
        Person("4", "Bot", kind="agent"),
        Person("5", "Visitor", "v@y.com", kind="guest"),
    )
    result = draft_of(people=people)

    assert list(result.mapping.people) == ["4", "3", "5", "1", "2"]
    assert result.mapping.people["1"].email == "ana@x.com"
    assert result.mapping.people["2"].members == ("1",)
    assert [person.id for person in result.unmatched] == ["4", "3", "5"]
    assert result.mapping.people["3"].email == ""
    assert [result.notes["people", key] for key in "435"] == [
        ["an agent; no e-mail address"],
        ["deactivated; eve@y.com is not in the ClickUp Workspace"],
        ["a guest; v@y.com is not in the ClickUp Workspace"],
    ]


# Workspace templates


def test_a_board_of_ml_work_gains_the_fields_of_its_template() -> None:
    """The comment says why, and how to do without."""
    board = Board("1", "LLM endpoints", (Column("t", "P99 TTFT", "numbers"),))
    world = World(column_types(), (), TEMPLATES, SAMPLES, classify)
    result = draft(Wishes("ml", SOURCE), [board], (), world)

    assert result.mapping.boards["1"].place.template == "llm_serving"
    why, *_ = result.notes["boards", "1", "place", "template"]
    assert why.startswith("The board looks like inference work (100% of its texts); words: llm")


def test_a_column_does_not_take_a_name_of_the_template_with_another_type() -> None:
    """One of the same type becomes the same field."""
    columns = (Column("m", "Model", "text"), Column("c", "Cluster", "numbers"))
    world = World(column_types(), (), TEMPLATES, classify=classify)
    table = draft(Wishes("ml", SOURCE), [Board("1", "LLM", columns)], (), world).mapping.boards["1"]

    assert to(table) == {"m": "Model: short_text", "c": "Cluster 2: number"}


def test_a_board_of_other_work_gains_nothing() -> None:
    """Or only a remark, if no template is of its workload, or none shares a word with it."""
    world = World(column_types(), (), TEMPLATES, {"1": BoardSample(("a", "b", "c"))}, classify)
    second = draft(Wishes("ml", SOURCE), [Board("1", "Marketing")], (), world)
    alone = {name: template for name, template in TEMPLATES.items() if name != "llm_serving"}
    doubtful = draft(
        Wishes("ml", SOURCE), [Board("1", "LLM")], (), World({}, (), alone, classify=classify)
    )

    assert ("boards", "1", "place", "template") not in second.notes
    assert second.mapping.boards["1"].place.template == ""
    assert doubtful.mapping.boards["1"].place.template == ""
    assert "no template in particular" in doubtful.notes["boards", "1", "place"][0]


@pytest.mark.parametrize(
    ("title", "field"),
    [
        ("p99 TTFT (ms)", "P99 TTFT ms"),
        ("P99 latency", "P99 latency"),  # without a unit it may be in seconds
        ("P99 TTFT (s)", "P99 TTFT (s)"),
        ("Queue time p99, msec", "P99 queue time ms"),
    ],
)
def test_a_column_becomes_the_field_of_the_template_that_means_the_same(
    title: str, field: str
) -> None:
    """In the same unit: nothing is to be read wrongly."""
    board = Board("1", "LLM endpoints", (Column("t", title, "numbers"),))
    world = World(column_types(), (), TEMPLATES, SAMPLES, classify)
    drafted = draft(Wishes("ml", SOURCE), [board], (), world)

    assert to(drafted.mapping.boards["1"]) == {"t": f"{field}: number"}
    if field.casefold() != title.casefold():
        assert drafted.notes["boards", "1", "columns", "t"][0].startswith("The template has")


def test_two_columns_never_share_a_field_of_the_template() -> None:
    """The second one keeps its name."""
    columns = (Column("a", "p99 TTFT (ms)", "numbers"), Column("b", "TTFT p99 ms", "numbers"))
    world = World(column_types(), (), TEMPLATES, SAMPLES, classify)
    drafted = draft(Wishes("ml", SOURCE), [Board("1", "LLM endpoints", columns)], (), world)

    assert to(drafted.mapping.boards["1"]) == {
        "a": "P99 TTFT ms: number",
        "b": "TTFT p99 ms: number",
    }


def items(*values: str) -> list[Item]:
    """An item for each value; an empty one has no cell."""
    return [
        Item(f"{n}", "1", f"Item {n}", cells={"f": Cell(value)} if value else {})
        for n, value in enumerate(values)
    ]


@pytest.mark.parametrize(
    ("values", "most", "slot"),
    [(("", ""), 2, "none"), (("", "x"), 2, "field"), (("", "", ""), 2, "field"), ((), 2, "field")],
)
def test_a_column_without_values_makes_no_field(
    values: tuple[str, ...], most: int, slot: str
) -> None:
    """Only if all items were looked at. Columns that need no field are kept."""
    columns = (Column("f", "Vendor", "text"), Column("d", "Due", "date"))
    world = World(column_types(), samples={"1": sample(items(*values), most)})
    drafted = draft(Wishes("ml", SOURCE), [Board("1", "Models", columns)], (), world)
    table = drafted.mapping.boards["1"].columns

    assert (table["f"].to, table["d"].to) == (slot, "due")
    assert (table["f"].because == "no item has a value") is (slot == "none")
