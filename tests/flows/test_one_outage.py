"""One outage is one incident, whoever reports it, in whatever order, and however often."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.bot.handle.alerts import read_alerts
from clickup_mlops.features.incidents.tables.incidents import Incident, Incidents
from clickup_mlops.features.incidents.task_tables import build_for_doc, build_for_page
from clickup_mlops.features.incidents.view import read_latest
from clickup_mlops.routing.policy import Policy
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.store.tables.history import Series
from tests.flows.conftest import LIST, Relay, build, receiving, settings_for
from tests.flows.test_incident_beginning import report
from tests.flows.test_incidents import SETTINGS, comments, messages, names, pages
from tests.flows.test_integrations import SECRET, Reporting, alert, group
from tests.ports import BoundPort

ROOMS = ("live_incident", "incident_room", "incident_joined", "incident_update", "incident_review")
MODEL, OTHER = "chat-70b", "ranker-2"
SERVICE = "Serving: chat completions"
FIND = {"field": "Model", "value": "labels.model"}


@pytest.fixture
def team(
    clickup_sandbox: Sandbox, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Reporting]:
    """Alerts are about the task of their model (`find`), and get a task of their own, too."""
    control, port = clickup_sandbox.control, BoundPort()
    for name in ("Model", "Service"):
        control.create_field(name, "short_text")
    settings = SETTINGS | {"alert_incident": {"list": LIST}}
    chosen = {
        name: {"mode": "on", "settings": settings.get(name, {})}
        for name in (*ROOMS, "alert_incident")
    }
    tool = {"kind": "alertmanager", "token": SECRET, "find": getattr(request, "param", FIND)}
    tables = {
        "automations": {"by_name": chosen},
        "people": {"on_call": ["Jonas"]},
        "integrations": {"alertmanager": tool},
    }
    with ExitStack() as running:
        settings = settings_for(clickup_sandbox, tmp_path, port, **tables)
        bot = running.enter_context(build(settings, clock=control.clock.now_ms))
        team = Reporting(clickup_sandbox, bot, clock=control.clock.now_ms)
        running.callback(lambda: team.bot.__exit__(None, None, None))
        running.enter_context(receiving(Relay(team), port))
        team.address = f"http://127.0.0.1:{port}"
        bot.sources.hooks.register()
        bot.sources.backfill.run()
        yield team


def fire(team: Reporting, name: str, state: str = "firing", **labels: str) -> None:
    """Alertmanager reports this alert, of a group of its own."""
    key = f'{{}}:{{alertname="{name}"}}'
    entry = alert(state, state == "resolved", fingerprint=name, alertname=name, **labels)
    team.post("alertmanager", group(entry, groupKey=key))


def create(team: Reporting, name: str, **fields: str) -> str:
    """A task of a person with these fields, before the bot hears of it."""
    task = team.member.create_task(LIST, name)
    for field, value in fields.items():
        team.member.set_field(task, field, value)
    return task


def service(team: Reporting, name: str = SERVICE, model: str = MODEL) -> str:
    """The task of a service that serves the model."""
    task = create(team, name, Model=model)
    team.settle()
    return task


def incidents(team: Reporting) -> list[Incident]:
    """All that there were."""
    return team.bot.store.table(Incidents).between(team.sandbox.team_id, 0, 2**62)


def task_names(team: Reporting, incident: Incident) -> set[str]:
    """Its tasks' names."""
    ids = [
        incident_task.task_id
        for incident_task in team.bot.store.table(Incidents).tasks(incident.id)
    ]
    return {team.control.task(task_id)["name"] for task_id in ids}


def rooms(team: Reporting) -> list[str]:
    """The channels of incidents."""
    channels = team.bot.client.chat.channels(team.sandbox.team_id)
    return [channel.name for channel in channels if channel.name.startswith("incident-")]


def test_alerts_and_the_tasks_that_they_make_are_one_incident(team: Reporting) -> None:
    """The service's task, a task for each of two alerts: one room, one call, one post-mortem."""
    service(team)
    fire(team, "HighLatency", model=MODEL)
    fire(team, "ErrorBudget", model=MODEL)

    (incident,) = incidents(team)
    (room,) = rooms(team)
    assert task_names(team, incident) == {
        SERVICE,
        "HighLatency: node 7",
        "ErrorBudget: node 7",
    }
    (message,) = messages(team, room)
    assert message.count("**Call:**") == 1
    assert message.count("HighLatency: node 7: **firing**") == 1
    assert message.count("ErrorBudget: node 7: **firing**") == 1

    fire(team, "HighLatency", "resolved", model=MODEL)
    assert pages(team) == {}
    fire(team, "ErrorBudget", "resolved", model=MODEL)
    (incident,) = incidents(team)
    assert not incident.is_open
    (message,) = messages(team, room)
    assert "HighLatency: node 7: **resolved**, first at 20" in message
    assert len(pages(team)) == 1
    assert sum("Finish the post-mortem" in name for name in names(team)) == 1


@pytest.mark.parametrize("label", ["model", "model_name", "service"])
@pytest.mark.parametrize("first", ["alert", "person"])
@pytest.mark.parametrize("team", [{}], indirect=True)
def test_a_report_of_a_person_is_the_same_incident(team: Reporting, label: str, first: str) -> None:
    """By the field `Model` or `Service`, whoever is first."""
    field = "Service" if label == "service" else "Model"

    def report() -> None:
        task = create(team, "Customers get errors", **{field: "Chat-70B"})
        team.member.tag(task, "incident")
        team.settle()

    def ring() -> None:
        fire(team, "HighLatency", **{label: MODEL})

    for step in (report, ring) if first == "person" else (ring, report):
        step()

    (incident,) = incidents(team)
    assert task_names(team, incident) == {"Customers get errors", "HighLatency: node 7"}
    assert len(rooms(team)) == 1


@pytest.mark.parametrize("first", ["alert", "person"])
@pytest.mark.parametrize("team", [{}], indirect=True)
def test_a_task_with_the_models_name_is_the_same_incident(team: Reporting, first: str) -> None:
    """Teams that name tasks after their models have no field."""

    def report() -> None:
        team.member.tag(create(team, MODEL), "incident")
        team.settle()

    def ring() -> None:
        fire(team, "HighLatency", model=MODEL)

    for step in (report, ring) if first == "person" else (ring, report):
        step()

    (incident,) = incidents(team)
    assert task_names(team, incident) == {MODEL, "HighLatency: node 7"}


@pytest.mark.parametrize("team", [{}], indirect=True)
def test_a_field_that_is_set_later_counts_for_whoever_comes_next(team: Reporting) -> None:
    """People write the title first."""
    task = create(team, "Customers get errors")
    team.member.tag(task, "incident")
    team.settle()
    team.member.set_field(task, "Model", MODEL)
    team.settle()
    fire(team, "HighLatency", model=MODEL)

    (incident,) = incidents(team)
    assert task_names(team, incident) == {"Customers get errors", "HighLatency: node 7"}


def test_reports_at_once_are_one_incident(team: Reporting) -> None:
    """Two alerts and a person in the same moment, each in a lane of its own."""
    service(team)
    team.hold_reports = True
    team.member.tag(create(team, "Customers get errors", Model=MODEL), "incident")
    for name in ("HighLatency", "ErrorBudget"):
        fire(team, name, model=MODEL)
    team.hold_reports = False
    team.settle()

    (incident,) = incidents(team)
    assert len(task_names(team, incident)) == 4
    assert len(rooms(team)) == 1


def test_different_models_are_different_incidents(team: Reporting) -> None:
    """Also if service and group of the alerts are the same."""
    service(team)
    service(team, "Serving: ranking", OTHER)
    key = '{}:{service="gateway"}'
    alerts = [
        alert("firing", fingerprint=model, alertname=f"Slow {model}", service="gw", model=model)
        for model in (MODEL, OTHER)
    ]
    team.post("alertmanager", group(*alerts, groupKey=key))

    names_by_incident = [task_names(team, incident) for incident in incidents(team)]
    assert len(names_by_incident) == 2
    assert {SERVICE, f"Slow {MODEL}: node 7"} in names_by_incident
    assert {"Serving: ranking", f"Slow {OTHER}: node 7"} in names_by_incident


@pytest.mark.parametrize("team", [{}], indirect=True)
def test_a_group_is_one_incident_if_nothing_else_is_known(team: Reporting) -> None:
    """Alerts without a group, and of another one, are incidents of their own."""
    nodes = [alert("firing", fingerprint=n, alertname=f"Down {n}") for n in ("a", "b")]
    team.post("alertmanager", group(*nodes, groupKey='{}:{cluster="eu"}'))
    team.post("alertmanager", group(alert("firing", fingerprint="c", alertname="Down c")))
    team.post("alertmanager", group(alert("firing", fingerprint="d", alertname="Down d")))

    names_by_incident = [task_names(team, incident) for incident in incidents(team)]
    assert sorted(map(sorted, names_by_incident)) == [
        ["Down a: node 7", "Down b: node 7"],
        ["Down c: node 7"],
        ["Down d: node 7"],
    ]


@pytest.mark.parametrize("group_by", [["region"], ["${task.list_id}"], ["${task.id}"]])
@pytest.mark.parametrize("team", [{}], indirect=True)
def test_a_setting_names_the_labels(team: Reporting, group_by: list[str]) -> None:
    """Or a text of the task, by which all of a List are one, or none."""
    by_name: dict[str, Any] = {
        name: choice.model_dump() for name, choice in team.bot.settings.automations.by_name.items()
    }
    by_name["live_incident"]["settings"] |= {"same": group_by}
    team.configure(by_name=by_name)
    fire(team, "HighLatency", model=MODEL, region="eu")
    fire(team, "ErrorBudget", model=OTHER, region="eu")

    assert len(incidents(team)) == (2 if group_by == ["${task.id}"] else 1)


@pytest.mark.parametrize("team", [{"name": "labels.job"}], indirect=True)
def test_an_alert_that_names_no_model_is_the_incident_of_its_task(team: Reporting) -> None:
    """`find` says which task it is about; the task that is made for it belongs to that."""
    service(team, "vllm-chat")
    fire(team, "HighLatency", job="vllm-chat")
    fire(team, "ErrorBudget", job="vllm-chat")

    (incident,) = incidents(team)
    assert len(task_names(team, incident)) == 3


def test_an_alert_that_fits_two_tasks_is_about_the_service(team: Reporting) -> None:
    """Not about the report that changed last, and its end is about the same task as its start."""
    task = service(team)
    create(team, "Customers get errors", Model=MODEL)
    team.settle()
    fire(team, "HighLatency", model=MODEL)
    assert read_alerts(team.bot.store, task)["alertmanager-HighLatency"]["state"] == "firing"

    older = team.control.find("Customers get errors").id
    team.member.update(older, description="More of them.")
    team.settle()
    fire(team, "HighLatency", "resolved", model=MODEL)
    assert read_alerts(team.bot.store, task)["alertmanager-HighLatency"]["state"] == "resolved"
    assert read_alerts(team.bot.store, older) == {}


def test_the_numbers_of_the_service_are_in_the_post_mortem(team: Reporting) -> None:
    """Though the incident began with the report of a person."""
    task = service(team)
    report = create(team, "Customers get errors", Model=MODEL)
    team.member.tag(report, "incident")
    team.settle()
    fire(team, "HighLatency", model=MODEL)
    (incident,) = incidents(team)
    assert incident.task_id == report
    series = Series(team.sandbox.team_id, "vllm", "p99", "", task, "P99 latency ms", "ms")
    team.control.clock.advance(600_000)
    team.bot.store.history.put([(series, team.bot.now_ms() - 60_000, 995.0)])
    fire(team, "HighLatency", "resolved", model=MODEL)
    team.member.untag(report, "incident")
    team.settle()

    ((_page, text),) = pages(team).items()
    assert "995 to 995 during" in text
    for table in (build_for_page(team.bot.store, task), build_for_doc(team.bot.store, [task])):
        assert table is not None and len(table.rows) == 1, "the incident is on the model's page"


def test_what_later_alerts_say_counts_for_whoever_comes_next(team: Reporting) -> None:
    """A warning opens no incident, and names the service of the one that is open."""
    service(team)
    fire(team, "HighLatency", model=MODEL)
    fire(team, "QueueGrows", model=MODEL, service="gateway", severity="warning")
    report = create(team, "Customers get errors", Service="gateway")
    team.member.tag(report, "incident")
    team.settle()

    (incident,) = incidents(team)
    assert "Customers get errors" in task_names(team, incident)


def test_an_alert_about_two_tasks_is_one_line_of_the_post_mortem(team: Reporting) -> None:
    """The service's task and the one that was made for it."""
    service(team)
    fire(team, "HighLatency", model=MODEL)
    team.control.clock.advance(600_000)
    fire(team, "HighLatency", "resolved", model=MODEL)

    ((_page, text),) = pages(team).items()
    lines = [line for line in text.splitlines() if "**alert**" in line]
    assert [line.partition(": ")[2] for line in lines if "firing" in line][1:] == []
    assert len(lines) == 2


OUTAGE = "Chat endpoint is down for all users right now: 503 since noon"


@pytest.mark.parametrize("end", ["closed", "untagged"])
def test_a_report_that_was_changed_before_the_bot_saw_it_ends(team: Reporting, end: str) -> None:
    """What is read for its second event has no tag yet: that is not its end."""
    task = create(team, OUTAGE, Model=MODEL)
    team.settle()
    (before,) = incidents(team)
    assert before.is_open

    if end == "closed":
        team.member.set_status(task, "complete")
    else:
        team.member.untag(task, "incident")
    team.settle()

    (after,) = incidents(team)
    assert not after.is_open


def test_two_alerts_of_one_delivery_end_with_their_incident(team: Reporting) -> None:
    """Both are about the service, whose tag is the first one's."""
    task = service(team)
    labels = {"model": MODEL}
    for state in ("firing", "resolved"):
        both = [
            alert(state, fingerprint=name, alertname=name, **labels)
            for name in ("ChatErrors", "ChatLatency")
        ]
        team.post("alertmanager", group(*both))

    (incident,) = incidents(team)
    assert not incident.is_open
    assert "incident" not in {tag["name"] for tag in team.control.task(task)["tags"]}


def test_its_report_has_each_alert_once_and_no_command(team: Reporting) -> None:
    """The alert is about the service and about its own task; what a command said is an entry."""
    task = service(team)
    fire(team, "ChatDown", model=MODEL)
    team.member.comment(task, "/incident severity 2")
    team.settle()

    text = report(team, task)

    assert text.count(": firing") == 1
    assert "Severity SEV2" in text and "/incident" not in text
    (incident,) = incidents(team)
    assert text.count(incident.id) == 1  # its source


@pytest.mark.parametrize("apart_ms", [0, -50])
def test_a_status_that_a_backfill_found_before_its_event_came_is_told_once(
    team: Reporting, apart_ms: int
) -> None:
    """With who set it, which the event says: ClickUp may date it a few milliseconds later."""
    task = create(team, OUTAGE, Model=MODEL)
    team.settle()
    team.control.deliveries.pause()
    team.control.clock.advance(60_000)
    team.member.set_status(task, "complete")
    with team.control.world.change():
        team.control.world.tasks.get(task).date_closed += apart_ms
    team.bot.sources.backfill.run()
    team.bot.run_until_idle()
    team.control.deliveries.resume()
    team.settle()

    view = read_latest(team.bot.store, task, team.bot.now_ms, Policy())
    assert view is not None
    (status,) = [entry for entry in view.entries() if "complete" in entry.text]
    assert status.actor == team.member.user.username
    assert report(team, task).count("-> complete") == 1


def test_a_task_of_an_incident_is_not_named_as_similar(team: Reporting) -> None:
    """It is a part of it by its alert, which was handled together with its creation."""
    by_name = team.bot.settings.automations.model_dump(by_alias=True)["by_name"]
    team.configure(by_name=by_name | {"similar_task": {"mode": "on"}})
    tasks = []
    for number in range(2):
        tasks.append(create(team, "Training run crashed", Model=MODEL))
        fire(team, f"Crash {number}", clickup_task=tasks[-1], model=MODEL)

    ids = {entry.task_id for entry in team.bot.store.table(Incidents).tasks(incidents(team)[0].id)}
    assert ids >= {*tasks}
    assert [text for name in ids for text in comments(team, name) if "Similar" in text] == []


def test_an_alert_that_outlives_its_incident_is_not_said_to_fire(team: Reporting) -> None:
    """People closed the task first: the comment follows, which notifies nobody."""
    fire(team, "HighLatency", model="finder")
    (incident,) = incidents(team)
    team.member.set_status(incident.task_id, "complete")
    team.settle()
    fire(team, "HighLatency", "resolved", model="finder")

    texts = [*comments(team, incident.task_id), *messages(team, incident.room)]
    assert ["The incident is over" in text for text in texts] == [True, True]
    assert not any("firing" in text for text in texts)
