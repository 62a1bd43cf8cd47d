"""What would stop an apply half-way is found before the first write, with its remedy."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from clickup_mlops.features.provisioning.plan import render
from clickup_mlops.features.provisioning.plan.model import Plan
from clickup_mlops.features.provisioning.plan.preflight import Blocked, Facts, problems
from tests.features.provisioning.workbench import Workbench, state, template, workbench

WANT = template("everything")


def blocked(bench: Workbench) -> Blocked:
    """Looking stops; nothing was written."""
    writes = bench.writes()
    with pytest.raises(Blocked) as stopped:
        bench.apply(WANT, experimental=True)
    assert bench.writes() == writes
    return stopped.value


@pytest.fixture
def free(tmp_path: Path) -> Iterator[Workbench]:
    with workbench(tmp_path, plan="Free") as created:
        yield created


def test_a_member_of_a_paid_plan_passes(bench: Workbench) -> None:
    """For a first apply, and for one on what is there."""
    for _ in range(2):
        assert bench.plan(WANT, experimental=True).problems == ()
        bench.apply(WANT, experimental=True)


def test_a_guest_is_stopped(bench: Workbench) -> None:
    """Guests can make no places."""
    bench.control.ui_actions.set_role(bench.control.members[0].id, "guest")

    result = blocked(bench)

    assert "is a guest" in str(result)
    assert "token of a member" in result.hint


def test_a_read_only_token_is_stopped(bench: Workbench) -> None:
    """Seen from the places that are there already."""
    bench.apply({path: node for path, node in WANT.items() if path[-1][0] != "view"})
    bench.control.ui_actions.set_role(bench.control.members[0].id, "member", read_only=True)

    result = blocked(bench)

    assert 'may only read list "ML / ranker / Releases"' in str(result)
    assert "Sharing & Permissions" in result.hint


def test_a_read_only_token_is_stopped_by_its_first_write(bench: Workbench) -> None:
    """Where nothing is there yet, no call tells it: nothing is half-made, and it is explained."""
    bench.control.ui_actions.set_role(bench.control.members[0].id, "member", read_only=True)
    before = state(bench)

    with pytest.raises(Blocked, match='may not create space "ML"; nothing was written') as stopped:
        bench.apply(WANT)

    assert "view-only" in stopped.value.hint
    assert state(bench) == before
    assert bench.journal.rows.interrupted(bench.sandbox.team_id) == []


def test_a_plan_shows_what_stands_in_its_way(bench: Workbench) -> None:
    """Before anybody tries to apply it; and a plan that is kept keeps it."""
    space = bench.client.spaces.create(bench.sandbox.team_id, "ML")
    bench.client.spaces.update(space.id, features={"tags": {"enabled": False}})

    plan = Plan.from_dict(bench.plan(WANT).to_dict())

    assert 'x the ClickApp "Tags" is off in space "ML". Enable it' in render.text(plan)


@pytest.mark.parametrize(
    ("app", "title"), [("tags", "Tags"), ("checklists", "Checklists"), ("custom_fields", "Custom")]
)
def test_a_missing_clickapp_is_named(bench: Workbench, app: str, title: str) -> None:
    """With where to switch it on."""
    space = bench.client.spaces.create(bench.sandbox.team_id, "ML")
    bench.client.spaces.update(space.id, features={app: {"enabled": False}})

    result = blocked(bench)

    assert f'the ClickApp "{title}' in str(result)
    assert "Settings > ClickApps" in result.hint


def test_the_free_plan_s_spaces_are_counted(free: Workbench) -> None:
    """Five and no more."""
    for number in range(4):
        free.client.spaces.create(free.sandbox.team_id, f"Space {number}")

    assert "the Free plan allows 5 spaces" in str(blocked(free))


def test_an_empty_plan_asks_nothing(bench: Workbench) -> None:
    """A second apply stays as cheap as it is."""
    bench.apply(WANT, experimental=True)
    calls = bench.client.calls

    plan = bench.plan(WANT)

    assert bench.client.calls - calls == plan.reads
    message = bench.control.stats.to_dict()["calls"]
    (count,) = [entry["count"] for entry in message if entry["route"].endswith("/plan")]
    assert count == 1  # before the first apply


def test_a_plan_counts_the_calls_that_asking_takes(bench: Workbench) -> None:
    """User, members, plan; a fourth where custom roles are."""
    before = bench.client.calls
    first = bench.plan(WANT)
    assert bench.client.calls - before == first.reads

    bench.control.ui_actions.set_plan("Enterprise")
    assert bench.plan(WANT).reads == first.reads + 1


def test_a_custom_role_made_from_guest_is_a_guest_s(bench: Workbench) -> None:
    """Enterprise Workspaces have roles of their own; the role's name is told."""
    bench.control.ui_actions.set_plan("Enterprise")
    me = bench.control.members[0].id
    bench.control.ui_actions.set_role(me, "guest", custom="contractor")

    assert 'the custom role "contractor", based on guest' in str(blocked(bench))
    bench.control.ui_actions.set_role(me, "member", custom="ML engineer")
    assert bench.plan(WANT).problems == ()


def test_uses_of_fields_and_views_are_counted(bench: Workbench) -> None:
    """The Free plan's 60 values and 60 Gantt views never come back."""
    plan = bench.plan(WANT, experimental=True)
    task = next(step for step in plan.steps if step.want.attributes.get("fields"))
    view = next(step for step in plan.steps if step.path[-1][0] == "view")
    view.want.attributes["type"] = "gantt"  # type: ignore[index]
    many = type(plan)(plan.template, (*[task] * 31, *[view] * 61), "")

    message = [problem.what for problem in problems(many, Facts(plan="Free"))]

    assert (
        "the Free plan allows 60 uses of custom fields, ever; the starter tasks need 62" in message
    )
    assert "the Free plan allows 60 uses of gantt views, not 61" in message
    assert problems(many, Facts(plan="Unlimited")) == []
