"""A new version of a template on a space that people work in."""

from dataclasses import replace
from typing import Any

import pytest

from clickup_mlops.features.provisioning.apply import run
from clickup_mlops.features.provisioning.plan.upgrade import Side, Upgrade, upgrade
from clickup_mlops.features.provisioning.template.instance import NOWHERE
from clickup_mlops.features.provisioning.tree import Tree
from tests.features.provisioning.workbench import Workbench, open_work, state, template

OLD = template("everything")
RELEASES = (("space", "ML"), ("folder", "ranker"), ("list", "Releases"))


def version_2(**changes: Any) -> Tree:
    """The template with another text for the list."""
    node = replace(OLD[RELEASES], attributes={"description": "Second version."} | changes)
    return {**OLD, RELEASES: node}


def looked(bench: Workbench, want: Tree, prefer: Side = "people") -> Upgrade:
    journal = bench.journal
    named = journal.named("case", NOWHERE)
    return upgrade(bench.plan(want), journal.remembered(), named, prefer=prefer)


def upgraded(bench: Workbench, want: Tree, prefer: Side = "people") -> Upgrade:
    result = looked(bench, want, prefer)
    run.apply(result.plan, bench.session(), bench.journal)
    bench.journal.accept(result.plan)
    bench.journal.forget(result.unnamed)
    return result


def content(bench: Workbench) -> str:
    return str(bench.client.lists.get(bench.control.list_id("Releases")).content)


def people_write(bench: Workbench, text: str) -> None:
    bench.client.lists.update(bench.control.list_id("Releases"), markdown=text)


@pytest.fixture(autouse=True)
def _applied(bench: Workbench) -> None:
    bench.apply(OLD, experimental=True)


def test_what_only_the_template_changed_is_changed(bench: Workbench) -> None:
    """And nothing else."""
    result = upgraded(bench, version_2())

    assert (result.theirs, result.unnamed) == ((), ())
    assert content(bench) == "Second version."
    assert open_work(looked(bench, version_2()).plan) == {}


def test_what_only_people_changed_stays_theirs(bench: Workbench) -> None:
    """Texts and names, now and at the next upgrade."""
    people_write(bench, "Theirs.")
    bench.client.folders.rename(bench.control.folder_id("ranker"), "Rankers")
    theirs = state(bench)

    for _ in range(2):
        result = upgraded(bench, OLD)
        assert {(their.attribute, their.conflict) for their in result.theirs} == {
            ("description", False),
            ("name", False),
        }
    assert state(bench) == theirs


@pytest.mark.parametrize(
    ("prefer", "text"), [("people", "Theirs."), ("template", "Second version.")]
)
def test_what_both_changed_is_a_conflict(bench: Workbench, prefer: Side, text: str) -> None:
    """People win unless the template is preferred; decided once."""
    people_write(bench, "Theirs.")

    result = upgraded(bench, version_2(), prefer)

    (conflict,) = result.conflicts
    assert (conflict.found, conflict.wanted) == ("Theirs.", "Second version.")
    assert content(bench) == text
    assert looked(bench, version_2()).conflicts == ()


def test_what_is_no_longer_named_is_left_alone(bench: Workbench) -> None:
    """Listed once, never deleted."""
    smaller = {path: node for path, node in OLD.items() if path[-1][0] != "view"}

    result = upgraded(bench, smaller)

    assert [path[-1] for path in result.unnamed] == [("view", "SLO")]
    assert len(list(bench.world.views)) == 1
    assert looked(bench, smaller).unnamed == ()


def test_a_name_that_people_gave_to_something_else_is_a_problem_beforehand(
    bench: Workbench,
) -> None:
    """ClickUp would refuse the new List half-way."""
    bench.client.lists.update(bench.control.list_id("Releases"), name="Incidents ")
    path = (*RELEASES[:-1], ("list", "incidents"))
    bigger = {**OLD, path: replace(OLD[RELEASES], path=path, attributes={})}

    (problem,) = looked(bench, bigger).plan.problems

    assert problem.what == (
        'list "ML / ranker / incidents" cannot be created: people gave this name to '
        'list "ML / ranker / Releases"'
    )
    assert looked(bench, OLD).plan.problems == ()


def test_what_is_new_comes(bench: Workbench) -> None:
    """One more task."""
    path = (*RELEASES, ("task", "Retire the old version"))
    bigger = {**OLD, path: replace(OLD[RELEASES], path=path, attributes={})}

    upgraded(bench, bigger)

    assert bench.control.find("Retire the old version")
