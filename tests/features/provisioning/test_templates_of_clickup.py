"""ClickUp's own templates as a means of creation: fields and statuses that the API cannot make."""

from pathlib import Path

import pytest

from clickup_mlops.errors import RetryableApiError
from clickup_mlops.features.provisioning.apply import verify
from clickup_mlops.features.provisioning.template import desired, load
from clickup_mlops.features.provisioning.tree import Tree
from tests.features.provisioning.apply.test_undo import planned, undone
from tests.features.provisioning.killing import Killed, mortal
from tests.features.provisioning.workbench import Workbench, open_work, state, workbench

TEXT = """
summary = "A list that is made from a ClickUp template."
strategy = "tests"
[space]
name = "ML"
[[space.list]]
name = "Releases"
description = "Ours, not the template's."
template = "Release list"
status = [{ name = "canary" }, { name = "live", type = "closed" }]
field = [{ name = "P99", type = "number" }, { name = "Risk", type = "labels", options = ["data"] }]
[[space.list.view]]
name = "SLO"
columns = ["P99"]
[[space.list.view]]
name = "Ours"
[[space.list.task]]
name = "Release"
checklist = { Gate = ["Load test", "Shadow"] }
[[space.list.task.subtask]]
name = "Model card"
"""


@pytest.fixture
def want(tmp_path: Path) -> Tree:
    (tmp_path / "releases.toml").write_text(TEXT)
    return desired.tree(load.load(tmp_path, "releases"))


def prepare(bench: Workbench, *, fields: bool = True) -> None:
    """Somebody saved a list as a template, once."""
    control = bench.control
    if fields:
        control.ui_actions.create_field("Tasks", "P99", "number")
        control.ui_actions.create_field("Tasks", "Risk", "labels", ["data"])
    control.ui_actions.set_statuses(
        "Tasks",
        [
            {"status": "to do", "type": "open"},
            {"status": "canary", "type": "custom"},
            {"status": "live", "type": "closed"},
        ],
    )
    # It holds a view and a task that are wanted too, though not quite so.
    list_id = control.list_id("Tasks")
    bench.client.views.create("list", list_id, "slo", "list")
    release = bench.client.tasks.create(list_id, "Release")
    gate = bench.client.checklists.create(release.id, "Gate")
    bench.client.checklists.add_item(gate.id, "Shadow")
    control.save_template("list", "Tasks", "Release list")


def test_fields_and_statuses_come_with_the_template(bench: Workbench, want: Tree) -> None:
    """Nothing is left for a person, and the copy's text is replaced by the wanted one."""
    prepare(bench)
    fields = [step for step in bench.plan(want).work if step.path[-1][0] == "field"]
    assert fields and all(step.how.startswith("template:t-") for step in fields)

    applied = bench.apply(want)

    assert applied.manual == []
    assert bench.plan(want).work == ()
    (space,) = [entry for entry in state(bench)["spaces"] if entry["name"] == "ML"]
    (releases,) = space["lists"]
    assert releases["content"] == "Ours, not the template's."
    assert releases["fields"] == [("P99", "number"), ("Risk", "labels")]


def test_views_and_tasks_that_the_template_brings_are_used_and_not_doubled(
    bench: Workbench, want: Tree
) -> None:
    """A view is made as wanted, a task used as it is; what is lacking is made. No more calls."""
    prepare(bench)
    plan = bench.plan(want)

    used = bench.apply(want).calls

    assert used <= plan.calls
    (space,) = [entry for entry in state(bench)["spaces"] if entry["name"] == "ML"]
    (releases,) = space["lists"]
    assert releases["views"] == ["Ours", "slo"]
    assert [(task["name"], task["checklists"]) for task in releases["tasks"]] == [
        ("Model card", []),
        ("Release", [("Gate", ["Shadow"])]),
    ]
    assert bench.plan(want).work == ()


def test_as_many_calls_as_planned(bench: Workbench, want: Tree) -> None:
    """What comes with the list is read once for each kind."""
    prepare(bench)
    want = {path: node for path, node in want.items() if node.kind not in ("view", "task")}
    plan = bench.plan(want)

    assert bench.apply(want).calls == plan.calls


@pytest.mark.parametrize("after", [False, True], ids=["before the effect", "after the effect"])
def test_a_kill_at_each_call_is_survived(tmp_path: Path, want: Tree, after: bool) -> None:
    """Also between the copy's id and its content."""
    with workbench(tmp_path) as bench:
        prepare(bench)
        client = mortal(bench.sandbox)
        bench.apply(want, client)
        end, calls = state(bench), client.calls

    for call in range(1, calls + 1):
        folder = tmp_path / str(call)
        folder.mkdir()
        with workbench(folder) as bench:
            prepare(bench)
            with pytest.raises(Killed):
                bench.apply(want, mortal(bench.sandbox, call, after=after))
            bench.wait(5)
            bench.apply(want)
            assert state(bench) == end, f"killed at call {call}"
            assert bench.plan(want).work == ()


def test_content_that_never_comes_is_waited_for_with_a_bound(bench: Workbench, want: Tree) -> None:
    """The template lacks the fields: said after a minute, and the rest is not lost."""
    prepare(bench, fields=False)
    start = bench.now_ms()

    with pytest.raises(
        RetryableApiError, match='field "ML / Releases / P99" was not created'
    ) as late:
        bench.apply(want)

    assert 60_000 <= bench.now_ms() - start <= 70_000
    assert "that the template contains it" in late.value.hint
    plan = bench.plan(want)
    assert open_work(plan)["create"] == 2  # a view and a subtask
    assert {step.path[-1][1] for step in plan.work if step.operation == "manual"} == {"P99", "Risk"}


def test_an_undo_takes_what_came_along(bench: Workbench, want: Tree) -> None:
    """It goes with its List, though it is not quite as wanted."""
    prepare(bench)
    bench.apply(want)

    assert undone(bench).kept == []
    assert "ML" not in {space["name"] for space in state(bench)["spaces"]}


def test_an_undo_keeps_what_came_along_if_people_worked_in_it(bench: Workbench, want: Tree) -> None:
    """With the List and the Space; unless it is named, as everything that the undo lists."""
    prepare(bench)
    bench.apply(want)
    in_list = bench.client.tasks.in_list(bench.control.list_id("Releases"))
    (task,) = [task_in_list for task_in_list in in_list if task_in_list.name == "Release"]
    bench.wait(60)
    bench.client.comments.add(task.id, "I am on it")

    remainder = planned(bench)
    assert [(path[-1], why) for path, why in remainder.changed] == [
        (("task", "Release"), "people changed it since: comments")
    ]
    assert not {"Releases", "ML"} & {
        row.path[-1][-1] for row in (*remainder.removals, *remainder.cascaded)
    }
    assert undone(bench, "ML / Releases / Release").kept == []
    assert "ML" not in {space["name"] for space in state(bench)["spaces"]}


INSTANCES = """
summary = "A list for each model."
strategy = "tests"
[parameters.model]
description = "Name of the model"
[space]
name = "ML"
[[space.folder]]
name = "${model}"
[[space.folder.list]]
name = "Releases ${model}"
template = "Release list"
field = [{ name = "P99", type = "number" }, { name = "Risk", type = "labels", options = ["data"] }]
[[space.folder.list.view]]
name = "SLO"
sort_by = ["-P99"]
columns = ["P99", "Risk"]
[[space.folder.list.task]]
name = "Release ${model}"
"""


def instance(folder: Path, model: str) -> Tree:
    (folder / "instances.toml").write_text(INSTANCES)
    return desired.tree(load.load(folder, "instances", {"model": model}))


@pytest.fixture
def second(bench: Workbench, tmp_path: Path) -> Tree:
    """An instance that was made from the saved List of another one, starter task included."""
    bench.apply(instance(tmp_path, "first"), experimental=True)
    bench.control.save_template("list", "Releases first", "Release list")
    want = instance(tmp_path, "second")
    plan = bench.plan(want)
    assert bench.apply(want).calls <= plan.calls
    return want


def test_a_saved_list_brings_each_column_once(bench: Workbench, second: Tree) -> None:
    """The copy's columns are those that are wanted."""
    (view,) = bench.client.views.of("list", bench.control.list_id("Releases second"))

    columns = [field["field"] for field in view.raw["columns"]["fields"]]

    assert len(columns) == len(set(columns)) == 2


def test_starter_tasks_of_another_instance_are_pointed_out(bench: Workbench, second: Tree) -> None:
    """Until somebody deletes them; the bot does not."""
    (step,) = bench.plan(second).work

    assert (step.operation, step.path[-1]) == ("manual", ("task", "Release first"))
    assert "came with the ClickUp template" in step.why
    tasks = bench.client.tasks.in_list(bench.control.list_id("Releases second"))
    (foreign,) = [task for task in tasks if task.name == "Release first"]
    bench.client.tasks.delete(foreign.id)
    assert bench.plan(second).work == ()


def test_what_came_along_can_be_kept(bench: Workbench, second: Tree) -> None:
    """A person confirms it, and it is not mentioned again."""
    verify.confirm(bench.plan(second), bench.journal, ["release first"])

    assert bench.plan(second).work == ()
