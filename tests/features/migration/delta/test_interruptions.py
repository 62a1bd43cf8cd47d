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
    result = survey(tools, Snapshot(bench.store.table(MigrationRecords), NAME))
    perform(tools, result)
    return result


def state(bench: Bench) -> Any:
    return bench.state(), task(bench, "1").field("Model")


@pytest.mark.parametrize("after", [False, True], ids=["before the effect", "after the effect"])
def test_a_kill_at_each_call_is_survived(tmp_path: Path, after: bool) -> None:
    """For each call in turn: killed there, done again, compared with the whole."""
    with made(tmp_path) as total:
        begin(total)
        finish(total)
        expected = state(total)
    for number in range(1, 100):
        folder = tmp_path / str(number)
        folder.mkdir()
        with made(folder) as api:
            begin(api)
            try:
                finish(api, mortal(api.sandbox, number, after=after))
            except Killed:
                assert finish(api).conflicts == []
            else:
                break
            assert state(api) == expected, number
            assert plan(api) == DeltaPlan(), number
    assert number > 10


def test_what_a_person_changes_while_it_works_is_kept(bench: Bench) -> None:
    """After the plan, and before the write: it is refused, and listed by the next delta."""
    begin(bench)
    tools = bench.tools()
    result = survey(tools, Snapshot(bench.store.table(MigrationRecords), NAME))
    target = bench.journal.task("1") or ""
    bench.client.tasks.update(target, name="By hand")
    second = task(bench, "2")
    bench.client.fields.set_named(second, "Related", {"rem": [target]})

    performed = perform(tools, result)

    assert [failure.split(":")[0] for failure in performed.failed] == [
        '"Renamed", name',
        '"Item 2", relation Related',
    ]
    moved_task = task(bench, "1")
    assert (moved_task.name, moved_task.priority) == ("By hand", 1)
    again = plan(bench)
    assert [conflict.field for conflict in again.conflicts] == ["name", "relation Related"]
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
    result = survey(tools, Snapshot(bench.store.table(MigrationRecords), NAME))
    performed = perform(tools, result)

    assert len(performed.failed) == 1
    assert reason in performed.failed[0]
    assert plan(bench).is_work
    assert carry(bench)[1].failed == []
    assert plan(bench) == DeltaPlan()


def test_a_task_that_cannot_be_read_any_more_is_reported(bench: Bench) -> None:
    """It was deleted after the plan was made."""
    begin(bench)
    tools = bench.tools()
    result = survey(tools, Snapshot(bench.store.table(MigrationRecords), NAME))
    bench.client.tasks.delete(bench.journal.task("1") or "")

    performed = perform(tools, result)

    assert '"Renamed"' in performed.failed[0]


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "*/task/*"), ("PUT", "*/task/*"), ("PUT", "*/comment/*")]
)
def test_it_ends_when_clickup_is_down(bench: Bench, method: str, path: str) -> None:
    """Nothing else would succeed; the next delta continues."""
    begin(bench)
    tools = bench.tools()
    result = survey(tools, Snapshot(bench.store.table(MigrationRecords), NAME))
    bench.control.faults.add("status", method=method, path=path, times=None, status_code=503)

    with pytest.raises(RetryableApiError):
        perform(tools, result)

    bench.control.faults.clear()
    finish(bench)
    assert plan(bench) == DeltaPlan()


def test_where_no_field_has_the_id_the_text_keeps_it(bench: Bench) -> None:
    """The last line of the description is how the task is found again."""
    bench.mapping = bench.mapping.model_copy(update={"id_field": ""})
    only(bench, replace(item("1"), description="Old"))
    change(bench, "1", description="New")

    result, _ = carry(bench)

    assert [update.field for update in result.updates] == ["text"]
    assert task(bench, "1").text.split() == ["New", "Source", "ID:", "1"]
    assert plan(bench) == DeltaPlan()


def test_a_name_is_never_cleared(bench: Bench) -> None:
    """ClickUp has no task without one."""
    only(bench, item("1"))
    change(bench, "1", name="")

    result, _ = carry(bench)

    assert result.updates == []
    assert plan(bench) == DeltaPlan()
