"""What is first is one order, wherever it is shown: by tier, then by priority, then by age."""

from clickup_mlops.features.dashboard.work_queue import lane
from clickup_mlops.features.digests import data
from clickup_mlops.operations.why import why
from clickup_mlops.routing.policy import Policy
from tests.flows.conftest import LIST, Team
from tests.flows.test_commands import say

OLD, INCIDENT, OVERDUE = "Tidy up the endpoints", "Ranker answers 503", "Renew the certificate"
DAY_MS = 86_400_000


def begun(team: Team) -> dict[str, str]:
    """A task that a person made Urgent 88 days ago, one that is overdue, and a live incident of
    now; by name.
    """
    control = team.control
    control.clock.freeze(control.clock.now_ms())
    tasks = {OLD: team.member.create_task(LIST, OLD, tags=["inference"])}
    team.settle()
    control.clock.advance(88 * DAY_MS)
    team.member.comment(tasks[OLD], "/priority urgent")
    for name, due_ms in ((OVERDUE, control.clock.now_ms() - DAY_MS), (INCIDENT, None)):
        tasks[name] = team.member.create_task(LIST, name, tags=["inference"], due_date=due_ms)
    team.member.tag(tasks[INCIDENT], "incident")
    team.settle()
    assert [team.priority(tasks[name]) for name in (OLD, INCIDENT, OVERDUE)] == [1, 1, 2]
    return tasks


def test_an_old_urgent_task_stands_below_a_live_incident_everywhere(team: Team) -> None:
    """On the page and for agents (a lane), in digests, and in what `why` says."""
    tasks = begun(team)
    store, now_ms, policy = team.bot.store, team.bot.now_ms(), Policy()
    order = [INCIDENT, OVERDUE, OLD]

    assert [
        place.task.name for place in lane(store, policy, "inference", now_ms, 9).places
    ] == order
    digest = data.read(store, ["inference"], 9)
    for places in (digest.first, digest.waiting):
        assert [place.task.name for place in places] == order
    for place, name in enumerate(order, start=1):
        text = why(store, policy, tasks[name], now_ms).text()
        assert f"Place {place} of 3 open inference tasks." in text


def test_the_answer_to_why_has_the_place(team: Team) -> None:
    """A closed task has none."""
    tasks = begun(team)
    answer = say(team, tasks[OLD], "/why")
    assert any("Place 3 of 3 open inference tasks." in text for text in answer)

    team.control.clock.advance(1_000)
    team.member.set_status(tasks[OLD], "complete")
    team.settle()
    assert "Place" not in why(team.bot.store, Policy(), tasks[OLD], team.bot.now_ms()).text()
