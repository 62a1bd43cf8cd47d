"""A delta that is killed, refused or overtaken: nothing is lost, and no person's change either."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.errors import RetryableApiError
from clickup_mlops.features.migration.delta.model import DeltaPlan
from clickup_mlops.features.migration.delta.perform import perform
from clickup_mlops.features.migration.delta.snapshot import Snapshot
from clickup_mlops.features.migration.delta.survey import survey
from clickup_mlops.features.migration.records import Update
from clickup_mlops.features.migration.tables.migration_records import MigrationRecords
from tests.features.migration.bench import NAME, Bench, item
from tests.features.migration.bench import bench as made
from tests.features.migration.delta.test_delta import carry, change, only, plan, task
from tests.features.provisioning.killing import Killed, mortal


def begin(bench: Bench) -> None:
    """Moved, and then changed in the source: attributes, a field, tags, a relation, a comment."""
    first = item("1", attributes={"priority": 2, "tags": ["gpu"]}, fields={"Model": "llama"})
    second = item("2", related=["1"])
    only(bench, first, second, item("3"), updates=(Update("u1", "1", "Ada: one"),))
    now = item("1", attributes={"priority": 1, "tags": ["tpu"]}, fields={"Model": "mistral"})
    change(bench, "1", name="Renamed", cells=now.cells)
    change(bench, "2", cells=item("2", related=["1", "3"]).cells)
    bench.source.update_list = (Update("u1", "1", "Ada: two"),)
    Snapshot(bench.store.table(MigrationRecords), NAME).keep(bench.mapping, bench.journal)
    bench.fetch()


def finish(bench: Bench, client: ClickUp | None = None) -> DeltaPlan:
    tools = bench.tools(client)
    found = survey(tools, Snapshot(bench.store.table(MigrationRecords), NAME))
    perform(tools, found)
    return found


def state(bench: Bench) -> Any:
    return bench.state(), task(bench, "1").field("Model")


@pytest.mark.parametrize("after", [False, True], ids=["before the effect", "after the effect"])
def test_a_kill_at_each_call_is_survived(tmp_path: Path, after: bool) -> None:
    """For each call in turn: killed there, done again, compared with the whole."""
    with made(tmp_path) as whole:
        begin(whole)
        finish(whole)
        expected = state(whole)
    for number in range(1, 100):
        folder = tmp_path / str(number)
        folder.mkdir()
        with made(folder) as one:
            begin(one)
            try:
                finish(one, mortal(one.sandbox, number, after=after))
            except Killed:
                assert finish(one).conflicts == []
            else:
                break
            assert state(one) == expected, number
            assert plan(one) == DeltaPlan(), number
    assert number > 10


def test_what_a_person_changes_while_it_works_is_kept(bench: Bench) -> None:
    """After the plan, and before the write: it is refused, and listed by the next delta."""
    begin(bench)
    tools = bench.tools()
    found = survey(tools, Snapshot(bench.store.table(MigrationRecords), NAME))
    target = bench.journal.task("1") or ""
    bench.client.tasks.update(target, name="By hand")
    second = task(bench, "2")
    bench.client.fields.set_named(second, "Related", {"rem": [target]})

    performed = perform(tools, found)

    assert [one.split(":")[0] for one in performed.failed] == [
        '"Renamed", name',
        '"Item 2", relation Related',
    ]
    there = task(bench, "1")
    assert (there.name, there.priority) == ("By hand", 1)
    again = plan(bench)
    assert [one.field for one in again.conflicts] == ["name", "relation Related"]
    assert again.updates == []


@pytest.mark.parametrize(
    ("method", "path", "reason"),
    [
        ("PUT", "*/task/*", "priority"),
        ("POST", "*/field/*", "field Model"),
        ("PUT", "*/comment/*", "a comment of"),
    ],
)
def test_what_is_refused_is_reported_and_the_rest_is_written(
    bench: Bench, method: str, path: str, reason: str
) -> None:
    """And tried again by the next delta."""
    begin(bench)
    bench.control.faults.add("status", method=method, path=path, status_code=400)

    tools = bench.tools()
    found = survey(tools, Snapshot(bench.store.table(MigrationRecords), NAME))
    performed = perform(tools, found)

    assert len(performed.failed) == 1
    assert reason in performed.failed[0]
    assert plan(bench).is_work
    assert carry(bench)[1].failed == []
    assert plan(bench) == DeltaPlan()


def test_a_task_that_cannot_be_read_any_more_is_reported(bench: Bench) -> None:
    """It was deleted after the plan was made."""
    begin(bench)
    tools = bench.tools()
    found = survey(tools, Snapshot(bench.store.table(MigrationRecords), NAME))
    bench.client.tasks.delete(bench.journal.task("1") or "")

    performed = perform(tools, found)

    assert '"Renamed"' in performed.failed[0]


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "*/task/*"), ("PUT", "*/task/*"), ("PUT", "*/comment/*")]
)
def test_it_ends_when_clickup_is_down(bench: Bench, method: str, path: str) -> None:
    """Nothing else would succeed; the next delta continues."""
    begin(bench)
    tools = bench.tools()
    found = survey(tools, Snapshot(bench.store.table(MigrationRecords), NAME))
    bench.control.faults.add("status", method=method, path=path, times=None, status_code=503)

    with pytest.raises(RetryableApiError):
        perform(tools, found)

    bench.control.faults.clear()
    finish(bench)
    assert plan(bench) == DeltaPlan()


def test_where_no_field_has_the_id_the_text_keeps_it(bench: Bench) -> None:
    """The last line of the description is how the task is found again."""
    bench.mapping = bench.mapping.model_copy(update={"id_field": ""})
    only(bench, replace(item("1"), description="Old"))
    change(bench, "1", description="New")

    found, _ = carry(bench)

    assert [one.field for one in found.updates] == ["text"]
    assert task(bench, "1").text.split() == ["New", "Source", "ID:", "1"]
    assert plan(bench) == DeltaPlan()


def test_a_name_is_never_cleared(bench: Bench) -> None:
    """ClickUp has no task without one."""
    only(bench, item("1"))
    change(bench, "1", name="")

    found, _ = carry(bench)

    assert found.updates == []
    assert plan(bench) == DeltaPlan()
