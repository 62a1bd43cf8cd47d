"""One pass over the records counts what a run does, what is done, and what is lost."""

import tracemalloc
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, replace
from typing import Any

from clickup_mlops.features.migration.convert import Conversion, ItemLoss
from clickup_mlops.features.migration.plan import survey as surveys
from clickup_mlops.features.migration.plan.model import EXAMPLES, Count, Kind
from clickup_mlops.features.migration.plan.survey import survey
from clickup_mlops.features.migration.plan.world import World
from clickup_mlops.features.migration.records import Item, Update
from tests.features.migration.small_migration import (
    MemoryRecords,
    cells,
    convert,
    mapping,
    records,
    world,
)


def totals(world: World) -> dict[Kind, int]:
    """How many there are, by kind."""
    return {kind: count.total for kind, count in survey(world).counts.items()}


def test_every_step_is_counted_once() -> None:
    """A link that both sides name is one; a file that a column shows is not counted twice."""
    assert totals(world()) == {
        "task": 4,
        "subtask": 1,
        "comment": 2,
        "file": 3,
        "dependency": 1,
        "link": 1,
        "relation": 1,
        "time": 1,
    }


def test_what_the_mapping_leaves_out_is_not_counted() -> None:
    """Without comments, files and time there are none; with subscribers there are watchers."""
    without = mapping(updates=False, files=False, time=False, subscribers=True)

    assert totals(replace(world(), mapping=without)) == {
        "task": 4,
        "subtask": 1,
        "dependency": 1,
        "link": 1,
        "relation": 1,
        "watchers": 1,
    }


def test_the_journal_says_what_is_done() -> None:
    """Done steps are not to do; failed and undone ones are."""
    existing = {"task:10": "done", "task:11": "failed", "task:13": "undone", "comment:u1": "begun"}

    def states(keys: Sequence[str]) -> ReadOnly[str, str]:
        return {key: existing[key] for key in keys if key in existing}

    counts = survey(replace(world(), states=states)).counts

    assert counts["task"] == Count(4, 1, 1)
    assert counts["task"].open == 3
    assert counts["comment"].open == 2


def test_losses_have_counts_and_examples() -> None:
    """Per column and sentence, with the items' names."""
    stage = next(column for column in survey(world()).boards[0].columns if column.id == "stage")

    (loss,) = stage.losses
    assert (loss.what, loss.count) == ("colours are not kept", 2)
    assert loss.examples == ("Ranker: Red", "Draft: Blue")
    assert (stage.values, stage.target) == (2, 'field "Stage" (drop_down)')


def test_examples_are_few_and_short() -> None:
    """However many items lose something, three short examples are kept."""
    name = "Long\nname " * 40
    held = records()
    held.item_list = [
        Item(str(number), "1", name, cells=cells(stage="x")) for number in range(1_200)
    ]

    stage = next(column for column in survey(world(held)).boards[0].columns if column.id == "stage")

    assert stage.losses[0].count == 1_200
    assert len(stage.losses[0].examples) == EXAMPLES
    assert all(len(example) <= 80 and "\n" not in example for example in stage.losses[0].examples)


def test_columns_say_where_they_go() -> None:
    """Also those that the mapping does not keep, does not know, or the board does not have."""
    result = {
        column.id: column for column in survey(world()).boards[0].columns if not column.subitems
    }

    assert result["owner"].target == "assignees"
    assert result["rel"].target == "not kept: no field"
    assert not result["rel"].kept
    assert result["new"].target == "not in the mapping: not kept"
    assert result["ghost"].values == 1


def test_subitems_have_columns_of_their_own() -> None:
    """A value of a subitem counts for the subitems' column."""
    owners = {
        column.subitems: column.values
        for column in survey(world()).boards[0].columns
        if column.id == "owner"
    }

    assert owners == {False: 2, True: 1}


def test_people_without_a_user_are_listed_with_their_items() -> None:
    """Each item counts once for each person that it names."""
    (person,) = survey(world()).people

    assert (person.id, person.name, person.items) == ("2", "Person 2", 3)


def test_steps_to_items_elsewhere_are_reported() -> None:
    """A dependency on an item that is not migrated cannot be made; a relation keeps the others."""
    (neighbours,) = survey(world()).boards[0].others

    assert neighbours.title == surveys.RELATIONS
    (outside,) = neighbours.losses
    assert (outside.what, outside.count) == (surveys.OUTSIDE, 2)
    assert outside.examples == ("Draft: 99", "Old: 98")


def test_boards_that_are_not_mapped_are_named() -> None:
    """They are a problem beside those of the source."""
    result = survey(world(), problems=("row 7 has no name",), missing=("live formulas",))

    assert result.problems == ("row 7 has no name",)
    assert result.missing == ("live formulas",)


def test_sizes_are_added_where_they_are_known() -> None:
    """Files of unknown size are counted apart."""
    first, second = survey(world()).boards

    assert (first.bytes, first.unsized) == (2_048, 1)
    assert (second.bytes, second.unsized) == (0, 1)


def test_items_that_cannot_be_converted_are_a_problem() -> None:
    """They are named with the reason, and the rest is counted."""
    held = records()
    held.item_list = [*held.item_list, Item("15", "1", "Odd", cells=cells(owner=None))]

    result = survey(world(held))

    (problem,) = result.problems
    assert "cannot be converted: 1: Odd (15): TypeError" in problem
    assert result.counts["task"].total == 4


def test_updates_have_losses_too() -> None:
    """They are counted beside those of columns; an update that cannot be converted is named."""
    held = records()
    liked = Update("u3", "20", "Hi", likes=2)
    held.update_list = [*held.update_list, liked, Update("u4", "20", "bad")]

    result = survey(world(held))

    (neighbours,) = result.boards[1].others
    assert (neighbours.title, neighbours.losses[0].examples) == ("updates", ("update u3: 2",))
    assert result.boards[1].losses == 1
    assert "update u4: ValueError" in result.problems[0]
    assert result.counts["comment"].total == 3


def test_archived_items_take_one_step_more() -> None:
    """Their tasks are archived at the end."""
    held = records()
    held.item_list = [replace(item, archived=True) for item in held.item_list]

    assert totals(world(held))["archive"] == 5


def test_a_loss_of_no_column_is_counted_under_its_title() -> None:
    """Such as the group of an item."""

    def convert_with_group(*given: Any) -> Conversion:
        conversion = convert(*given)
        return replace(conversion, losses=(ItemLoss("", "group", "the item's group", "Now"),))

    result = survey(replace(world(), convert=convert_with_group))

    group = next(group for group in result.boards[1].others if group.title == "group")
    assert group.losses[0].examples == ("Llama: Now",)


def test_the_inventory_names_replacements() -> None:
    """Automations and dashboards of the boards that are mapped."""
    assert [(manual_step.kind, manual_step.how) for manual_step in survey(world()).manual] == [
        ("automation", "automation"),
        ("dashboard", "native"),
    ]


def test_the_same_records_give_the_same_survey() -> None:
    """Nothing depends on order of hashing or on time."""
    assert survey(world()) == survey(world())


def test_memory_does_not_grow_with_the_board() -> None:
    """Ten times as many items take no more memory: only counts and examples are kept."""
    few, many = (min(peak(count) for _ in range(3)) for count in (1_000, 10_000))

    assert many < few * 1.5


def peak(count: int) -> int:
    """Bytes that a survey of so many items needs at most, and what other threads take meanwhile."""
    streaming = Streaming(records().board_list, count=count)
    tracemalloc.start()
    try:
        survey(world(streaming))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@dataclass
class Streaming(MemoryRecords):
    """Items that are made while they are read."""

    count: int = 0

    def items(self, board_id: str) -> Iterator[Item]:
        """Each with a loss, and somebody who is nobody in ClickUp."""
        for number in range(self.count if board_id == "1" else 0):
            yield Item(str(number), "1", f"Item {number}", cells=cells(owner=["2"], stage="x"))
