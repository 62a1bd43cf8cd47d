"""A live space becomes a template that wants exactly what is there."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.errors import InputError
from clickup_mlops.features.provisioning.apply import adopt
from clickup_mlops.features.provisioning.live.export import export
from clickup_mlops.features.provisioning.template import desired, load
from clickup_mlops.features.provisioning.tree import Node, Tree
from tests.features.provisioning.workbench import (
    SHIPPED,
    Workbench,
    open_work,
    state,
    template,
    workbench,
)

NAMES = sorted(path.stem for path in SHIPPED.glob("*.toml"))
EVERYTHING = template("everything")


def exported(bench: Workbench, name: str, folder: Path, *, tasks: bool = False) -> Tree:
    """The exported template, loaded."""
    remembered = bench.journal.remembered()
    text = export(bench.client, bench.sandbox.team_id, name, tasks=tasks, remembered=remembered)
    (folder / "exported.toml").write_text(text, encoding="utf-8")
    return desired.tree(load.load(folder, "exported"))


def space_of(want: Tree) -> str:
    return next(iter(want))[0][1]


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_template_comes_back(bench: Workbench, tmp_path: Path, name: str) -> None:
    """Applied, exported, loaded, planned: nothing to do, nothing written, and nothing lost."""
    want = template(name, SHIPPED)
    bench.apply(want, experimental=True)
    writes = bench.writes()

    again = exported(bench, space_of(want), tmp_path, tasks=True)

    plan = bench.plan(again)
    assert {step.operation for step in plan.steps} <= {"keep", "adopt"}
    adopt.adopt(plan, bench.session(), bench.journal)
    assert bench.plan(again).work == ()
    assert bench.writes() == writes
    output = {path: node for path, node in want.items() if node.kind not in UNSEEN}
    assert set(output) <= set(again)
    for path, node in output.items():
        message = {name: again[path].attributes.get(name) for name in attributes_of(node)}
        assert message == attributes_of(node), path


UNSEEN = ("automation", "dashboard", "form", "status", "policy")
"""No call shows these, a person has yet to make them, or only the bot knows them."""
UNTOLD = ("unit", "description", "color", "template", "private", "status")
"""Attributes that ClickUp does not keep, or a person has yet to make possible."""


def attributes_of(node: Node) -> dict[str, Any]:
    """What a template says of an object, in one spelling."""
    existing = {name: value for name, value in node.attributes.items() if name not in UNTOLD}
    if node.kind == "field":
        existing.pop("precision", None)
    return {name: value for name, value in existing.items() if value not in ([], {}, None)}


def test_what_is_exported_builds_the_same_space_elsewhere(bench: Workbench, tmp_path: Path) -> None:
    """With its tasks, in an empty workspace."""
    bench.apply(EVERYTHING, experimental=True)
    again = exported(bench, "ml", tmp_path, tasks=True)

    with workbench(tmp_path) as second:
        second.apply(again, experimental=True)
        copy, original = state(second), state(bench)

    assert copy["channels"] == original["channels"]
    assert copy["spaces"] == original["spaces"]
    assert copy["docs"] == original["docs"]


def test_a_subtask_whose_parent_is_done_is_not_lost(bench: Workbench, tmp_path: Path) -> None:
    """It stands by itself then."""
    list_id = bench.control.list_id("Tasks")
    parent = bench.client.tasks.create(list_id, "Done")
    bench.client.tasks.create(list_id, "Left over", parent_id=parent.id)
    bench.client.tasks.update(parent.id, status="complete")

    again = exported(bench, "Team", tmp_path, tasks=True)

    assert {path[-1][1] for path in again if path[-1][0] == "task"} == {"Left over"}


def test_tasks_are_in_the_order_in_which_they_were_made(bench: Workbench, tmp_path: Path) -> None:
    """ClickUp lists the newest first. Of two with one name the first is told."""
    list_id = bench.control.list_id("Tasks")
    for number, name in enumerate(["Train", "Release", "release", "Deploy"]):
        bench.client.tasks.create(list_id, name, markdown=str(number))
        bench.wait(1)

    again = exported(bench, "Team", tmp_path, tasks=True)

    tasks = [node for path, node in again.items() if path[-1][0] == "task"]
    assert [(task.name, task.attributes["description"]) for task in tasks] == [
        ("Train", "0"),
        ("Release", "1"),
        ("Deploy", "3"),
    ]


def test_a_hand_made_space_comes_back(bench: Workbench, tmp_path: Path) -> None:
    """The sandbox's own, with what a template has no words for: twins, odd views, `${...}`."""
    client, control = bench.client, bench.control
    list_id = control.list_id("Tasks")
    client.lists.update(list_id, markdown="Costs ${amount}.")
    client.chat.location_channel(bench.sandbox.team_id, "list", list_id)
    client.views.create("list", list_id, "Map", "map")
    client.views.create("list", list_id, "Twin", "board")
    client.views.create("list", list_id, "twin", "list")
    again = exported(bench, "Team", tmp_path)

    assert open_work(bench.plan(again)) == {"adopt": len(again)}
    assert ("view", "Map") not in {path[-1] for path in again}
    assert ("channel", "Tasks") in {path[-1] for path in again}


def test_an_unknown_space_names_those_that_are_there(bench: Workbench) -> None:
    """A typing mistake is easily corrected."""
    with pytest.raises(InputError, match='no space "Taem"') as refused:
        export(bench.client, bench.sandbox.team_id, "Taem")
    assert '"Team"' in refused.value.hint


def test_the_policy_of_a_space_comes_too(bench: Workbench, tmp_path: Path) -> None:
    """What templates said about its tasks."""
    want = template("realtime_inference", SHIPPED)
    bench.apply(want, experimental=True)

    text = export(
        bench.client,
        bench.sandbox.team_id,
        space_of(want),
        policies=bench.store.space_policies.of,
    )

    (tmp_path / "exported.toml").write_text(text, encoding="utf-8")
    (policy,) = (policy for policy in want.values() if policy.kind == "policy")
    again = load.load(tmp_path, "exported").policy
    tables = ("strategy", "routing", "slo", "metrics", "enable")
    assert {name: policy.attributes[name] for name in tables} == again


def test_an_exported_policy_is_not_applied_a_second_time(bench: Workbench, tmp_path: Path) -> None:
    """Whatever the name of its file is: of one template, and of several in one Space."""
    for folder in ("chat", "search"):
        bench.apply(template("llm_serving", SHIPPED, endpoint=folder), experimental=True)
        want = again(bench, tmp_path, "ML Platform")
        assert bench.plan(want).counts["create"] == 0
    lists = load.load(tmp_path, "again").policy["routing"]["lists"]
    assert {"chat models", "search models"} <= set(lists)

    changed = {
        path: replace(node, attributes={**node.attributes, "routing": {"unclear": "data"}})
        if node.kind == "policy"
        else node
        for path, node in want.items()
    }
    created = [step.path[-1] for step in bench.plan(changed).steps if step.operation == "create"]
    assert created == [("policy", "again: chat LLM, search LLM")]


def again(bench: Workbench, folder: Path, space: str) -> Tree:
    """The Space as a template of another name, with what was said about its tasks."""
    text = export(
        bench.client,
        bench.sandbox.team_id,
        space,
        remembered=bench.journal.remembered(),
        policies=bench.store.space_policies.of,
    )
    (folder / "again.toml").write_text(text, encoding="utf-8")
    return desired.tree(load.load(folder, "again"))


def test_what_is_left_out_is_reported(bench: Workbench) -> None:
    """Of two tasks or channels with one name a template can only mean one."""
    bench.apply(EVERYTHING, experimental=True)
    bench.client.tasks.create(bench.control.list_id("Releases"), "Release")
    message: list[str] = []

    export(bench.client, bench.sandbox.team_id, "ML", tasks=True, report=message.append)

    (line,) = message
    assert 'a second task "release" in list "ML / ranker / Releases" is left out' in line


def test_a_space_whose_checklist_is_open_can_be_exported(bench: Workbench, tmp_path: Path) -> None:
    """What names a status or field that a person has still to make is left out, and reported."""
    want = template("realtime_inference", SHIPPED, service="ranker")
    space = bench.client.spaces.create(bench.sandbox.team_id, "ML Platform")
    result = (("to do", "open"), ("in progress", "custom"), ("complete", "closed"))
    bench.control.ui_actions.set_statuses(
        space.name, [{"status": name, "type": kind} for name, kind in result]
    )
    bench.control.world.field_creation = "off"
    bench.apply(want)
    message: list[str] = []

    text = export(
        bench.client,
        bench.sandbox.team_id,
        space.name,
        policies=bench.store.space_policies.of,
        report=message.append,
    )

    (tmp_path / "exported.toml").write_text(text, encoding="utf-8")
    again = load.load(tmp_path, "exported")
    assert again.routing.lists
    assert any('there is no status "live"' in line for line in message)
    assert any(line.startswith("metrics.") for line in message)


def test_a_colour_that_a_template_cannot_say_is_left_out(bench: Workbench, tmp_path: Path) -> None:
    """The file that is written can be read."""
    bench.apply(EVERYTHING, experimental=True)
    with bench.world.change():
        space = next(space for space in bench.world.spaces if space.name == "ML")
        space.color = "purple"
        space.tags["gpu"]["tag_fg"] = ""
        bench.world.spaces.put(space)

    again = exported(bench, "ML", tmp_path)

    assert again[(("space", "ML"),)].attributes.get("color") is None
