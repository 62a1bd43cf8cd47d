"""The task of an alert has the priority that the alert said, until a person sets another one."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.sandbox import Sandbox
from clickup_mlops.web.server import free_port
from tests.flows.conftest import LIST, Relay, Team, build, receiving, settings_for
from tests.flows.test_integrations import DAY, SECRET, Reporting, alert, group

URGENT, HIGH, NORMAL = 1, 2, 3


@pytest.fixture
def team(clickup_sandbox: Sandbox, tmp_path: Path) -> Iterator[Reporting]:
    """Alerts make tasks, and live incidents are handled."""
    control, port = clickup_sandbox.control, free_port("127.0.0.1", 0)
    control.set_statuses(
        LIST,
        [
            {"status": "to do", "type": "open", "color": "#87909e"},
            {"status": "complete", "type": "closed", "color": "#87909e"},
        ],
    )
    by_name = {
        "alert_incident": {"mode": "on", "settings": {"list": LIST}},
        "live_incident": {"mode": "on"},
        "reported_over": {"mode": "on", "settings": {"status": "complete"}},
        "reported_again": {"mode": "on", "settings": {"status": "to do"}},
    }
    settings = settings_for(
        clickup_sandbox,
        tmp_path,
        port,
        automations={"by_name": by_name},
        integrations={"alertmanager": {"kind": "alertmanager", "token": SECRET}},
    )
    with ExitStack() as running:
        bot = running.enter_context(build(settings, clock=control.clock.now_ms))
        team = Reporting(clickup_sandbox, bot, clock=control.clock.now_ms)
        running.enter_context(receiving(Relay(team), port))
        team.address = f"http://127.0.0.1:{port}"
        bot.sources.hooks.register()
        bot.sources.backfill.run()
        yield team


NAME = "BudgetBurn: checkout page"


def fire(team: Reporting, start: int = 0) -> str:
    """An alert whose text routing takes for neither inference nor infrastructure; its task."""
    one = alert("firing", start, alertname="BudgetBurn")
    team.post("alertmanager", group({**one, "annotations": {"summary": "checkout page"}}))
    (task,) = team.named(NAME)
    return str(task["id"])


def decided(team: Team, task: str) -> Mapping[str, Any]:
    """The newest decision about it."""
    latest = team.bot.store.decisions.latest(task)
    assert latest is not None
    return latest.body


def test_routing_does_not_lower_what_an_alert_said(team: Reporting) -> None:
    """At no time, with no call for its priority: the task is made with it. `why` says who holds."""
    task = fire(team)
    team.control.clock.advance(DAY)
    team.member.update(task, description="Half of the payments fail.")
    team.settle()
    team.job("reevaluate")

    assert team.priority(task) == URGENT
    assert team.bot_writes(task) == []
    found = decided(team, task)
    assert (found["workload"], found["decided_by"]) == ("other", "automation")
    assert found["reasons"][-1].startswith("automation: alert_incident holds Urgent until")


def test_a_person_changes_it(team: Reporting) -> None:
    """From then on it is the person's; the alert that fires again does not change it back."""
    task = fire(team)
    team.member.set_priority(task, "normal")
    team.settle()
    assert fire(team, 60) == task
    team.job("reevaluate")

    assert team.priority(task) == NORMAL
    assert decided(team, task)["decided_by"] == "person"


def test_a_person_who_clears_it_has_routing_decide(team: Reporting) -> None:
    """A live incident that is no inference work is High."""
    task = fire(team)
    team.member.set_priority(task, None)
    team.settle()

    assert decided(team, task)["decided_by"] == "other.incident"
    assert team.priority(task) == HIGH


def test_many_alerts_at_once_are_no_import(team: Reporting) -> None:
    """Each of them keeps its priority."""
    names = [f"Burn{n}" for n in range(25)]
    team.post(
        "alertmanager",
        group(
            *(
                {**alert("firing", fingerprint=f"{n:02x}", alertname=one), "annotations": {}}
                for n, one in enumerate(names)
            )
        ),
    )
    tasks = [str(task["id"]) for one in names for task in team.named(one)]

    assert [team.priority(task) for task in tasks] == [URGENT] * len(names)
    assert not any(team.bot_writes(task) for task in tasks)
