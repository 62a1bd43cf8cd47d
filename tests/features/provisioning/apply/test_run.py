"""Applying a plan on a live workspace over real HTTP."""

from pathlib import Path

import pytest

from clickup_mlops.errors import InputError, UnsafePlan
from clickup_mlops.features.provisioning.apply import run as applying
from clickup_mlops.features.provisioning.plan.model import Plan
from clickup_mlops.features.provisioning.plan.staleness import refuse_if_stale
from tests.features.provisioning.workbench import (
    CASES,
    SHIPPED,
    Workbench,
    open_work,
    state,
    template,
)

EVERYTHING = template("everything")
FIELDS = {"Cluster", "P99 latency ms", "Risk"}
NAMES = sorted(path.stem for path in SHIPPED.glob("*.toml"))


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_template_is_applied_once(bench: Workbench, name: str) -> None:
    """On an empty workspace: as many calls as planned, then nothing is left and nothing written."""
    want = template(name, SHIPPED)
    plan = bench.plan(want, experimental=True)
    before = bench.client.calls

    applying.apply(plan, bench.session(), bench.journal)
    assert bench.client.calls - before == plan.calls

    writes = bench.writes()
    assert open_work(bench.plan(want, experimental=True)) == {}
    bench.apply(want, experimental=True)
    assert bench.writes() == writes


def test_every_kind_arrives_as_wanted(bench: Workbench) -> None:
    """Texts, colours, fields, views, checklists, dependencies, pages."""
    bench.apply(EVERYTHING, experimental=True)

    output = state(bench)
    (space,) = [entry for entry in output["spaces"] if entry["name"] == "ML"]
    releases = next(task_list for task_list in space["lists"] if task_list["name"] == "Releases")
    release = next(task for task in releases["tasks"] if task["name"] == "Release")
    assert (space["color"], space["tags"]) == ("#5b4fe9", ["gpu", "inference"])
    assert releases["content"] == "One task for each version of **ranker**."
    assert releases["fields"] == [("P99 latency ms", "number"), ("Risk", "labels")]
    assert release["checklists"] == [("Gate", ["Load test", "Shadow"]), ("After", ["Watch"])]
    assert release["waits for"] == ["Prepare"]
    assert release["values"] == ["Cluster", "P99 latency ms"]
    assert release["dated"] == (True, False)
    (doc,) = output["docs"]
    assert doc["pages"] == [
        ("Numbers", "All of them.", "Runbook"),
        ("Runbook", "# Runbook\n\nRoll back first.", None),
    ]
    assert output["channels"] == ["ml intake"]
    assert output["webhooks"] == ["https://bot.example.org/hooks"]


def test_a_plan_from_a_file_is_the_same_plan(bench: Workbench) -> None:
    """Written as JSON and read back it does the same."""
    plan = Plan.from_dict(bench.plan(EVERYTHING, experimental=True).to_dict())

    applied = applying.apply(plan, bench.session(), bench.journal)

    assert applied.calls == plan.calls
    assert open_work(bench.plan(EVERYTHING, experimental=True)) == {}


def test_it_refuses_a_workspace_that_moved(bench: Workbench) -> None:
    """A plan is for what was there when it was made; what changed is named."""
    bench.apply(EVERYTHING, experimental=True)
    control, client = bench.control, bench.client
    plan = bench.plan(EVERYTHING)
    refuse_if_stale(plan, bench.plan(EVERYTHING))

    archive = client.folders.create(control.space_id("ML"), "Archive")
    control.ui_actions.move_list("Releases", archive.id)
    client.lists.update(control.list_id("Intake"), name="Inbox")
    control.ui_actions.change_field("Cluster", options=["eu"])
    client.tasks.delete(control.find("Prepare").id)

    with pytest.raises(InputError, match="changed since this plan was made") as refused:
        refuse_if_stale(plan, bench.plan(EVERYTHING))
    message = str(refused.value)
    assert 'field "ML / Cluster" has another options: ["eu"], was ["eu", "us"]' in message
    assert 'list "ML / ranker / Releases" was moved from "ML / ranker" to "ML / Archive"' in message
    assert 'list "ML / Intake" was renamed to "Inbox"' in message
    assert 'task "ML / ranker / Releases / Prepare" was deleted' in message


def test_values_that_change_all_day_do_not_move_a_workspace(bench: Workbench) -> None:
    """Metrics are written every few minutes; a plan is not about them."""
    bench.apply(EVERYTHING, experimental=True)
    plan = bench.plan(EVERYTHING)
    task = bench.client.tasks.get(bench.control.find("Release").id)

    bench.client.fields.set_named(task, "P99 latency ms", 7)

    refuse_if_stale(plan, bench.plan(EVERYTHING))


def test_a_wide_change_needs_its_number(bench: Workbench) -> None:
    """More than 30 % of ten or more existing objects: stopped before the first write."""
    bench.apply(EVERYTHING, experimental=True)
    control = bench.control
    for name in ("Releases", "Intake"):
        bench.client.lists.update(control.list_id(name), name=f"{name} old")
    bench.client.folders.rename(control.folder_id("ranker"), "old")
    space_id = control.space_id("ML")
    bench.client.spaces.update(space_id, color="#000000")
    bench.client.tags.update(space_id, "inference", foreground="#000000")
    (hook,) = bench.client.webhooks.list(bench.sandbox.team_id)
    bench.client.webhooks.update(hook.id, hook.endpoint, ["taskUpdated"])
    plan = bench.plan(EVERYTHING)
    changed = open_work(plan)["update"]
    existing = sum(step.have is not None for step in plan.steps)
    writes = bench.writes()
    assert changed > 0.3 * existing >= 3
    with pytest.raises(UnsafePlan, match=f"{changed} of {existing}") as refused:
        applying.apply(plan, bench.session(), bench.journal, max_changes=changed - 1)
    assert bench.writes() == writes
    assert f"--allow {changed}" in refused.value.hint
    applying.apply(plan, bench.session(), bench.journal, max_changes=changed)
    assert open_work(bench.plan(EVERYTHING)) == {}


def test_a_refused_field_becomes_manual_and_the_rest_goes_on(bench: Workbench) -> None:
    """ClickUp may close the undocumented call any day: asked once for each level, then no more."""
    bench.world.field_creation = "forbidden"
    requests = tries(bench)

    applied = bench.apply(EVERYTHING, experimental=True)

    assert {step.path[-1][1] for step in applied.refused} == FIELDS
    assert applied.manual == applied.refused
    assert {step.calls for step in applied.refused} == {0}
    assert {step.why for step in applied.refused} == {
        "the undocumented call is refused: the token's user may not create fields through the API"
    }
    assert tries(bench) - requests == 2  # Space and List
    assert "ml intake" in state(bench)["channels"]
    assert bench.journal.rows.interrupted(bench.sandbox.team_id) == []


def test_a_refusal_is_remembered_until_somebody_asks_again(bench: Workbench) -> None:
    """The next plan says so and costs no call; `--retry` tries once more."""
    bench.world.field_creation = "forbidden"
    bench.apply(EVERYTHING, experimental=True)
    requests = tries(bench)
    bench.world.field_creation = "on"

    plan = bench.plan(EVERYTHING, experimental=True)
    bench.apply(EVERYTHING, experimental=True)

    assert {step.path[-1][1] for step in plan.work if step.operation == "manual"} == FIELDS
    assert all("was refused before" in step.why for step in plan.work)
    assert tries(bench) == requests
    bench.apply(EVERYTHING, experimental=True, retry=True)
    assert open_work(bench.plan(EVERYTHING)) == {}
    assert bench.journal.known().refused == {}


def test_values_follow_as_soon_as_their_fields_are_there(bench: Workbench) -> None:
    """A task is made without them; the plan says what it lacks and then what it gets."""
    bench.apply(EVERYTHING)
    steps = next(step for step in bench.plan(EVERYTHING).steps if step.path[-1][1] == "Release")
    assert "its values of" in steps.why
    assert values(bench) == []
    by_hand = bench.control.ui_actions
    by_hand.create_field("ML", "Cluster", "drop_down", ["eu", "us"])
    by_hand.create_field("Releases", "P99 latency ms", "number")

    plan = bench.plan(EVERYTHING)
    due = next(step for step in plan.work if step.path[-1][1] == "Release")
    applied = applying.apply(plan, bench.session(), bench.journal)

    assert due.changes == {
        "value of P99 latency ms": (None, 120),
        "value of Cluster": (None, "eu"),
    }
    assert applied.calls == plan.calls
    assert values(bench) == ["Cluster", "P99 latency ms"]
    assert open_work(bench.plan(EVERYTHING)) == {}


def test_values_follow_though_their_fields_were_refused_in_the_middle(bench: Workbench) -> None:
    """The plan had counted on them: what the task was made without is remembered all the same."""
    bench.world.field_creation = "forbidden"
    bench.apply(EVERYTHING, experimental=True)
    assert values(bench) == []
    by_hand = bench.control.ui_actions
    by_hand.create_field("ML", "Cluster", "drop_down", ["eu", "us"])
    by_hand.create_field("Releases", "P99 latency ms", "number")

    bench.apply(EVERYTHING, experimental=True)

    assert values(bench) == ["Cluster", "P99 latency ms"]


def test_a_status_that_is_not_there_yet_is_told(bench: Workbench, tmp_path: Path) -> None:
    """The task begins in the first one, and the plan says so."""
    text = (CASES / "everything.toml").read_text()
    text = text.replace('name = "Prepare"', 'name = "Prepare"\nstatus = "shadow"')
    text = text.replace(
        'name = "Releases"',
        'name = "Releases"\nstatus = [{ name = "shadow" }, { name = "gone", type = "closed" }]',
    )
    (tmp_path / "more.toml").write_text(text)

    plan = bench.plan(template("more", tmp_path))

    prepare = next(step for step in plan.steps if step.path[-1][1] == "Prepare")
    assert 'starts in the first status: "shadow" does not exist yet' in prepare.why
    applying.apply(plan, bench.session(), bench.journal)
    task = bench.client.tasks.get(bench.control.find("Prepare").id)
    assert task.status.kind == "open"


def test_a_value_that_somebody_set_meanwhile_stays(bench: Workbench) -> None:
    """The first who sets it wins."""
    bench.apply(EVERYTHING)
    field = bench.control.ui_actions.create_field("ML", "Cluster", "drop_down", ["eu", "us"])
    task = bench.client.tasks.get(bench.control.find("Release").id)
    bench.client.fields.set_named(task, "Cluster", "us")

    bench.apply(EVERYTHING)
    assert bench.client.tasks.get(task.id).field("Cluster") == "us"
    assert field.name == "Cluster"


def test_what_people_made_gets_no_values(bench: Workbench) -> None:
    """A task that was adopted is theirs."""
    bench.apply({path: node for path, node in EVERYTHING.items() if node.kind != "field"})
    bench.journal.forget(list(bench.journal.remembered()))
    bench.apply(EVERYTHING)
    bench.control.ui_actions.create_field("ML", "Cluster", "drop_down", ["eu", "us"])

    assert [s for s in bench.plan(EVERYTHING).work if s.path[-1][1] == "Release"] == []


def tries(bench: Workbench) -> int:
    """How often the undocumented call was tried."""
    calls = bench.control.stats.to_dict()["calls"]
    attempts = [
        call for call in calls if call["method"] == "POST" and call["route"].endswith("/field")
    ]
    return sum(entry["count"] for entry in attempts)


def values(bench: Workbench) -> list[str]:
    """The fields of the task "Release" that have a value."""
    task = bench.client.tasks.get(bench.control.find("Release").id)
    return sorted(field.name for field in task.fields if field.value is not None)


def test_progress_is_told_before_each_step(bench: Workbench) -> None:
    """From none done to all but one done."""
    message: list[tuple[int, int]] = []
    plan = bench.plan(EVERYTHING, experimental=True)

    applying.apply(
        plan,
        bench.session(),
        bench.journal,
        progress=lambda _step, value, total: message.append((value, total)),
    )

    assert message == [(n, len(plan.work)) for n in range(len(plan.work))]
