"""What a template says about its tasks is planned, applied, changed and undone like all else."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from clickup_mlops.features.provisioning.apply import adopt, run
from clickup_mlops.features.provisioning.plan import upgrade
from clickup_mlops.features.provisioning.plan.model import Plan, Step
from clickup_mlops.features.provisioning.template.instance import NOWHERE
from clickup_mlops.features.provisioning.tree import Tree
from tests.features.provisioning.workbench import Workbench, template

TWICE = """
summary = "One of several services in a Space."
strategy = "latency first"
[parameters.service]
description = "Its name."
[routing]
unclear = "inference"
[routing.lists]
"${service} releases" = "inference"
[space]
name = "ML"
[[space.folder]]
name = "${service}"
[[space.folder.list]]
name = "${service} releases"
"""


def policies(plan: Plan) -> list[Step]:
    return [step for step in plan.steps if step.path[-1][0] == "policy"]


def policy_of(bench: Workbench, space: str = "ML") -> Mapping[str, Any]:
    """What is kept of a Space's templates, by name."""
    stored = bench.store.space_policies.of(bench.control.space_id(space))
    return {space_policy.name: space_policy.routing for space_policy in stored}


def changed(want: Tree, **tables: Any) -> Tree:
    """The template with other tables; without any it has no policy."""
    return {
        path: replace(node, attributes={**node.attributes, **tables})
        if node.kind == "policy"
        else node
        for path, node in want.items()
        if tables or node.kind != "policy"
    }


def upgraded(bench: Workbench, want: Tree) -> upgrade.Upgrade:
    """What an upgrade to this would do."""
    journal = bench.journal
    return upgrade.upgrade(bench.plan(want), journal.remembered(), journal.named("case", NOWHERE))


def test_two_uses_of_a_template_in_a_space_keep_their_own(bench: Workbench, tmp_path: Path) -> None:
    """Told apart by their Folders, whose ids are kept."""
    (tmp_path / "service.toml").write_text(TWICE, encoding="utf-8")
    for name in ("ranker", "search"):
        bench.apply(template("service", tmp_path, service=name))

    stored = bench.store.space_policies.of(bench.control.space_id("ML"))
    assert [(space_policy.name, space_policy.template) for space_policy in stored] == [
        ("service: ranker", "service"),
        ("service: search", "service"),
    ]
    assert [space_policy.folders for space_policy in stored] == [
        (bench.control.folder_id("ranker"),),
        (bench.control.folder_id("search"),),
    ]


def test_a_policy_costs_no_call_and_is_applied_once(bench: Workbench, tmp_path: Path) -> None:
    """Afterwards it is as wanted."""
    (tmp_path / "service.toml").write_text(TWICE, encoding="utf-8")
    want = template("service", tmp_path, service="ranker")
    assert [step.calls for step in policies(bench.plan(want))] == [0]
    assert bench.apply(want).calls == 3  # Space, Folder, List

    assert [step.operation for step in policies(bench.plan(want))] == ["keep"]
    again = changed(want, routing={"unclear": "data"})
    (step,) = policies(bench.plan(again))
    assert (step.operation, step.calls, list(step.changes)) == ("update", 0, ["routing"])
    writes = bench.writes()
    bench.apply(again)
    assert (bench.writes(), policy_of(bench)) == (writes, {"service: ranker": {"unclear": "data"}})


def test_adopting_a_space_takes_the_policy_and_writes_nothing(
    bench: Workbench, tmp_path: Path
) -> None:
    """The Space was made by hand."""
    (tmp_path / "service.toml").write_text(TWICE, encoding="utf-8")
    want = template("service", tmp_path, service="ranker")
    space = bench.client.spaces.create(bench.sandbox.team_id, "ML")
    bench.client.folders.create(space.id, "ranker")
    writes = bench.writes()

    adopt.adopt(bench.plan(want), bench.session(), bench.journal)

    assert bench.writes() == writes
    assert list(policy_of(bench)) == ["service: ranker"]


def test_adopting_a_space_that_is_not_there_remembers_nothing(
    bench: Workbench, tmp_path: Path
) -> None:
    """Its policy has no place; the template can still be applied."""
    (tmp_path / "service.toml").write_text(TWICE, encoding="utf-8")
    want = template("service", tmp_path, service="ranker")

    adopted = adopt.adopt(bench.plan(want), bench.session(), bench.journal)

    assert (adopted.done, bench.journal.remembered()) == ([], {})
    bench.apply(want)
    assert list(policy_of(bench)) == ["service: ranker"]


def test_an_upgrade_empties_what_no_template_says_any_more(
    bench: Workbench, tmp_path: Path
) -> None:
    """Shown in the plan, and journalled like every change."""
    (tmp_path / "service.toml").write_text(TWICE, encoding="utf-8")
    want = template("service", tmp_path, service="ranker")
    bench.apply(want)

    result = upgraded(bench, changed(want))
    assert [step.operation for step in policies(result.plan)] == ["update"]
    assert result.unnamed == ()
    run.apply(result.plan, bench.session(), bench.journal, max_changes=9)
    assert policy_of(bench) == {"service: ranker": {}}

    again = upgraded(bench, changed(want))
    assert policies(again.plan) == []
