"""Applying a plan on a live workspace over real HTTP."""

import pytest

from clickup_mlops.errors import InputError, UnsafePlan
from clickup_mlops.provision import apply as applying
from clickup_mlops.provision.plan import Plan
from tests.provision.workbench import SHIPPED, Workbench, open_work, state, template

EVERYTHING = template("everything")
NAMES = sorted(path.stem for path in SHIPPED.glob("*.toml"))


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_template_is_applied_once(bench: Workbench, name: str) -> None:
    """On an empty workspace: as many calls as planned, then nothing is left and nothing written."""
    want = template(name, SHIPPED)
    plan = bench.plan(want, experimental=True)
    before = bench.client.calls

    applying.apply(plan, bench.site(), bench.journal)
    assert bench.client.calls - before == plan.calls

    writes = bench.writes()
    assert open_work(bench.plan(want, experimental=True)) == {}
    bench.apply(want, experimental=True)
    assert bench.writes() == writes


def test_every_kind_arrives_as_wanted(bench: Workbench) -> None:
    """Texts, colours, fields, views, checklists, dependencies, pages."""
    bench.apply(EVERYTHING, experimental=True)

    shown = state(bench)
    (space,) = [one for one in shown["spaces"] if one["name"] == "ML"]
    releases = next(one for one in space["lists"] if one["name"] == "Releases")
    release = next(one for one in releases["tasks"] if one["name"] == "Release")
    assert (space["color"], space["tags"]) == ("#5b4fe9", ["gpu", "inference"])
    assert releases["content"] == "One task for each version of **ranker**."
    assert releases["fields"] == [("P99 latency ms", "number"), ("Risk", "labels")]
    assert release["checklists"] == [("Gate", ["Load test", "Shadow"]), ("After", ["Watch"])]
    assert release["waits for"] == ["Prepare"]
    assert release["values"] == ["Cluster", "P99 latency ms"]
    assert release["dated"] == (True, False)
    (doc,) = shown["docs"]
    assert doc["pages"] == [
        ("Numbers", "All of them.", "Runbook"),
        ("Runbook", "# Runbook\n\nRoll back first.", None),
    ]
    assert shown["channels"] == ["ml intake"]
    assert shown["webhooks"] == ["https://bot.example.org/hooks"]


def test_a_plan_from_a_file_is_the_same_plan(bench: Workbench) -> None:
    """Written as JSON and read back it does the same."""
    plan = Plan.from_dict(bench.plan(EVERYTHING, experimental=True).to_dict())

    applied = applying.apply(plan, bench.site(), bench.journal)

    assert applied.calls == plan.calls
    assert open_work(bench.plan(EVERYTHING, experimental=True)) == {}


def test_it_refuses_a_workspace_that_moved(bench: Workbench) -> None:
    """A plan is for what was there when it was made."""
    bench.apply(EVERYTHING, experimental=True)
    plan = bench.plan(EVERYTHING)
    applying.refuse_if_moved(plan, bench.plan(EVERYTHING))

    bench.client.lists.update(bench.control.list_id("Releases"), name="Shipped")

    with pytest.raises(InputError, match="changed since"):
        applying.refuse_if_moved(plan, bench.plan(EVERYTHING))


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
        applying.apply(plan, bench.site(), bench.journal, allowed=changed - 1)
    assert bench.writes() == writes
    assert f"--allow {changed}" in refused.value.hint
    applying.apply(plan, bench.site(), bench.journal, allowed=changed)
    assert open_work(bench.plan(EVERYTHING)) == {}


def test_a_refused_field_becomes_manual_and_the_rest_goes_on(bench: Workbench) -> None:
    """ClickUp may close the undocumented call any day."""
    bench.world.field_creation = "forbidden"

    applied = bench.apply(EVERYTHING, experimental=True)

    assert {step.path[-1][1] for step in applied.manual} == {"Cluster", "P99 latency ms", "Risk"}
    assert "ml intake" in state(bench)["channels"]
    assert bench.journal.rows.interrupted(bench.sandbox.team_id) == []


def test_progress_is_told_before_each_step(bench: Workbench) -> None:
    """From none done to all but one done."""
    told: list[tuple[int, int]] = []
    plan = bench.plan(EVERYTHING, experimental=True)

    applying.apply(
        plan,
        bench.site(),
        bench.journal,
        progress=lambda _step, done, total: told.append((done, total)),
    )

    assert told == [(n, len(plan.work)) for n in range(len(plan.work))]
