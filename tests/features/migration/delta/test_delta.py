"""A delta carries over what only the source has changed; what both have changed is a conflict."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any, Never
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clickup_mlops.clickup import blocks
from clickup_mlops.errors import InputError
from clickup_mlops.features.migration.columns._dates import day_ms
from clickup_mlops.features.migration.delta.fields import is_equal
from clickup_mlops.features.migration.delta.model import DeltaPlan
from clickup_mlops.features.migration.delta.perform import Performed, perform
from clickup_mlops.features.migration.delta.snapshot import Snapshot
from clickup_mlops.features.migration.delta.survey import survey
from clickup_mlops.features.migration.records import Asset, Item, Update
from clickup_mlops.features.migration.run.model import Options
from clickup_mlops.features.migration.run.run import run
from clickup_mlops.features.migration.tables.migration_records import MigrationRecords
from tests.features.migration.bench import HOUR_MS, NAME, Bench, item

DAY_MS = 86_400_000
DATES = {"due_ms": DAY_MS * 20_000, "start_ms": DAY_MS * 19_990, "dates_have_time": False}


def plan(bench: Bench, *, keep: bool = True) -> DeltaPlan:
    """Read the source again and look."""
    snapshot = Snapshot(bench.store.table(MigrationRecords), NAME)
    if keep:
        snapshot.keep(bench.mapping, bench.journal)
    bench.fetch()
    return survey(bench.tools(), snapshot)


def carry(bench: Bench, *, keep: bool = True) -> tuple[DeltaPlan, Performed]:
    """As the command does: what is new by a run, then the updates."""
    plan(bench, keep=keep)
    run(bench.tools(), Options(workers=1))
    result = survey(bench.tools(), Snapshot(bench.store.table(MigrationRecords), NAME))
    return result, perform(bench.tools(), result)


def change(bench: Bench, item_id: str, **changes: Any) -> None:
    """Change an item in the source."""
    bench.source.item_list = [
        replace(item, **changes) if item.id == item_id else item for item in bench.source.item_list
    ]


def only(bench: Bench, *items: Item, updates: tuple[Update, ...] = ()) -> None:
    """A source with these alone, moved."""
    bench.source.item_list, bench.source.update_list = items, updates
    bench.source.asset_list = ()
    bench.complete()


def task(bench: Bench, item_id: str) -> Any:
    """An item's task, read afresh."""
    return bench.client.tasks.get(bench.journal.task(item_id) or "", include_markdown=True)


def test_nothing_has_changed(bench: Bench) -> None:
    """Nothing is planned, and nothing but the source is read."""
    bench.complete()
    bench.control.reset_counts()

    result, performed = carry(bench)

    assert result == DeltaPlan()
    assert not result.is_work
    assert performed == Performed()
    assert bench.writes() == 0


def test_what_is_new_is_counted_and_moved_by_a_run(bench: Bench) -> None:
    """Items, updates and files, and relations of items that are there."""
    bench.complete()
    bench.source.item_list = [*bench.source.item_list, item("6", waits=["1"])]
    bench.source.update_list = [*bench.source.update_list, Update("u9", "2", "Ada: new")]
    bench.source.asset_list = [*bench.source.asset_list, Asset("a9", "new.txt", "2", size=3)]
    bench.source.contents = {**bench.source.contents, "a9": b"new"}
    change(bench, "1", cells=item("1", links=["5"]).cells)

    result = plan(bench)

    assert result.new == {"item": 1, "update": 1, "asset": 1, "link": 1}
    assert result.is_work
    carry(bench)
    assert not plan(bench).is_work
    tasks = {entry["id"]: entry for entry in bench.state()["tasks"]}
    assert tasks["6"]["waits for"] == ["1"]
    assert tasks["2"]["files"] == [("new.txt", 3)]
    assert tasks["1"]["links"] == ["5"] or tasks["5"]["links"] == ["1"]


def test_only_the_changed_fields_are_written(bench: Bench) -> None:
    """One call for the attributes, one for each field and tag."""
    attributes = {"status": "in progress", "priority": 2, "tags": ["gpu", "old"], **DATES}
    only(bench, item("1", attributes=attributes, fields={"Model": "llama"}))
    maria = bench.control.member("Maria").id
    now = {
        "status": "complete",
        "priority": 1,
        "tags": ["gpu", "new"],
        "assignees": [maria],
        "due_ms": DAY_MS * 20_001,
        "start_ms": DAY_MS * 19_990,
        "dates_have_time": False,
    }
    cells = item("1", attributes=now, fields={"Model": "mistral"}).cells
    change(bench, "1", name="Renamed", description="More **text**", cells=cells)
    bench.control.reset_counts()

    result, performed = carry(bench)

    fields = {update.field for update in result.updates}
    assert fields == {
        *("name", "text", "status", "priority", "tags", "assignees", "due"),
        "field Model",
    }
    assert (performed.fields, performed.failed) == (8, [])
    assert bench.writes() == 1 + 2 + 1
    moved_task = task(bench, "1")
    assert (moved_task.name, moved_task.text, moved_task.status.name) == (
        "Renamed",
        "More **text**",
        "complete",
    )
    assert (moved_task.priority, set(moved_task.tags)) == (1, {"gpu", "new"})
    assert [assignee.id for assignee in moved_task.assignees] == [maria]
    assert (moved_task.due_ms, moved_task.start_ms) == (DAY_MS * 20_001, DAY_MS * 19_990)
    assert moved_task.field("Model") == "mistral"


def test_a_second_delta_writes_nothing(bench: Bench) -> None:
    """What was written is remembered as the run's own."""
    only(bench, item("1", fields={"Model": "llama"}), updates=(Update("u1", "1", "Ada: one"),))
    change(bench, "1", name="Renamed", cells=item("1", fields={"Model": "mistral"}).cells)
    bench.source.update_list = (Update("u1", "1", "Ada: two"),)
    carry(bench)
    bench.control.reset_counts()

    result, performed = carry(bench)

    assert result == DeltaPlan()
    assert performed == Performed()
    assert bench.writes() == 0
    change(bench, "1", name="Renamed again")
    carry(bench)
    assert task(bench, "1").name == "Renamed again"


def test_what_a_person_changed_stays_as_it_is(bench: Bench) -> None:
    """Another field of the same task is updated."""
    only(bench, item("1", attributes={"priority": 2}))
    bench.client.tasks.update(bench.journal.task("1") or "", name="A person's name", priority=3)
    change(bench, "1", cells=item("1", attributes={"priority": 2, "status": "complete"}).cells)

    result, _ = carry(bench)

    assert [update.field for update in result.updates] == ["status"]
    assert result.conflicts == []
    moved_task = task(bench, "1")
    assert (moved_task.name, moved_task.priority, moved_task.status.name) == (
        "A person's name",
        3,
        "complete",
    )


def test_both_changed_the_same_field(bench: Bench) -> None:
    """A conflict has three values, is listed until it is solved, and stops no other field."""
    only(bench, item("1", attributes={"priority": 2}, fields={"Model": "llama"}))
    target = bench.journal.task("1") or ""
    bench.client.tasks.update(target, priority=3)
    bench.client.fields.set_named(task(bench, "1"), "Model", "qwen")
    cells = item("1", attributes={"priority": 1}, fields={"Model": "mistral"}).cells
    change(bench, "1", name="Renamed", cells=cells)

    for updates in (["name"], []):
        result, _ = carry(bench)
        listed = [
            (conflict.field, conflict.at_run, conflict.source, conflict.clickup)
            for conflict in result.conflicts
        ]
        assert listed == [("priority", 2, 1, 3), ("field Model", "llama", "mistral", "qwen")]
        assert [update.field for update in result.updates] == updates
        assert task(bench, "1").priority == 3

    bench.client.tasks.update(target, priority=1)
    bench.client.fields.set_named(task(bench, "1"), "Model", "mistral")
    assert carry(bench)[0].conflicts == []
    assert plan(bench) == DeltaPlan()


def test_both_made_the_same_change(bench: Bench) -> None:
    """That is no conflict, and needs no call."""
    only(bench, item("1", attributes={"priority": 2}))
    bench.client.tasks.update(bench.journal.task("1") or "", priority=1)
    change(bench, "1", cells=item("1", attributes={"priority": 1}).cells)
    bench.control.reset_counts()

    result, _ = carry(bench)

    assert (result.updates, result.conflicts) == ([], [])
    assert bench.writes() == 0
    change(bench, "1", cells=item("1", attributes={"priority": 4}).cells)
    assert [update.field for update in carry(bench)[0].updates] == ["priority"]
    assert task(bench, "1").priority == 4


def test_what_the_source_cleared_is_cleared(bench: Bench) -> None:
    """Except name and status, which no task is without."""
    maria = bench.control.member("Maria").id
    attributes = {"priority": 2, "tags": ["gpu"], "assignees": [maria], "status": "complete"}
    first = item("1", attributes={**attributes, **DATES}, fields={"Model": "llama"})
    only(bench, replace(first, description="Some text"))
    change(bench, "1", cells={}, description="")

    result, performed = carry(bench)

    assert performed.failed == []
    assert "status" not in {update.field for update in result.updates}
    moved_task = task(bench, "1")
    assert (moved_task.priority, moved_task.tags, moved_task.assignees) == (None, (), ())
    assert (moved_task.due_ms, moved_task.start_ms, moved_task.field("Model")) == (None, None, None)
    assert moved_task.text.strip() == ""
    assert moved_task.status.name == "complete"
    assert plan(bench) == DeltaPlan()


def test_tags_of_both_sides_go_together(bench: Bench) -> None:
    """What the source removed goes, what a person added stays."""
    only(bench, item("1", attributes={"tags": ["gpu", "old"]}))
    target = bench.journal.task("1") or ""
    bench.client.tags.add(target, "mine")
    change(bench, "1", cells=item("1", attributes={"tags": ["gpu", "new"]}).cells)

    result, _ = carry(bench)

    assert (result.conflicts, [update.field for update in result.updates]) == ([], ["tags"])
    assert set(task(bench, "1").tags) == {"gpu", "new", "mine"}
    assert plan(bench) == DeltaPlan()


def test_a_persons_assignee_stays_beside_the_new_one(bench: Bench) -> None:
    """Who was added in ClickUp only is not removed."""
    maria, jonas = (bench.control.member(name).id for name in ("Maria", "Jonas"))
    only(bench, item("1", attributes={"assignees": [maria]}))
    bench.client.tasks.update(bench.journal.task("1") or "", assignees_add=[jonas])
    change(bench, "1", cells={})

    result, _ = carry(bench)

    assert [conflict.field for conflict in result.conflicts] == ["assignees"]
    assert len(task(bench, "1").assignees) == 2


def test_a_relationship_field_follows_the_source(bench: Bench) -> None:
    """Also to an item that is new; and not if somebody changed the field."""
    only(bench, item("1"), item("2"), item("3", related=["1"]))
    change(bench, "3", cells=item("3", related=["2", "4"]).cells)
    bench.source.item_list = [*bench.source.item_list, item("4")]

    result, performed = carry(bench)

    assert [update.field for update in result.updates] == ["relation Related"]
    assert performed.failed == []
    assert sorted(task(bench, "3").field("Related")) == sorted(
        str(bench.journal.task(item_id)) for item_id in ("2", "4")
    )
    assert plan(bench) == DeltaPlan()

    moved_task = task(bench, "3")
    bench.client.fields.set_named(moved_task, "Related", {"add": [bench.journal.task("1")]})
    change(bench, "3", cells=item("3", related=["2"]).cells)
    assert [conflict.field for conflict in carry(bench)[0].conflicts] == ["relation Related"]


def test_what_is_gone_from_the_source_is_listed_and_kept(bench: Bench) -> None:
    """Nothing is ever deleted."""
    only(bench, item("1"), item("2"), updates=(Update("u1", "2", "Ada: bye"),))
    bench.source.item_list, bench.source.update_list = [item("1")], ()

    result, _ = carry(bench)

    removed = [
        (deletion.kind, deletion.id, deletion.name, deletion.target) for deletion in result.gone
    ]
    assert removed == [
        ("item", "2", "Item 2", bench.journal.task("2")),
        ("update", "u1", "Ada: bye", bench.journal.target("comment:u1")),
    ]
    assert not result.is_work
    assert task(bench, "2").name == "Item 2"


def test_a_file_that_is_gone_from_the_source_is_listed_and_kept(bench: Bench) -> None:
    """Somebody may have deleted it on purpose."""
    bench.complete()
    before = bench.state()
    bench.source.asset_list = [asset for asset in bench.source.asset_list if asset.id != "a2"]

    result, _ = carry(bench)

    assert [(deletion.kind, deletion.id, deletion.name) for deletion in result.gone] == [
        ("asset", "1:a2", "plot.png")
    ]
    assert bench.state() == before


def test_what_only_people_can_carry_over_is_said_until_it_is_done(bench: Bench) -> None:
    """Another parent, and relations that have ended."""
    only(bench, item("1"), item("2"), item("3", "1", waits=["2"], links=["2"]))
    change(bench, "3", parent_id="2", cells={})

    result, _ = carry(bench)

    assert [loss.what for loss in result.manual] == [
        "its parent is item 2 now",
        "it does not wait for item 2 any more",
        "it is not linked to item 2 any more",
    ]
    third, second = bench.journal.task("3") or "", bench.journal.task("2") or ""
    bench.client.tasks.update(third, parent_id=second)
    bench.client.relations.stop_waiting_for(third, second)
    bench.client.relations.unlink(third, second)
    assert carry(bench)[0].manual == []
    assert plan(bench) == DeltaPlan()


def test_time_that_the_source_has_no_more_is_said_until_it_is_deleted(bench: Bench) -> None:
    """An entry that was corrected comes as a new one: the old one would count twice."""
    only(bench, item("1", time=[(HOUR_MS, 60_000, None), (HOUR_MS, 90_000, None)]))
    change(bench, "1", cells=item("1", time=[(HOUR_MS, 120_000, None)]).cells)

    result, _ = carry(bench)

    assert [loss.what for loss in result.manual] == [
        "the source has no longer: tracked time from 1970-01-01 01:00 UTC (0:01:00), "
        "tracked time from 1970-01-01 01:00 UTC (0:01:30)"
    ]
    task_id = bench.journal.task("1") or ""
    entries = bench.client.time_entries.of_task(
        bench.sandbox.team_id, task_id, since_ms=HOUR_MS, until_ms=HOUR_MS
    )
    assert sorted(entry.duration_ms for entry in entries) == [60_000, 90_000, 120_000]
    for entry in entries:
        if entry.duration_ms != 120_000:
            bench.client.time_entries.delete(bench.sandbox.team_id, entry.id)
    assert carry(bench)[0].manual == []
    assert plan(bench) == DeltaPlan()


def test_an_item_that_moved_to_another_list_is_said(bench: Bench) -> None:
    """Its place is the mapping's, which may have changed."""
    only(bench, item("1"))
    place = bench.mapping.boards["b"].place.model_copy(update={"list": "Inbox"})
    board = bench.mapping.boards["b"].model_copy(update={"place": place})
    change(bench, "1", name="Renamed")
    old = plan(bench)
    bench.mapping = bench.mapping.model_copy(update={"boards": {"b": board}})

    result = plan(bench)

    assert old.manual == []
    assert result.manual == []  # both conversions say the same place
    assert [update.field for update in result.updates] == ["name"]


def test_a_deleted_task_is_said_and_not_made_again(bench: Bench) -> None:
    """Somebody wanted it gone."""
    only(bench, item("1"))
    bench.client.tasks.delete(bench.journal.task("1") or "")
    change(bench, "1", name="Renamed")

    result, performed = carry(bench)

    assert [loss.what for loss in result.manual] == ["its task is gone"]
    assert performed == Performed()


def test_an_item_that_cannot_be_converted_stops_nothing(bench: Bench) -> None:
    """It is named."""
    only(bench, item("1"), item("2"), updates=(Update("u1", "1", "Ada: x"),))
    change(bench, "1", cells=item("1", bad="strange").cells)
    change(bench, "2", name="Renamed")
    bench.source.update_list = (Update("u1", "1", "bad"),)

    result, _ = carry(bench)

    assert result.manual[0].what == "it cannot be converted: ValueError('strange')"
    assert result.manual[1].what.startswith("update u1 cannot be converted")
    assert task(bench, "2").name == "Renamed"


@pytest.mark.parametrize("problem", [InputError("no such column type"), ValueError("odd")])
def test_a_conversion_that_the_mapping_does_not_allow_stops_nothing(
    bench: Bench, problem: Exception
) -> None:
    """The item and the update are left to people; the old text counts as unknown."""
    bench.complete()
    change(bench, "1", name="New")
    bench.source.update_list = (Update("u1", "1", "new"), *bench.source.update_list[1:])
    bench.fetch()

    def refuse(*_: object) -> Never:
        raise problem

    tools = replace(bench.tools(), convert=refuse, comment=refuse)
    result = survey(tools, Snapshot(bench.store.table(MigrationRecords), NAME))

    assert [loss.what.partition(" ca")[0] for loss in result.manual] == ["it", "update u1"]


def test_a_field_that_is_missing_is_reported_and_the_rest_is_written(bench: Bench) -> None:
    """The item is tried again next time."""
    only(bench, item("1"))
    change(bench, "1", name="Renamed", cells=item("1", fields={"Nowhere": "x"}).cells)

    _, performed = carry(bench)

    assert performed.failed == ['"Renamed", field Nowhere: the List has no field "Nowhere"']
    assert task(bench, "1").name == "Renamed"
    assert [update.field for update in plan(bench).updates] == ["field Nowhere"]


def test_an_edited_update_changes_its_comment(bench: Bench) -> None:
    """And a reply its own."""
    updates = (Update("u1", "1", "Ada: one"), Update("u2", "1", "Bo: two", reply_to="u1"))
    only(bench, item("1"), updates=updates)
    bench.source.update_list = tuple(
        replace(update, html=f"{update.html} **edited**") for update in updates
    )

    result, performed = carry(bench)

    assert [(edit.before, edit.markdown) for edit in result.edits] == [
        ("Ada: one", "Ada: one **edited**"),
        ("Bo: two", "Bo: two **edited**"),
    ]
    assert performed.comments == 2
    (tree,) = (entry["comments"] for entry in bench.state()["tasks"])
    assert tree == [("Ada: one edited", ["Bo: two edited"])]


def test_a_comment_that_a_person_edited_is_a_conflict(bench: Bench) -> None:
    """So is one that was deleted."""
    updates = (Update("u1", "1", "Ada: one"), Update("u2", "1", "Bo: two"))
    only(bench, item("1"), updates=updates)
    first, second = (bench.journal.target(f"comment:{update.id}") or "" for update in updates)
    bench.client.comments.update(first, blocks.from_markdown("Ada: by hand"))
    bench.client.comments.delete(second)
    bench.source.update_list = tuple(replace(update, html=f"{update.html}!") for update in updates)

    result, performed = carry(bench)

    listed = [
        (conflict.field, conflict.at_run, conflict.source, conflict.clickup)
        for conflict in result.conflicts
    ]
    assert listed == [
        ("comment", "Ada: one", "Ada: one!", "Ada: by hand\n"),
        ("comment", "Bo: two", "Bo: two!", ""),
    ]
    assert performed.comments == 0


def test_a_change_without_effect_is_settled(bench: Bench) -> None:
    """Likes, or the time of the last change: the next delta does not look again."""
    only(bench, item("1"), updates=(Update("u1", "1", "Ada: one"),))
    change(bench, "1", updated_ms=1)
    bench.source.update_list = (Update("u1", "1", "Ada: one", likes=5),)
    bench.control.reset_counts()

    result, _ = carry(bench)

    assert not result.is_work
    assert {settlement.key for settlement in result.settled} == {"task:1", "comment:u1"}
    assert bench.writes() == 0
    assert plan(bench) == DeltaPlan()


def test_without_the_record_of_the_run_what_differs_is_taken_for_changed(bench: Bench) -> None:
    """As after a run that has read the source again: people's changes are still safe."""
    only(bench, item("1", attributes={"priority": 2}), updates=(Update("u1", "1", "Ada: one"),))
    bench.client.tasks.update(bench.journal.task("1") or "", priority=3)
    change(bench, "1", name="Renamed")
    bench.source.update_list = (Update("u1", "1", "Ada: two"),)

    result, _ = carry(bench, keep=False)

    assert [update.field for update in result.updates] == ["name"]
    assert [conflict.field for conflict in result.conflicts] == ["priority", "comment"]
    moved_task = task(bench, "1")
    assert (moved_task.name, moved_task.priority) == ("Renamed", 3)


def test_what_was_refused_before_is_not_new(bench: Bench) -> None:
    """Else a delta would never be done."""
    bench.source.item_list = [item("1", attributes={"status": "no such status"})]
    bench.source.update_list, bench.source.asset_list = [Update("u1", "1", "Ada: x")], []
    bench.run()

    assert plan(bench).new.total() == 0


def test_a_board_that_was_not_read_has_nothing_gone(bench: Bench) -> None:
    """Nothing is known about its items."""
    only(bench, item("1"))
    bench.source.board_list = []

    assert plan(bench) == DeltaPlan()


def test_after_an_interruption_the_next_delta_goes_on(bench: Bench) -> None:
    """A write whose answer was lost is found done, not written again."""
    only(bench, item("1", fields={"Model": "llama"}), item("2"))
    change(bench, "1", name="Renamed", cells=item("1", fields={"Model": "mistral"}).cells)
    change(bench, "2", name="Also renamed")
    result = plan(bench)
    outcome: list[int] = []

    class Cut(Exception):
        """The process ends."""

    def stop(count: int, _total: int) -> None:
        outcome.append(count)
        raise Cut

    with pytest.raises(Cut):
        perform(bench.tools(), result, stop)
    bench.client.tasks.update(bench.journal.task("2") or "", name="Also renamed")
    bench.control.reset_counts()

    again, _ = carry(bench)

    assert outcome == [1]
    assert (again.updates, again.conflicts) == ([], [])
    assert bench.writes() == 0
    assert plan(bench) == DeltaPlan()


VALUES = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["One", "Two", "Three"]),
        "priority": st.sampled_from([1, 2, None]),
        "Model": st.sampled_from(["llama", "mistral", None]),
    }
)


@given(before=VALUES, source=VALUES, clickup=VALUES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
def test_the_three_way_law(
    bench: Bench, before: dict[str, Any], source: dict[str, Any], clickup: dict[str, Any]
) -> None:
    """For each field: only the source changed, it wins; else ClickUp keeps what it has."""
    number = f"i{len(bench.source.item_list) + 1}"
    bench.source.update_list, bench.source.asset_list = [], []
    bench.source.item_list = [*bench.source.item_list, _of(number, before)]
    bench.fetch()
    bench.complete()
    _by_hand(bench, number, before, clickup)
    bench.source.item_list = [
        _of(number, source) if item.id == number else item for item in bench.source.item_list
    ]

    result, _ = carry(bench)

    moved_task = task(bench, number)
    have = {
        "name": moved_task.name,
        "priority": moved_task.priority,
        "Model": moved_task.field("Model"),
    }
    for key, value in have.items():
        is_only_source = clickup[key] == before[key]
        assert value == (source[key] if is_only_source else clickup[key])
    # Those of the examples before are listed still.
    mine = [conflict for conflict in result.conflicts if conflict.about.item == number]
    conflicts = {update.field.removeprefix("field ") for update in mine}
    assert conflicts == {
        key
        for key in have
        if source[key] != before[key] != clickup[key] and source[key] != clickup[key]
    }


def _of(number: str, values: dict[str, Any]) -> Item:
    attributes = {"priority": values["priority"]} if values["priority"] else {}
    fields = {"Model": values["Model"]} if values["Model"] else {}
    return item(number, name=values["name"], attributes=attributes, fields=fields)


def _by_hand(bench: Bench, number: str, before: dict[str, Any], now: dict[str, Any]) -> None:
    moved_task = task(bench, number)
    bench.client.tasks.update(moved_task.id, name=now["name"], priority=now["priority"])
    if now["Model"] != before["Model"] and now["Model"]:
        bench.client.fields.set_named(moved_task, "Model", now["Model"])
    elif now["Model"] != before["Model"]:
        field = next(field for field in moved_task.fields if field.name == "Model")
        bench.client.fields.clear(moved_task.id, field.definition)


ZONES = (
    "Pacific/Honolulu",
    "America/New_York",
    "UTC",
    "Europe/Berlin",
    "Asia/Kolkata",
    "Asia/Shanghai",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
)


@given(
    st.sampled_from(ZONES),
    st.dates(date(2020, 1, 1), date(2030, 12, 31)),
    st.integers(-3, 3),
)
def test_a_day_is_the_same_day_wherever_people_live(zone: str, day: date, moved: int) -> None:
    """ClickUp keeps it as 04:00 there; a person who moves it by a day has changed it."""
    combine = datetime.combine(day + timedelta(days=moved), time(4), ZoneInfo(zone))

    result = (int(combine.timestamp() * 1000), True)

    assert is_equal("due", (day_ms(day.isoformat()), False), result) == (moved == 0)
