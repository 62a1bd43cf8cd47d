"""Workspaces that are not empty: half-built ones, and those that people made by hand."""

import pytest

from clickup_mlops.features.provisioning.apply import adopt, run
from clickup_mlops.features.provisioning.apply.journal import Journal
from clickup_mlops.features.provisioning.tables.provisions import Provisions
from tests.features.provisioning.killing import Killed, mortal
from tests.features.provisioning.workbench import SHIPPED, Workbench, open_work, state, template

NAMES = sorted(path.stem for path in SHIPPED.glob("*.toml"))


def forget_everything(bench: Workbench) -> None:
    """As if people had made by hand what is there: the bot remembers nothing."""
    bench.journal.forget(list(bench.journal.remembered()))


@pytest.mark.parametrize("name", NAMES)
def test_a_half_built_workspace_is_completed(bench: Workbench, name: str) -> None:
    """What is there stays, what is missing comes, and then nothing is left."""
    want = template(name, SHIPPED)
    half = bench.plan(want, experimental=True).calls // 2
    with pytest.raises(Killed):
        bench.apply(want, mortal(bench.sandbox, half, writes=True), experimental=True)
    bench.plan(want)  # settles the step that was open
    forget_everything(bench)
    existing_ids = {task_list.id for task_list in bench.world.lists} | {
        task.id for task in bench.world.tasks
    }

    plan = bench.plan(want, experimental=True)
    before = bench.client.calls
    run.apply(plan, bench.session(), bench.journal)

    assert bench.client.calls - before == plan.calls
    assert open_work(bench.plan(want, experimental=True)) == {}
    assert existing_ids <= {task.id for task in bench.world.lists} | {
        task.id for task in bench.world.tasks
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_hand_made_space_is_adopted(bench: Workbench, name: str) -> None:
    """Adopting writes nothing, and afterwards the plan is empty."""
    want = template(name, SHIPPED)
    bench.apply(want, experimental=True)
    forget_everything(bench)
    plan = bench.plan(want)
    assert open_work(plan)["adopt"] > 0
    writes, observations = bench.writes(), state(bench)

    adopt.adopt(plan, bench.session(), bench.journal)

    assert open_work(bench.plan(want)) == {}
    assert (bench.writes(), state(bench)) == (writes, observations)


def test_a_view_and_a_task_that_people_made_are_not_doubled(bench: Workbench) -> None:
    """Under the wanted name, in any case: used, though nothing of the template was ever applied."""
    want = template("everything")
    space = bench.client.spaces.create(bench.sandbox.team_id, "ml")
    folder = bench.client.folders.create(space.id, "Ranker")
    releases = bench.client.lists.create("releases ", folder_id=folder.id)
    bench.client.views.create("list", releases.id, "slo", "table")
    task = bench.client.tasks.create(releases.id, "release", description="Ours.")
    bench.client.tasks.create(releases.id, "model card", parent_id=task.id)

    plan = bench.plan(want, experimental=True)
    bench.apply(want, experimental=True)

    actions = {step.path[-1]: step.operation for step in plan.steps}
    assert actions["view", "SLO"] == "update"
    assert (actions["task", "Release"], actions["task", "Model card"]) == ("adopt", "adopt")
    (existing_ids,) = [
        entry for entry in state(bench)["spaces"] if entry["name"].casefold() == "ml"
    ]
    lists = next(
        task_list for task_list in existing_ids["lists"] if task_list["name"] == "releases "
    )
    assert lists["views"] == ["slo"]
    assert [entry["name"] for entry in lists["tasks"]] == ["Prepare", "model card", "release"]
    assert bench.client.tasks.get(task.id).text == "Ours."
    assert open_work(bench.plan(want)) == {}


def test_what_differs_is_adopted_with_its_difference(bench: Workbench) -> None:
    """Nothing is changed by adopting; the next plan is about the difference only."""
    want = template("everything")
    bench.apply(want, experimental=True)
    forget_everything(bench)
    bench.client.lists.update(bench.control.list_id("Releases"), markdown="Ours.")

    adopt.adopt(bench.plan(want), bench.session(), bench.journal)

    plan = bench.plan(want)
    assert open_work(plan) == {"update": 1}
    (step,) = plan.work
    assert step.changes == {"description": ("Ours.", "One task for each version of **ranker**.")}
    bench.apply(want)
    assert open_work(bench.plan(want)) == {}


def test_after_adopting_a_rename_is_seen_as_one(bench: Workbench) -> None:
    """Not as a list that is gone and one that nobody knows."""
    want = template("everything")
    bench.apply(want, experimental=True)
    forget_everything(bench)
    adopt.adopt(bench.plan(want), bench.session(), bench.journal)
    bench.client.lists.update(bench.control.list_id("Releases"), name="Shipped")

    (step,) = bench.plan(want).work

    assert (step.operation, step.changes) == ("update", {"name": ("Shipped", "Releases")})
    bench.apply(want)
    assert bench.control.list_id("Releases")


def test_people_s_own_things_are_never_touched(bench: Workbench) -> None:
    """Lists, views, fields and tasks that the template does not name stay as they are."""
    want = template("everything")
    bench.apply(want, experimental=True)
    control, client = bench.control, bench.client
    client.lists.create("Ours", space_id=control.space_id("ML"))
    client.views.create("list", control.list_id("Releases"), "Mine")
    control.ui_actions.create_field("Releases", "Owner", "users")
    client.tasks.create(control.list_id("Releases"), "Urgent fix")
    before = state(bench)

    bench.apply(want)

    assert state(bench) == before


def test_two_workspaces_do_not_know_each_other(bench: Workbench) -> None:
    """What is remembered is remembered of one workspace."""
    bench.apply(template("everything"), experimental=True)

    assert Journal(bench.store.table(Provisions), "other", bench.now_ms).remembered() == {}
