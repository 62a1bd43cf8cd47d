"""What a person had to do is re-checked and ticked off."""

from collections.abc import Sequence

import pytest

from clickup_mlops.errors import InputError
from clickup_mlops.features.provisioning import fields
from clickup_mlops.features.provisioning.apply import verify
from clickup_mlops.features.provisioning.plan.model import Step
from tests.features.provisioning.workbench import SHIPPED, Workbench, template

WANT = template("everything")
NAMES = sorted(path.stem for path in SHIPPED.glob("*.toml"))


def names(verification: verify.Verification) -> tuple[set[str], set[str]]:
    """Ticked, open."""
    return (
        {path[-1][1] for path in verification.completed},
        {step.path[-1][1] for step in verification.manual},
    )


def test_items_are_ticked_off_as_they_are_done(bench: Workbench) -> None:
    """First all are open, then fewer, then none; the view and the task get theirs last."""
    bench.apply(WANT)
    assert names(verify.verify(bench.plan(WANT), bench.journal)) == (
        set(),
        {"Cluster", "P99 latency ms", "Risk"},
    )

    by_hand = bench.control.ui_actions
    by_hand.create_field("ML", "Cluster", "drop_down", ["eu", "us"])
    by_hand.create_field("Releases", "Risk", "labels", ["data", "code"])
    assert names(verify.verify(bench.plan(WANT), bench.journal)) == (
        {"Cluster", "Risk"},
        {"P99 latency ms"},
    )

    by_hand.create_field("Releases", "P99 latency ms", "number")
    verification = verify.verify(bench.plan(WANT), bench.journal)
    assert names(verification) == ({"Cluster", "P99 latency ms", "Risk"}, set())
    assert [step.path[-1] for step in verification.drift] == [("view", "SLO"), ("task", "Release")]
    assert not verification.is_done

    bench.apply(WANT)
    assert verify.verify(bench.plan(WANT), bench.journal).is_done


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_template_is_whole_after_the_clicks(bench: Workbench, name: str) -> None:
    """The way without any undocumented call: apply, do what is asked for, apply, confirm. Nothing
    is left then, and one more apply writes nothing.
    """
    want = template(name, SHIPPED)
    bench.apply(want)
    steps = bench.plan(want).steps
    for step in steps:
        if step.operation == "manual":
            do_by_hand(bench, step, steps)
    bench.apply(want)
    plan = bench.plan(want)
    unseen = [step.path[-1][1] for step in plan.work]
    verify.confirm(plan, bench.journal, unseen)

    assert verify.verify(bench.plan(want), bench.journal).is_done
    writes = bench.writes()
    bench.apply(want)
    assert bench.writes() == writes


def do_by_hand(bench: Workbench, step: Step, steps: Sequence[Step]) -> None:
    """What a person clicks; statuses of a place all at once."""
    (kind, name), want, by_hand = step.path[-1], step.want.attributes, bench.control.ui_actions
    place = next(
        str(planned.have.id) for planned in steps if planned.path == step.path[:-1] and planned.have
    )
    if kind == "field":
        config = {
            key: setting for key, setting in fields.wire_config(want).items() if key != "options"
        }
        by_hand.create_field(place, name, want["type"], want.get("options", ()), config)
    elif kind == "form":
        bench.client.views.create("list", place, name, "form")
    elif kind == "status":
        expected = [planned for planned in steps if planned.path[:-1] == step.path[:-1]]
        statuses = [
            {"status": planned.path[-1][1], "type": planned.want.attributes["type"]}
            for planned in expected
            if planned.path[-1][0] == "status"
        ]
        by_hand.set_statuses(place, statuses)


def test_a_person_s_word_is_taken_for_what_no_call_can_see(bench: Workbench) -> None:
    """Automations and dashboards; from then on the plan counts them as done."""
    want = template("realtime_inference", SHIPPED)
    bench.apply(want, experimental=True)
    plan = bench.plan(want)
    assert {"Page on-call", "ranker SLO"} <= names(verify.verify(plan, bench.journal))[1]

    verify.confirm(plan, bench.journal, ["page on-call", "ranker SLO"])

    ticked, still_open = names(verify.verify(bench.plan(want), bench.journal))
    assert {"Page on-call", "ranker SLO"} <= ticked
    assert not {"Page on-call", "ranker SLO"} & still_open


def test_a_word_is_not_taken_for_what_can_be_seen(bench: Workbench) -> None:
    """A field is there or it is not."""
    bench.apply(WANT)

    with pytest.raises(InputError, match='"Risk" is not a step to confirm'):
        verify.confirm(bench.plan(WANT), bench.journal, ["Risk"])
