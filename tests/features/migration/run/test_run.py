"""A run moves everything once, and reports what it could not move."""

from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from clickup_mlops.clickup import blocks
from clickup_mlops.errors import InputError, NotFound
from clickup_mlops.features.migration.journal import read_written
from clickup_mlops.features.migration.records import Asset, Board, Update
from clickup_mlops.features.migration.run import attached
from clickup_mlops.features.migration.run.model import Options, Progress
from clickup_mlops.features.migration.run.run import run
from tests.features.migration.bench import Bench, item, sample
from tests.features.migration.bench import bench as made
from tests.features.migration.memory_source import MemorySource
from tests.features.provisioning.killing import Killed, mortal


def only(bench: Bench, *items: object, **more: object) -> None:
    """A source with these items alone."""
    bench.source = MemorySource(board_list=[Board("b", "Serving")], item_list=items, **more)  # type: ignore[arg-type]


def test_everything_is_moved(bench: Bench) -> None:
    """Tasks, subtasks to any depth, relations, threads, files and time."""
    ran = bench.complete()

    tasks = {task["id"]: task for task in bench.state()["tasks"]}
    assert [entry["parent"] for entry in tasks.values()] == ["", "1", "2", "", ""]
    first = tasks["1"]
    assert (first["status"], first["priority"], first["tags"]) == ("in progress", 2, ["gpu"])
    assert first["comments"] == [
        ("Ada: again", []),
        ("Ada: again", []),
        ("Ada: first", ["Ada: again"]),
    ]
    assert first["files"] == [("plot.png", 5), ("plot.png", 5)]
    assert (tasks["2"]["waits for"], tasks["4"]["waits for"]) == (["1"], ["3"])
    assert (tasks["4"]["links"], tasks["4"]["related"]) == (["1"], ["1", "2"])
    assert tasks["5"]["files"] == [("log.txt", 3)]
    assert bench.state()["time"] == [("5", 3_600_000, 3_660_000)]
    assert ran.done.total() == 17
    assert bench.control.task("Item 3")["custom_fields"]


def test_it_takes_one_call_for_each_thing_and_a_few_for_the_places(bench: Bench) -> None:
    """Fields ride in the call that creates the task."""
    ran = bench.complete()

    assert bench.writes() == ran.done.total() == 17
    assert ran.calls == 17 + 4


def test_a_second_run_writes_nothing(bench: Bench) -> None:
    """Everything is in the journal."""
    bench.complete()
    bench.control.reset_counts()

    again = bench.complete()

    assert bench.writes() == 0
    assert (again.done.total(), again.skipped.total()) == (0, 17)


def test_several_workers_do_the_same(bench: Bench) -> None:
    """In any order between items, in their order within one."""
    updates = [Update(f"u{number}", "1", f"number {number:02}") for number in range(40)]
    bench.source.update_list = updates
    bench.complete(workers=4)

    comments = sorted(bench.world.comments, key=lambda workbench: int(workbench.id))
    assert [comment.text.strip() for comment in comments] == [update.html for update in updates]


def test_parents_may_come_after_their_subitems(bench: Bench) -> None:
    """The items are swept again until none is left."""
    bench.source.item_list = list(reversed(bench.source.item_list))

    bench.complete()

    parents = {task["id"]: task["parent"] for task in bench.state()["tasks"]}
    assert parents == {"1": "", "2": "1", "3": "2", "4": "", "5": ""}


def test_subitems_go_to_their_parents_list(bench: Bench) -> None:
    """ClickUp takes no subtask in another List, wherever the mapping sends it."""
    only(bench, item("1"), item("2", "1"))

    bench.complete()

    assert {bench.control.find(f"Item {number}").list_id for number in "12"} == {
        bench.control.list_id("Tasks")
    }


def test_a_circle_of_dependencies_is_reported_and_the_rest_goes_on(bench: Bench) -> None:
    """ClickUp refuses to let a task wait for itself; nothing else is lost."""
    only(bench, item("1", waits=["1"]), item("2", waits=["1"]))

    ran = bench.run()

    (failure,) = ran.failed
    assert failure.key == "dependency:1:1"
    assert "cannot depend on itself" in failure.reason
    assert ran.done["dependency"] == 1
    assert not ran.is_complete


def test_what_was_refused_is_only_tried_again_on_request(bench: Bench) -> None:
    """A plain run makes no call for it; `retry` does, and so does a change in the source."""
    only(bench, item("1", waits=["1"]))
    bench.run()
    bench.control.reset_counts()

    assert bench.run().refused_before == {"dependency": 1}
    assert bench.writes() == 0
    assert [failure.key for failure in bench.run(retry=True).failed] == ["dependency:1:1"]
    only(bench, item("1", name="Changed", waits=["1"]))
    bench.fetch()
    assert len(bench.run().failed) == 1
    (failure,) = bench.journal.failures()
    assert "cannot depend on itself" in failure.error


def test_a_bad_item_does_not_stop_the_others(bench: Bench) -> None:
    """What cannot be converted, or is refused, is reported; what hangs on it waits."""
    only(
        bench,
        item("1", bad="no date"),
        item("2", "1"),
        item("3", attributes={"status": "unknown"}),
        item("4", waits=["3"]),
        item("5", links=["404"]),
        update_list=[Update("u1", "3", "x"), Update("u2", "4", "bad"), Update("u3", "4", "")],
    )

    ran = bench.run()

    failed = {failure.key: failure.reason for failure in ran.failed}
    assert failed.keys() == {"task:1", "task:3", "link:404:5", "comment:u2", "comment:u3"}
    assert "no date" in failed["task:1"]
    assert 'no status "unknown"' in failed["task:3"]
    assert "no part of this migration" in failed["link:404:5"]
    assert ran.waiting == {
        "the parent item's task": 1,
        "the other item's task": 1,
        "the item's task": 1,
    }
    assert [task["id"] for task in bench.state()["tasks"]] == ["4", "5"]


def test_a_value_that_its_field_does_not_take_goes_into_the_description(bench: Bench) -> None:
    """The item is moved all the same, and the value is reported."""
    only(bench, item("1", fields={"Model": 5, "Nowhere": ["a", "b"], "Who": "@everyone"}))

    ran = bench.complete()

    assert "Model: 5" in bench.control.task("Item 1")["text_content"].replace("*", "")
    assert "Nowhere: a, b" in bench.control.task("Item 1")["text_content"].replace("*", "")
    assert "@everyone" not in bench.control.task("Item 1")["text_content"]
    assert len(ran.notes) == 3


def test_a_relation_leaves_out_items_of_other_boards(bench: Bench) -> None:
    """They are named in the notes."""
    only(bench, item("1", related=["2", "404"]), item("2"))

    ran = bench.complete()

    assert ran.notes == ['item 1, field "Related": item 404 is no part of this migration']
    assert bench.state()["tasks"][0]["related"] == ["2"]


def test_missing_and_short_files_are_reported(bench: Bench) -> None:
    """A link that has expired, or fewer bytes than the source promised."""
    bench.source.contents = {"a1": b"o", "a2": b"12345"}

    ran = bench.run()

    failed = {failure.key: failure.reason for failure in ran.failed}
    assert failed.keys() == {"file:5:a1", "file:1:a3"}
    assert "1 bytes came of 3" in failed["file:5:a1"]
    assert failed["file:1:a3"] == "no file a3. It was deleted from the source."
    assert {failure.name for failure in ran.failed} == {
        '"log.txt" of "Item 5"',
        '"plot.png" of "Item 1"',
    }
    assert 'file "log.txt" of "Item 5": file "log.txt"' in " ".join(map(str, ran.failed))

    bench.source.contents = {"a1": b"oom", "a3": b"12345"}
    bench.complete(retry=True)


def test_files_are_journaled_with_size_and_hash(bench: Bench) -> None:
    """So that they can be compared with what ClickUp has."""
    bench.complete()

    step = bench.journal.get("file:5:a1")
    assert step is not None
    digest = sha256(b"oom").hexdigest()
    assert read_written(step) == {"item": "5", "name": "log.txt", "size": 3, "sha256": digest}


def test_the_mapping_says_what_is_moved(bench: Bench) -> None:
    """No updates, files or time if they are not wanted; subscribers become watchers."""
    expected = {"updates": False, "files": False, "time": False, "subscribers": True}
    bench.mapping = bench.mapping.model_copy(update=expected)
    items = list(bench.source.item_list)
    bench.source.item_list = [replace(items[0], subscribers=("p1", "p2", "?")), *items[1:]]

    ran = bench.complete()

    assert ran.done == {"task": 5, "dependency": 2, "link": 1, "relation": 1, "watchers": 1}
    maria = bench.control.member("Maria").id
    assert maria in bench.state()["tasks"][0]["watchers"]


class Expecting(MemorySource):
    """Notes which files it is told of."""

    expected: tuple[str, ...] = ()

    def expect(self, assets: Iterable[Asset]) -> None:
        self.expected += tuple(asset.id for asset in assets)


def test_a_source_that_another_process_read_is_told_which_files_come(tmp_path: Path) -> None:
    """So that it asks for their addresses together; not if files are left for later."""
    value = sample()
    source = Expecting(value.board_list, value.item_list, asset_list=value.asset_list)
    with made(tmp_path, source) as workbench:
        workbench.run(files=False)
        assert source.expected == ()
        workbench.run()
        assert source.expected == tuple(asset.id for asset in value.asset_list)


def test_files_can_be_left_for_later(bench: Bench) -> None:
    """They follow in a run without that option."""
    assert bench.complete(files=False).done["file"] == 0
    assert bench.source.opened == []
    assert bench.complete().done == {"file": 3}


def test_a_file_in_a_column_that_is_not_kept_stays_behind(bench: Bench) -> None:
    """Only what the conversion asks for, what is in updates and what no column shows is moved."""
    only(
        bench,
        item("1", hidden=[{"asset": "a1"}, "text"]),
        asset_list=[Asset("a1", "secret.txt", "1"), Asset("a2", "plan.txt", "1")],
        contents={"a1": b"1", "a2": b"22"},
    )

    bench.complete()

    assert bench.state()["tasks"][0]["files"] == [("plan.txt", 2)]


def test_archived_items_become_archived_tasks(bench: Bench) -> None:
    """After everything else is in them."""
    only(bench, replace(item("1"), archived=True), update_list=[Update("u1", "1", "x")])

    ran = bench.complete()

    assert ran.done == {"task": 1, "comment": 1, "archive": 1}
    assert bench.control.find("Item 1").archived


def test_a_limit_moves_the_first_items_only(bench: Bench) -> None:
    """With everything that belongs to them; the rest follows later."""
    ran = bench.run(limit=2)

    assert (ran.done["task"], ran.left, ran.is_complete) == (2, 3, False)
    assert ran.done["comment"] == 4
    bench.complete()
    assert len(bench.state()["tasks"]) == 5


def test_a_reply_to_a_deleted_update_stands_on_its_own(bench: Bench) -> None:
    """Its text is not lost."""
    only(bench, item("1"), update_list=[Update("u2", "1", "indeed", reply_to="u1")])

    bench.complete()

    assert bench.state()["tasks"][0]["comments"] == [("indeed", [])]


def test_a_reply_waits_for_the_comment(bench: Bench) -> None:
    """If that one cannot be written, the reply is not lost, but reported."""
    only(
        bench,
        item("1"),
        update_list=[Update("u1", "1", "bad"), Update("u2", "1", "indeed", reply_to="u1")],
    )

    ran = bench.run()

    assert ran.waiting == {"the comment that it replies to": 1}


def test_time_of_others_is_the_tokens_own_where_clickup_does_not_allow_it(bench: Bench) -> None:
    """The note says whose it was."""
    bench.world.users[bench.control.members[0].id].role = 3
    maria = bench.control.member("Maria").id
    only(bench, item("1", time=[(3_600_000, 60_000, maria)]))

    ran = bench.complete()

    assert len(ran.notes) == 1
    assert f"time of user {maria}" in ran.notes[0]
    assert bench.state()["time"] == [("1", 3_600_000, 3_660_000)]


def test_losses_are_counted(bench: Bench) -> None:
    """By what is lost."""
    only(bench, item("1", losses=["the colour", "the time"]), item("2", losses=["the colour"]))

    assert bench.complete().losses == {"the colour": 2, "the time": 1}


def test_progress_has_rate_and_budget(bench: Bench) -> None:
    """The last report is about the whole run."""
    observations: list[Progress] = []

    bench.run(report=observations.append)

    last = observations[-1]
    assert (last.done, last.total, last.failed, last.calls) == (17, 17, 0, 21)
    assert last.per_minute > 0
    assert last.eta_s == 0


def test_nothing_is_moved_before_the_source_was_read(bench: Bench) -> None:
    """A run works on what was staged."""
    with pytest.raises(InputError, match="nothing has been read"):
        run(bench.tools(), Options())


def test_an_error_of_one_board_leaves_the_others(bench: Bench) -> None:
    """A board that could not be read is not in the run."""
    bench.source.failing["b"] = NotFound("gone", status=404)
    bench.fetch()

    ran = bench.run()

    assert ran.done["task"] == 2


def test_a_file_that_clickup_does_not_take_is_reported(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not sent."""
    monkeypatch.setattr(attached, "LARGEST", 4)

    ran = bench.run()

    assert {failure.key for failure in ran.failed} == {"file:1:a2", "file:1:a3"}
    assert "larger than 1 GiB" in ran.failed[0].reason


def test_a_large_file_does_not_stay_in_memory(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It goes through a file on the disk."""
    monkeypatch.setattr(attached, "_IN_MEMORY", 1)
    monkeypatch.setattr(attached, "_CHUNK", 2)

    bench.complete()

    assert bench.state()["tasks"][4]["files"] == [("log.txt", 3)]


def test_a_comment_that_is_too_long_is_cut_and_noted(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ClickUp shows only so many characters."""
    monkeypatch.setattr(blocks, "LONGEST", 20)
    only(bench, item("1"), update_list=[Update("u1", "1", "x" * 30)])

    assert bench.complete().notes == ["update u1: cut after 20 characters"]


def test_a_mapping_that_no_longer_converts_an_item_is_reported(bench: Bench) -> None:
    """Its task is there from an earlier run; what hangs on it is not lost silently."""
    only(bench, item("1"))
    bench.complete()
    only(bench, item("1", bad="a column without a type"))
    bench.fetch()

    (failure,) = bench.run().failed

    assert "a column without a type" in failure.reason


def test_a_place_whose_creation_was_interrupted_is_ours(bench: Bench) -> None:
    """So that undo removes it."""
    place = bench.mapping.boards["b"].place.model_copy(update={"list": "New"})
    table = bench.mapping.boards["b"].model_copy(update={"place": place})
    bench.mapping = bench.mapping.model_copy(update={"boards": {"b": table}, "id_field": ""})
    only(bench, item("1"))
    with pytest.raises(Killed):
        bench.run(mortal(bench.sandbox, 1, writes=True), create_places=True)

    bench.complete(create_places=True)

    assert bench.journal.target("place:Team / Work / New") == bench.control.list_id("New")
    assert [task_list.name for task_list in bench.world.lists].count("New") == 1
