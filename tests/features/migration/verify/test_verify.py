"""A verification on the sandbox: equal sides are clean, and each kind of tampering is found."""

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clickup_mlops.clickup import blocks
from clickup_mlops.errors import ClickUpMlopsError, NotFound
from clickup_mlops.features.migration.operations.content import open_attachment
from clickup_mlops.features.migration.records import Board, Cell, Item, Update
from clickup_mlops.features.provisioning.apply.created_objects import Own
from tests.features.migration.memory_source import MemorySource
from tests.features.migration.verify.migrated import (
    BOARD,
    CELLS,
    CONTENT,
    ITEMS,
    MAPPING,
    NOON_MS,
    SOURCE,
    Migrated,
)

DAY_MS = 86_400_000


def test_equal_sides_are_clean(migrated: Migrated) -> None:
    """Everything that the mapping takes along is compared, and nothing differs."""
    verification = migrated.verify()

    assert verification.summary.differences == ()
    assert verification.problems == ()
    assert verification.summary.is_clean
    assert (verification.summary.compared, verification.summary.equal) == (4, 4)
    assert verification.summary.boards == ("b1",)


def test_reading_takes_few_calls(migrated: Migrated) -> None:
    """A call per hundred tasks, and what comments and files need; without these if quick."""
    full, quick = migrated.verify(), migrated.verify(quick=True)

    assert quick.summary.is_clean
    assert quick.calls == 6  # spaces, Lists, folders, members, the user, one page
    assert full.calls == quick.calls + 3  # comments, the replies of one, the files of one task


def test_a_name_of_invisible_characters_is_equal(migrated: Migrated) -> None:
    """Nobody sees it on either side."""
    unseen = replace(ITEMS[1], name="\u200b")
    migrated.clickup.tasks.update(migrated.tasks["2"], name=unseen.name)

    assert migrated.differences(replace(SOURCE, item_list=(ITEMS[0], unseen, *ITEMS[2:]))) == []


TASK_CHANGES: dict[str, tuple[dict[str, Any], str]] = {
    "name": ({"name": "Serve"}, "name"),
    "status": ({"status": "in progress"}, "Status"),
    "priority": ({"priority": 4}, "Priority"),
    "no priority": ({"priority": None}, "Priority"),
    "due date": ({"due_ms": NOON_MS + DAY_MS}, "Due"),
    "no due date": ({"due_ms": None}, "Due"),
}


@pytest.mark.parametrize("name", TASK_CHANGES)
def test_a_changed_attribute_is_found(migrated: Migrated, name: str) -> None:
    """Both values are in the difference, with the task's address."""
    change, field = TASK_CHANGES[name]
    migrated.clickup.tasks.update(migrated.tasks["1"], **change)

    (difference,) = migrated.verify().summary.differences

    assert (difference.item, difference.field, difference.name, difference.board) == (
        "1",
        field,
        ITEMS[0].name,
        "b1",
    )
    assert difference.source != difference.target
    assert migrated.tasks["1"] in difference.url


FIELD_CHANGES: dict[str, object] = {
    "GPU hours": 12.51,
    "Colour": "Blue",
    "Colours": ["Blue"],
    "Checked": False,
    "Started": NOON_MS + 60_000,
    "Run": "https://example.org/run/2",
    "Mail": "op@example.org",
    "Phone": "+49 30 123457",
    "Site": {"location": {"lat": 52.53, "lng": 13.405}, "formatted_address": "Berlin"},
    "Model": "llama 8b",
    "Stars": 3,
}


@pytest.mark.parametrize("name", FIELD_CHANGES)
def test_a_changed_field_is_found(migrated: Migrated, name: str) -> None:
    """Of every type."""
    migrated.set("1", name, FIELD_CHANGES[name])

    assert migrated.differences() == [("1", name)]


@pytest.mark.parametrize("name", FIELD_CHANGES)
def test_a_cleared_field_is_found(migrated: Migrated, name: str) -> None:
    """It shows what is lost."""
    migrated.clickup.fields.clear(migrated.tasks["1"], migrated.field(name))

    (difference,) = migrated.verify().summary.differences

    assert (difference.item, difference.field) == ("1", name)
    assert difference.source
    assert difference.target in ("", "false")


@pytest.mark.parametrize("name", sorted(set(FIELD_CHANGES) - {"Checked"}))
def test_a_value_where_the_source_has_none_is_found(migrated: Migrated, name: str) -> None:
    """A cell that is empty must be empty in ClickUp too."""
    migrated.set("2", name, FIELD_CHANGES[name])

    assert migrated.differences() == [("2", name)]


def test_a_zero_where_the_source_has_none_is_found(migrated: Migrated) -> None:
    """A number of 0 is a value."""
    migrated.set("2", "GPU hours", 0)

    assert migrated.differences() == [("2", "GPU hours")]


def test_a_priority_where_the_source_has_none_is_found(migrated: Migrated) -> None:
    """Unless the bot's routing gave it."""
    migrated.clickup.tasks.update(migrated.tasks["2"], priority=2)

    assert migrated.differences() == [("2", "priority")]
    assert migrated.verify(automations=lambda _task: Own(priority=(2,))).summary.is_clean
    assert not migrated.verify(automations=lambda _task: Own(priority=(3,))).summary.is_clean


def test_another_time_of_creation_is_found(migrated: Migrated) -> None:
    """The description says when the item was created."""
    second = replace(ITEMS[1], created_ms=NOON_MS)
    source = replace(SOURCE, item_list=(ITEMS[0], second, *ITEMS[2:]))
    for hour, expected in ((13, [("2", "created")]), (12, [])):
        text = f"Source: item 2, created by Maria K. on 2026-06-15 {hour}:00 UTC."
        migrated.clickup.tasks.update(migrated.tasks["2"], markdown=text)

        assert migrated.differences(source) == expected


def test_contents_of_files_are_compared(migrated: Migrated) -> None:
    """Those of the same name and size."""
    second = replace(SOURCE, contents={**SOURCE.contents, "f1": CONTENT[:-1] + b"!"})

    assert migrated.verify(attachment=open_attachment).summary.is_clean
    (difference,) = migrated.verify(second, attachment=open_attachment).summary.differences
    assert (difference.item, difference.field) == ("1", "file")


def test_a_due_date_where_the_source_has_none_is_found(migrated: Migrated) -> None:
    """No cell asks for it: an empty one must be empty in ClickUp too."""
    migrated.clickup.tasks.update(migrated.tasks["2"], due_ms=NOON_MS)

    assert migrated.differences() == [("2", "due date")]


Tampering = Callable[[Migrated], None]


def _people(migrated: Migrated) -> None:
    maria = migrated.sandbox.control.member("Maria").id
    migrated.clickup.tasks.update(migrated.tasks["1"], assignees_rem=[maria])


def _reviewers(migrated: Migrated) -> None:
    migrated.set("1", "Reviewers", {"rem": [migrated.sandbox.control.member("Jonas").id]})


def _tag(migrated: Migrated) -> None:
    migrated.clickup.tags.remove(migrated.tasks["1"], "llm")


def _description(migrated: Migrated) -> None:
    text = "About **it**.\n\n**Owner:** Nobody Here\n\n**Notes:** First"
    migrated.clickup.tasks.update(migrated.tasks["1"], markdown=text)


def _no_description(migrated: Migrated) -> None:
    migrated.clickup.tasks.update(migrated.tasks["1"], description="")


def _group(migrated: Migrated) -> None:
    migrated.set("3", "Group", "Now")


def _parent(migrated: Migrated) -> None:
    migrated.clickup.tasks.update(migrated.tasks["11"], parent_id=migrated.tasks["3"])


def _parent_of_an_item(migrated: Migrated) -> None:
    migrated.clickup.tasks.update(migrated.tasks["2"], parent_id=migrated.tasks["3"])


def _dependency(migrated: Migrated) -> None:
    migrated.clickup.relations.stop_waiting_for(migrated.tasks["1"], migrated.tasks["2"])


def _more_dependencies(migrated: Migrated) -> None:
    migrated.clickup.relations.wait_for(migrated.tasks["2"], migrated.tasks["3"])


def _link(migrated: Migrated) -> None:
    migrated.clickup.relations.unlink(migrated.tasks["1"], migrated.tasks["3"])


def _reference(migrated: Migrated) -> None:
    migrated.set("1", "Models", {"add": [migrated.tasks["3"]], "rem": [migrated.tasks["2"]]})


def _comment(migrated: Migrated) -> None:
    text = "**Maria K.**\n\nHello and welcome"
    migrated.clickup.comments.update(migrated.comments["u1"], blocks.from_markdown(text))


def _author(migrated: Migrated) -> None:
    text = "**Jonas W.** · 2026-06-15 12:00 UTC\n\nSecond thought"
    migrated.clickup.comments.update(migrated.comments["u3"], blocks.from_markdown(text))


def _hour_of_a_comment(migrated: Migrated) -> None:
    text = "**Long gone** · 2026-06-15 13:00 UTC\n\nSecond thought"
    migrated.clickup.comments.update(migrated.comments["u3"], blocks.from_markdown(text))


def _no_comment(migrated: Migrated) -> None:
    migrated.clickup.comments.delete(migrated.comments["u4"])


def _comment_twice(migrated: Migrated) -> None:
    text = "**Long gone** · 2026-06-15 12:00 UTC\n\nSecond thought"
    migrated.clickup.comments.add(migrated.tasks["1"], blocks.from_markdown(text))


def _reply(migrated: Migrated) -> None:
    migrated.clickup.comments.delete(migrated.comments["u2"])


def _reply_elsewhere(migrated: Migrated) -> None:
    _reply(migrated)
    text = blocks.from_markdown("**Jonas W.** · 2026-06-15 12:00 UTC\n\nAn answer")
    migrated.clickup.comments.reply(migrated.comments["u3"], text)


def _file_twice(migrated: Migrated) -> None:
    migrated.clickup.attachments.add(migrated.tasks["1"], "weights.bin", b"again")


TAMPERINGS: dict[str, tuple[Tampering, list[tuple[str, str]]]] = {
    "an assignee": (_people, [("1", "assignees")]),
    "a person of a field": (_reviewers, [("1", "Reviewers")]),
    "a tag": (_tag, [("1", "tags")]),
    "a part of the description": (_description, [("1", "Notes")]),
    "the description": (_no_description, [("1", "description"), ("1", "Notes"), ("1", "Owner")]),
    "a group": (_group, [("3", "group")]),
    "a parent": (_parent, [("11", "parent")]),
    "a parent of a top item": (_parent_of_an_item, [("2", "parent")]),
    "a dependency": (_dependency, [("1", "dependencies")]),
    "one more dependency": (_more_dependencies, [("2", "dependencies")]),
    "a link": (_link, [("1", "links"), ("3", "links")]),
    "a reference": (_reference, [("1", "models")]),
    "a comment": (_comment, [("1", "comment")]),
    "a comment's author": (_author, [("1", "comment")]),
    "a comment's hour": (_hour_of_a_comment, [("1", "comment")]),
    "no comment": (_no_comment, [("1", "comment")]),
    "a comment twice": (_comment_twice, [("1", "comment twice")]),
    "a reply": (_reply, [("1", "reply")]),
    "a reply elsewhere": (_reply_elsewhere, [("1", "reply")]),
    "a file twice": (_file_twice, [("1", "file twice")]),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_a_tampering_is_found(migrated: Migrated, name: str) -> None:
    """Exactly that: nothing else differs."""
    tamper, expected = TAMPERINGS[name]
    tamper(migrated)

    assert sorted(migrated.differences()) == sorted(expected)


def test_an_edited_comment_is_shown_beside_the_update(migrated: Migrated) -> None:
    """Not only that one is missing."""
    _comment(migrated)

    (difference,) = migrated.verify().summary.differences

    assert "Hello &amp; <b>welcome</b>" in difference.source
    assert "Hello and welcome" in difference.target


@pytest.mark.parametrize("change", [{"size": 5}, {"name": "other.bin"}])
def test_another_file_is_found(migrated: Migrated, change: dict[str, Any]) -> None:
    """By its name and size."""
    first, second = migrated.source.asset_list
    changed = replace(migrated.source, asset_list=(replace(first, **change), second))

    assert migrated.differences(changed) == [("1", "file")]


def test_a_file_of_unknown_size_is_measured(migrated: Migrated) -> None:
    """The source is read; if the file is gone there, its name is all that can be compared."""
    contents = {**migrated.source.contents, "f2": b"longer text"}

    assert migrated.differences(replace(migrated.source, contents=contents)) == [("1", "file")]
    assert migrated.differences(replace(migrated.source, contents={})) == []


def test_a_deleted_task_is_missing(migrated: Migrated) -> None:
    """The item is named; what pointed to its task is not reported a second time."""
    migrated.clickup.tasks.delete(migrated.tasks["2"])

    summary = migrated.verify().summary

    assert summary.missing == ("2",)
    assert summary.differences == ()
    assert (summary.compared, summary.equal) == (4, 3)
    assert not summary.is_clean


def test_a_second_task_of_an_item_is_found(migrated: Migrated) -> None:
    """Two tasks say that they are the same item."""
    field = migrated.field("Source ID")
    twin = migrated.clickup.tasks.create(migrated.list_id, "Third", fields=[(field, "3")])

    (difference,) = (
        difference
        for difference in migrated.verify().summary.differences
        if difference.field == "task twice"
    )

    assert difference.item == "3"
    assert {difference.target, difference.url} == {
        twin.url,
        migrated.clickup.tasks.get(migrated.tasks["3"]).url,
    }


def test_a_task_of_an_unknown_item_is_extra(migrated: Migrated) -> None:
    """A task without the source's id is nobody's business; one with an unknown id is."""
    field = migrated.field("Source ID")
    stray = migrated.clickup.tasks.create(migrated.list_id, "Stray", fields=[(field, "99")])
    migrated.clickup.tasks.create(migrated.list_id, "A person's")

    summary = migrated.verify().summary

    assert summary.extra == (stray.id,)
    assert summary.differences == ()


def test_a_circle_of_dependencies_is_no_difference(migrated: Migrated) -> None:
    """ClickUp refuses the last of a circle: what it would close cannot be there."""
    second = replace(
        ITEMS[1], cells={"deps": Cell([{"item": "1"}]), "links": Cell([{"item": "1"}])}
    )
    third = replace(ITEMS[2], cells={"deps": Cell([{"item": "3"}, {"item": "nowhere"}])})
    migrated.clickup.relations.link(migrated.tasks["1"], migrated.tasks["2"])
    source = replace(migrated.source, item_list=(ITEMS[0], second, third, ITEMS[3]))

    assert migrated.differences(source) == []


def test_a_board_that_cannot_be_read_is_a_problem_and_the_rest_goes_on(migrated: Migrated) -> None:
    """Its tasks are not taken for extra ones."""
    failing: dict[str, ClickUpMlopsError] = {"b1": NotFound("board b1 is gone")}

    verification = migrated.verify(replace(migrated.source, failing=failing))

    assert verification.problems == ('board "Serving" (b1): board b1 is gone',)
    assert not verification.is_clean
    assert verification.summary.extra == ()


def test_what_a_source_skips_is_a_note(migrated: Migrated) -> None:
    """Nothing became of it, so nothing differs."""

    class Skipping(MemorySource):
        """Cannot read one column."""

        def items(self, board: Board) -> Iterator[Item]:
            self.problems.append("a column has no values")
            return super().items(board)

    source = Skipping(
        **{field.name: getattr(migrated.source, field.name) for field in fields(SOURCE)}
    )

    verification = migrated.verify(source)

    assert verification.notes == ("a column has no values",)
    assert verification.is_clean


def test_a_missing_list_is_a_problem(migrated: Migrated) -> None:
    """Its name is in the message, and all items are missing."""
    place = MAPPING.boards["b1"].place.model_copy(update={"list": "Elsewhere"})
    board = MAPPING.boards["b1"].model_copy(update={"place": place})

    verification = migrated.verify(mapping=MAPPING.model_copy(update={"boards": {"b1": board}}))

    assert verification.problems == ('ClickUp has no List "Team / Work / Elsewhere"',)
    assert verification.summary.missing == ("1", "2", "3", "11")


def test_a_task_in_the_wrong_list_is_found(migrated: Migrated) -> None:
    """Where groups are Lists."""
    control = migrated.sandbox.control
    second = migrated.clickup.lists.create("Later", folder_id=control.folder_id("Work")).id
    for name in ("Source ID", "Group"):
        assert name in {field.name for field in migrated.clickup.fields.of_list(second)}
    board = MAPPING.boards["b1"].model_copy(
        update={"groups": "lists", "group_names": {"g1": "Tasks", "g2": "Later"}}
    )
    mapping = MAPPING.model_copy(update={"boards": {"b1": board}})

    (difference,) = migrated.verify(mapping=mapping).summary.differences

    assert (difference.item, difference.field) == ("3", "list")
    assert (difference.source, difference.target) == ("team / work / later", "team / work / tasks")


def test_a_cell_of_an_unexpected_shape_must_be_kept_as_text(migrated: Migrated) -> None:
    """It stops nothing; its text is looked for."""
    cells = {**CELLS, "due": Cell({"day": 15}, "First line"), "when": Cell(17, "lost text")}
    source = replace(migrated.source, item_list=(replace(ITEMS[0], cells=cells), *ITEMS[1:]))

    (difference,) = migrated.verify(source).summary.differences

    assert (difference.field, difference.source, difference.target) == ("Started", "lost text", "")


def test_an_item_that_a_source_gives_twice_counts_once(migrated: Migrated) -> None:
    """Some exports repeat rows."""
    source = replace(migrated.source, item_list=(*ITEMS, ITEMS[0]))

    assert migrated.verify(source).summary.compared == 4


def test_only_the_first_differences_are_kept_and_all_are_counted(
    migrated: Migrated, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory stays bounded, whatever differs."""
    monkeypatch.setattr("clickup_mlops.features.migration.verify.finding_log.MOST_LISTED", 1)
    items = tuple(Item(str(number), "b1", f"New {number}") for number in range(100, 103))
    source = replace(migrated.source, item_list=(replace(ITEMS[0], name="x"), *items))

    summary = migrated.verify(replace(source, update_list=(Update("u", "1", "<p>x</p>"),))).summary

    assert (len(summary.differences), len(summary.missing), len(summary.extra)) == (1, 1, 1)
    assert summary.counts[1:] == (3, 3)
    assert summary.different > 1


CHANGES = st.sampled_from(
    [
        ("name", lambda item: replace(item, name=f"{item.name}!")),
        ("description", lambda item: replace(item, description=f"{item.description} More")),
        ("group", lambda item: replace(item, group_id="g2")),
        *(
            (title, lambda item, key=key, cell=cell: replace(item, cells={**CELLS, key: cell}))
            for key, title, cell in (
                ("status", "Status", Cell("0", "Working on it")),
                ("prio", "Priority", Cell("8", "Low")),
                ("who", "assignees", Cell([{"id": "p2", "kind": "person"}])),
                ("due", "Due", Cell({"date": "2026-06-16", "time": None})),
                ("tags", "tags", Cell(["llm"])),
                ("notes", "Notes", Cell("First line\nthird")),
                ("number", "GPU hours", Cell("-12.5")),
                ("one", "Colour", Cell("b", "Blue")),
                ("many", "Colours", Cell(["b"], "Blue")),
                ("tick", "Checked", Cell(False)),
                ("when", "Started", Cell({"date": "2026-06-15", "time": "12:00:02"})),
                ("link", "Run", Cell({"url": "https://example.org/run/11", "text": ""})),
                ("phone", "Phone", Cell({"phone": "4930123450", "country": "DE"})),
                ("stars", "Stars", Cell(1)),
                ("deps", "dependencies", Cell([{"item": "3"}])),
                ("refs", "models", Cell([{"item": "3"}])),
            )
        ),
    ]
)


@given(change=CHANGES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
def test_a_random_change_is_exactly_one_difference(
    migrated: Migrated, change: tuple[str, Callable[[Item], Item]]
) -> None:
    """Whatever field changes, it is that one which is reported."""
    field, changed = change
    source = replace(migrated.source, item_list=(changed(ITEMS[0]), *ITEMS[1:]))

    assert migrated.differences(source) == [("1", field)]


def test_a_subscriber_who_does_not_watch_is_found(migrated: Migrated) -> None:
    """If the mapping takes subscribers along; others may watch too."""
    followed = replace(ITEMS[0], subscribers=("p2", "p3"))
    source = replace(SOURCE, item_list=(followed, *ITEMS[1:]))
    mapping = MAPPING.model_copy(update={"subscribers": True})

    (difference,) = migrated.verify(source, mapping=mapping).summary.differences

    assert (difference.item, difference.field) == ("1", "watchers")
    assert difference.source == "jonas@example.com"
    assert difference.source not in difference.target
    assert migrated.verify(source).summary.is_clean
    jonas = migrated.sandbox.control.member("Jonas").id
    migrated.clickup.tasks.update(migrated.tasks["1"], watchers_add=[jonas])
    assert migrated.verify(source, mapping=mapping).summary.is_clean


@pytest.mark.parametrize("archived", [True, False])
def test_a_task_that_is_archived_as_its_item_is_not_is_found(
    migrated: Migrated, archived: bool
) -> None:
    """If the mapping takes archived items along."""
    stored = replace(ITEMS[2], archived=not archived)
    source = replace(SOURCE, item_list=(*ITEMS[:2], stored, *ITEMS[3:]))
    with_archived = MAPPING.source.model_copy(update={"archived": True})
    mapping = MAPPING.model_copy(update={"source": with_archived})
    migrated.clickup.tasks.update(migrated.tasks["3"], archived=archived)

    (difference,) = migrated.verify(source, mapping=mapping).summary.differences

    assert (difference.item, difference.field) == ("3", "archived")
    migrated.clickup.tasks.update(migrated.tasks["3"], archived=not archived)
    assert migrated.verify(source, mapping=mapping).summary.is_clean


def test_the_board_of_the_tests_uses_every_slot() -> None:
    """So that none of them is forgotten here."""
    slots = {table.to for table in MAPPING.boards["b1"].columns.values()}

    assert {"status", "priority", "assignees", "due", "tags", "description", "field"} <= slots
    assert {column.id for column in BOARD.columns} == set(CELLS)
