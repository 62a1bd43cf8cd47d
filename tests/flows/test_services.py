"""A finished task whose service runs is open work: a breach counts until it has recovered."""

from typing import Any

import pytest

from clickup_mlops.features.dashboard.work_queue import lane
from clickup_mlops.features.incidents.tables.incidents import Incidents
from clickup_mlops.routing.policy import Policy
from tests.flows.conftest import LIST, Team

LATENCY, OBJECTIVE = "P99 latency ms", "SLO latency ms"
URGENT, HIGH, NORMAL = 1, 2, 3
RELEASE = "Release 7 of the ranker"
STATUSES = (
    ("candidate", "open"),
    ("canary", "custom"),
    ("live", "done"),
    ("in betrieb", "done"),
    ("rolled back", "done"),
    ("retired", "closed"),
)


@pytest.fixture
def serving(team: Team) -> Team:
    """A team whose List has the statuses of releases, fields and automations for them."""
    control = team.control
    control.set_statuses(
        LIST, [{"status": name, "type": kind, "color": "#888"} for name, kind in STATUSES]
    )
    for name in (LATENCY, OBJECTIVE):
        control.ui_actions.create_field(LIST, name, "number")
    control.ui_actions.create_field(LIST, "Serving", "checkbox")
    configure(team)
    return team


def configure(team: Team, **routing: Any) -> None:
    """Go on with this `[routing]`; breaches and incidents are reported."""
    names = ("slo_breach", "live_incident", "blocked_inference")
    team.configure(by_name={name: {"mode": "on"} for name in names})
    settings = team.bot.settings
    team.restart(settings.model_copy(update={"routing": Policy(**routing)}))


def release(team: Team, status: str = "live", name: str = RELEASE) -> str:
    """A task of inference in this status, with an objective of 500 ms that it meets."""
    task = team.member.create_task(LIST, name, tags=["inference"])
    team.settle()
    measure(team, task, objective=500, latency=310)
    team.member.set_status(task, status)
    team.settle()
    return task


def measure(team: Team, task: str, latency: float, objective: float | None = None) -> None:
    """The numbers that the task shows now."""
    if objective is not None:
        team.member.set_field(task, OBJECTIVE, objective)
    team.member.set_field(task, LATENCY, latency)
    team.settle()


def first(team: Team) -> list[str]:
    """What the page *Now* lists, by name."""
    now_ms, store = team.bot.now_ms(), team.bot.store
    return [place.task.name for place in lane(store, Policy(), "inference", now_ms, 20).places]


def why(team: Team, task: str) -> str:
    decided = team.bot.store.decisions.latest(task)
    assert decided is not None
    return "\n".join(decided.body["reasons"])


def tags(team: Team, task: str) -> set[str]:
    return {tag["name"] for tag in team.control.task(task)["tags"]}


def test_a_breach_of_a_service_is_urgent_until_it_has_recovered(serving: Team) -> None:
    """It is first, `why` says why, and it is marked; afterwards there is nothing to do for it."""
    task = release(serving)
    assert (serving.priority(task), first(serving)) == (NORMAL, [])

    measure(serving, task, latency=995)
    assert (serving.priority(task), first(serving)) == (URGENT, [RELEASE])
    assert 'it serves in the status "live"' in why(serving, task)
    assert "P99 latency ms 995 is above SLO latency ms 500" in why(serving, task)
    assert "slo-breach" in tags(serving, task)

    measure(serving, task, latency=310)
    assert (serving.priority(task), first(serving)) == (NORMAL, [])
    assert "slo-breach" not in tags(serving, task)


@pytest.mark.parametrize("status", ["rolled back", "retired"])
def test_what_does_not_serve_is_closed(serving: Team, status: str) -> None:
    """Whatever its numbers are: by the name of the status, or since it is of type closed."""
    task = release(serving, status)
    before = serving.priority(task)
    measure(serving, task, latency=995)

    assert (serving.priority(task), first(serving)) == (before, [])
    assert "the task is closed" in why(serving, task)
    assert "slo-breach" not in tags(serving, task)


def test_a_service_that_is_retired_during_a_breach_is_over(serving: Team) -> None:
    """It leaves the list, its mark is removed, and its priority stays as it is."""
    task = release(serving)
    measure(serving, task, latency=995)
    serving.member.set_status(task, "retired")
    serving.settle()

    assert first(serving) == []
    assert "slo-breach" not in tags(serving, task)
    texts = [comment.text for comment in serving.bot.client.comments.of_task(task)]
    assert any("No longer served" in text for text in texts)


def test_a_service_does_not_age_and_is_not_due(serving: Team) -> None:
    """Its work is done: only its objectives and the tag of an incident count."""
    task = release(serving)
    serving.member.update(task, due_date=1)
    serving.settle()
    serving.control.clock.advance(90 * 86_400_000)
    serving.job("reevaluate")

    assert (serving.priority(task), first(serving)) == (NORMAL, [])


def test_a_live_incident_of_a_service(serving: Team) -> None:
    """The tag of a person makes it one, as on any open task."""
    task = release(serving)
    serving.member.tag(task, "incident")
    serving.settle()

    assert (serving.priority(task), first(serving)) == (URGENT, [RELEASE])
    assert [
        incident.task_id
        for incident in serving.bot.store.table(Incidents).open(serving.bot.workspace_id, 9)
    ]


def test_what_a_service_in_breach_waits_for_is_urgent(serving: Team) -> None:
    """The task that fixes it: the service waits for that, though it is finished."""
    fix = serving.member.create_task(LIST, "Add replicas", tags=["infra"])
    task = release(serving)
    serving.member.depend(task, on=fix)
    serving.settle()
    measure(serving, task, latency=995)

    assert serving.priority(fix) == URGENT
    assert "1 open task waits for it, 1 of them inference" in why(serving, fix)


def test_a_ticked_field_makes_a_service_of_any_finished_task(serving: Team) -> None:
    """Without an objective, too; but not of a closed one."""
    names = ("in betrieb", "retired")
    serves, closed = (serving.member.create_task(LIST, name) for name in names)
    for task, status in ((serves, "in betrieb"), (closed, "retired")):
        serving.member.set_field(task, "Serving", True)
        serving.member.tag(task, "inference")
        serving.member.set_status(task, status)
        serving.member.tag(task, "incident")
    serving.settle()

    assert (serving.priority(serves), first(serving)) == (URGENT, ["in betrieb"])


def test_a_policy_that_changes_holds_for_the_tasks_that_are_known(serving: Team) -> None:
    """The next run finds them: nothing has to happen to them."""
    task = release(serving, "in betrieb")
    measure(serving, task, latency=995)
    assert first(serving) == []

    configure(serving, service={"statuses": ["In Betrieb"]})
    serving.job("reevaluate")
    assert (serving.priority(task), first(serving)) == (URGENT, [RELEASE])

    configure(serving, service={"statuses": []})
    serving.job("reevaluate")
    assert first(serving) == []


def test_finished_work_is_finished_for_the_flow(serving: Team) -> None:
    """A service counts as open for routing only, not as work in progress or as work to do."""
    task = release(serving)
    second_release = serving.member.create_task(LIST, "Release 8 of the ranker", tags=["inference"])
    serving.settle()
    flows, workspace = serving.bot.store.flows, serving.bot.workspace_id
    list_id = serving.control.list_id(LIST)

    assert flows.open_in_lists() == {list_id: 1}
    assert [place.task_id for place in flows.open_of(workspace, "inference", 9)[0]] == [
        second_release
    ]
    placed = {place.task_id: place.is_open for place in flows.places([task, second_release], [])}
    assert placed == {task: False, second_release: True}


def test_an_unfinished_rollout_is_open_in_any_status(serving: Team) -> None:
    """A canary is no service, and needs none to be work: as before."""
    task = release(serving, "canary")
    measure(serving, task, latency=995)

    assert (serving.priority(task), first(serving)) == (URGENT, [RELEASE])
    assert "service" not in why(serving, task)


def test_the_reason_of_a_breach_has_the_number_of_now(serving: Team) -> None:
    """Not that of its beginning: *Now* and `why` agree with the field."""
    task = release(serving, "canary")
    for latency in (620, 640, 900):
        measure(serving, task, latency=latency)
        assert f"P99 latency ms {latency} is above SLO latency ms 500" in why(serving, task)
    assert len(serving.bot_writes(task)) == 2
