"""The task of an alert is an incident while the alert fires, whichever system reports it."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.features.incidents.tables.incidents import Incidents
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.store.tables.notes import INCIDENT
from tests.features.dashboard.conftest import look
from tests.flows.conftest import LIST, Relay, build, receiving, settings_for
from tests.flows.test_alert_priority import decided
from tests.flows.test_integrations import SECRET, Reporting, alert, group
from tests.ports import BoundPort

TITLE = "ChatDown: production answers 503, users get errors right now"
OVER = "no incident: every alert about it is resolved"
GENERIC = {"kind": "generic", "token": SECRET, "key": "key"}
SYSTEMS: dict[str, dict[str, Any]] = {
    "alertmanager": {"kind": "alertmanager", "token": SECRET},
    "grafana": {"kind": "grafana", "token": SECRET},
    "grafana-eu": {"kind": "grafana", "token": SECRET},
    "pager": GENERIC,
}
URGENT = 1


@pytest.fixture(params=[("on", ""), ("off", "")], ids=["handled", "not handled"])
def team(
    clickup_sandbox: Sandbox, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Reporting]:
    """Alerts create tasks; `live_incident` handles them, or is off; their end may close them."""
    handles, closes = request.param
    control, port = clickup_sandbox.control, BoundPort()
    by_name: dict[str, Any] = {
        "alert_incident": {"mode": "on", "settings": {"list": LIST}},
        "reported_over": {"mode": "on", "settings": {"status": closes}},
        "reported_again": {"mode": "on", "settings": {"status": "to do"}},
        "live_incident": {"mode": handles},
    }
    settings = settings_for(
        clickup_sandbox,
        tmp_path,
        port,
        automations={"by_name": by_name},
        integrations=SYSTEMS,
    )
    with ExitStack() as running:
        bot = running.enter_context(build(settings, clock=control.clock.now_ms))
        team = Reporting(clickup_sandbox, bot, clock=control.clock.now_ms)
        running.enter_context(receiving(Relay(team), port))
        team.address = f"http://127.0.0.1:{port}"
        bot.sources.hooks.register()
        bot.sources.backfill.run()
        yield team


def say(team: Reporting, system: str, state: str, start: int = 0, key: str = "3b1e") -> None:
    """The system reports the alert; the generic one has types of its own."""
    if SYSTEMS[system] is GENERIC:
        body: dict[str, Any] = {"key": key, "type": f"page.{start}", "state": state}
        team.post(system, {**body, "title": TITLE, "severity": "critical"})
        return
    fields = alert(state, start, fingerprint=key, alertname="ChatDown")
    notes = {"summary": TITLE.partition(": ")[2], "description": "All replicas crash."}
    body = group({**fields, "annotations": notes})
    team.post(system, body)


def fire(team: Reporting, system: str = "alertmanager") -> str:
    say(team, system, "firing")
    (task,) = team.named(TITLE)
    return str(task["id"])


def tags(team: Reporting, task: str) -> set[str]:
    return {tag["name"] for tag in team.control.task(task)["tags"]}


def is_over(team: Reporting, task: str) -> bool:
    """Everywhere: priority, tag, decision, incident and what the page *Now* lists."""
    store, body = team.bot.store, decided(team, task)
    is_closed = body["decided_by"] == "closed"
    parts = {
        "priority": is_closed or team.priority(task) != URGENT,
        "tag": "incident" not in tags(team, task),
        "decision": body["tier"] == "normal" and not body["incident"],
        "page": not look(team, "now").rows("incidents", "incidents"),
        "reporting": not look(team, "now").rows("incidents", "reported"),
        "why": not any('tag "incident"' in reason for reason in body["reasons"]),
        "incident": store.table(Incidents).open_of(task) is None,
        "note": task not in store.notes.all(INCIDENT),
    }
    assert len(set(parts.values())) == 1, parts
    return parts["tag"]


@pytest.mark.parametrize("team", [("on", "complete"), ("off", "complete")], indirect=True)
def test_it_is_over_for_a_task_that_its_end_closes(team: Reporting) -> None:
    """Its priority stays as it is, like that of every closed task."""
    task = fire(team, "grafana")
    team.control.clock.advance(600_000)
    say(team, "grafana", "resolved", 60)
    assert decided(team, task)["decided_by"] == "closed"
    assert is_over(team, task)


@pytest.mark.parametrize("system", SYSTEMS)
def test_its_end_ends_the_incident(team: Reporting, system: str) -> None:
    """Its own text, which sounds like one, changes nothing; and later events do not, either."""
    task = fire(team, system)
    assert team.priority(task) == URGENT
    assert "incident" in tags(team, task)
    assert decided(team, task)["incident"]
    team.control.clock.advance(600_000)
    say(team, system, "resolved", 60)
    assert is_over(team, task)

    team.control.clock.advance(600_000)
    team.member.update(task, description="Looked into it: the gateway was restarted.")
    team.job("reevaluate")
    team.settle()
    assert is_over(team, task)


def test_an_alert_of_the_same_task_still_fires(team: Reporting) -> None:
    task = fire(team)
    other_alert = alert("firing", fingerprint="aa", clickup_task=task)
    team.post("grafana", group(other_alert))
    say(team, "alertmanager", "resolved", 60)
    assert decided(team, task)["incident"]
    assert "incident" in tags(team, task)

    team.control.clock.advance(600_000)
    team.post("grafana", group(alert("resolved", 60, fingerprint="aa", clickup_task=task)))
    assert decided(team, task)["tier"] == "normal"
    assert OVER in decided(team, task)["reasons"] or "incident" not in tags(team, task)


def test_what_a_person_says_wins(team: Reporting) -> None:
    """The tag that a person sets afterwards, and a priority, stay whatever alerts do."""
    task = fire(team)
    say(team, "alertmanager", "resolved", 60)
    assert is_over(team, task)
    team.member.tag(task, "incident")
    team.settle()
    assert decided(team, task)["incident"]
    say(team, "alertmanager", "firing", 120)
    say(team, "alertmanager", "resolved", 180)
    assert "incident" in tags(team, task)
    assert decided(team, task)["incident"]

    team.member.set_priority(task, "low")
    team.settle()
    say(team, "alertmanager", "firing", 240)
    say(team, "alertmanager", "resolved", 300)
    assert team.priority(task) == 4


def test_the_tag_that_a_person_sets_again_is_theirs(team: Reporting) -> None:
    """Though the bot had set it before."""
    task = fire(team)
    team.member.untag(task, "incident")
    team.settle()
    team.control.clock.advance(60_000)
    team.member.tag(task, "incident")
    team.settle()
    team.control.clock.advance(60_000)
    say(team, "alertmanager", "resolved", 60)
    assert "incident" in tags(team, task)
    assert decided(team, task)["incident"]


def test_a_task_that_a_person_made_an_incident_of_is_theirs(team: Reporting) -> None:
    """The end of an alert about it does not end it."""
    task = team.member.create_task(LIST, "Chat endpoint", tags=["incident", "inference"])
    team.settle()
    team.post("grafana", group(alert("firing", fingerprint="aa", clickup_task=task)))
    team.control.clock.advance(600_000)
    team.post("grafana", group(alert("resolved", 60, fingerprint="aa", clickup_task=task)))
    assert "incident" in tags(team, task)
    assert team.priority(task) == URGENT


def test_routing_knows_it_though_nothing_removes_the_tag(team: Reporting) -> None:
    """Until somebody does, `why` says that the tag says nothing any more."""
    by_name = team.bot.settings.automations.by_name
    team.configure(by_name={"alert_incident": by_name["alert_incident"].model_dump()})
    task = fire(team)
    say(team, "alertmanager", "resolved", 60)
    assert "incident" in tags(team, task)
    body = decided(team, task)
    assert (body["tier"], body["incident_by"], OVER in body["reasons"]) == ("normal", "", True)
    assert team.priority(task) != URGENT
    say(team, "alertmanager", "firing", 120)
    assert decided(team, task)["tier"] == "incident"
    assert team.priority(task) == URGENT


@pytest.mark.parametrize("team", [("on", "")], indirect=True)
@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("other_count", [0, 120], ids=["in one batch", "behind many"])
def test_what_is_over_when_it_is_seen_wakes_nobody(
    team: Reporting, system: str, other_count: int
) -> None:
    """It fired and was resolved while the bot was away: no task, no incident; it is recorded."""
    team.hold_reports = True
    say(team, system, "firing")
    for number in range(other_count):
        noise = alert("firing", number, fingerprint=f"n{number}", severity="info")
        if SYSTEMS[system] is not GENERIC:
            team.post(system, group(noise))
    say(team, system, "resolved", 60)
    team.settle()

    assert team.named(TITLE) == []
    assert team.bot.store.table(Incidents).between(team.sandbox.team_id, 0, 2**62) == []
    entries = team.bot.store.timeline.newest_of_kind(
        team.bot.workspace_id, "alert", 0, 2**62, limit=999
    )
    states = [entry.value["state"] for entry in entries if entry.text.startswith("ChatDown")]
    assert sorted(states) == ["firing", "resolved"] or SYSTEMS[system] is GENERIC
    team.hold_reports = False
    say(team, system, "firing", 120)
    assert len(team.named(TITLE)) == 1


@pytest.mark.parametrize("team", [("on", "")], indirect=True)
def test_a_service_whose_alert_is_over_when_it_is_seen_stays_calm(team: Reporting) -> None:
    """The alert names the service's task."""
    task = team.member.create_task(LIST, "Ranking endpoint")
    team.settle()
    before = team.priority(task)
    team.hold_reports = True
    for state, start in (("firing", 0), ("resolved", 5), ("firing", 10), ("resolved", 15)):
        team.post("grafana", group(alert(state, start, fingerprint="aa", clickup_task=task)))
    team.settle()
    assert "incident" not in tags(team, task)
    assert team.bot.store.table(Incidents).latest_of(task) is None
    assert team.priority(task) == before

    for state, start in (("firing", 20), ("resolved", 25), ("firing", 30)):
        team.post("grafana", group(alert(state, start, fingerprint="aa", clickup_task=task)))
    team.settle()
    assert "incident" in tags(team, task)


@pytest.mark.parametrize("team", [("on", "")], indirect=True)
def test_a_report_of_a_person_that_is_over_when_it_is_seen_wakes_nobody(team: Reporting) -> None:
    """The task is closed before the bot reads it."""
    task = team.member.create_task(LIST, TITLE)
    team.member.set_status(task, "complete")
    team.settle()
    assert team.bot.store.table(Incidents).latest_of(task) is None
    assert "incident" not in tags(team, task)
