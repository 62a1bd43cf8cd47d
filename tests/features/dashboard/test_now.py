"""The page "Now": what is first and why, what waits, what breaches, and how fresh that is."""

import orjson
from werkzeug.test import Client

from clickup_mlops.features.dashboard.pages.now import lane
from clickup_mlops.features.incidents.tables.incidents import Incident, Incidents
from clickup_mlops.features.integrations.package import IntegrationsPackage
from clickup_mlops.interfaces.web.app import create_app
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.store.tables.notes import INCIDENT
from clickup_mlops.views.model import Badge, Duration, Link, Moment, Number, Section
from tests.features.dashboard.conftest import look
from tests.flows.conftest import INFERENCE, LIST, POSSIBLE, TRAINING, Team

MINUTE, HOUR = 60_000, 3_600_000


def test_the_lane_is_in_its_order_with_reasons_and_slo(team: Team) -> None:
    """Urgent first; each with one line of why, how it stands against its SLO, and its owner."""
    calm = team.member.create_task(LIST, INFERENCE)
    team.member.create_task(LIST, TRAINING)
    slow = team.member.create_task(LIST, f"{INFERENCE} 2", assignees=[team.control.members[1].id])
    team.member.set_field(slow, "SLO latency ms", 500)
    team.member.set_field(slow, "P99 latency ms", 812)
    team.settle()
    team.control.clock.advance(2 * HOUR)

    page = look(team, "now")

    first, second = page.rows("lane", "tasks")
    assert isinstance(first["Task"], Link)
    assert (first["Task"].text, first["Task"].url[-len(slow) :]) == (f"{INFERENCE} 2", slow)
    assert first["Priority"] == Badge("Urgent", "bad")
    assert first["Urgency"] == Badge("SLO breach", "bad")
    assert first["SLO"] == Badge("breached: 812 of 500", "bad")
    assert first["Owner"] == team.control.members[1].username
    assert isinstance(first["Waiting"], Duration)
    assert first["Waiting"].ms is not None
    assert first["Waiting"].ms >= 2 * HOUR
    assert isinstance(first["Why"], str)
    assert "812" in first["Why"]
    assert "\n" not in first["Why"]
    assert isinstance(second["Task"], Link)
    assert second["Task"].url.endswith(calm)
    assert (second["SLO"], second["Owner"]) == (None, Badge("unassigned", "warning"))
    assert page.figure("lane", "Open tasks") == Number(2)
    assert page.table("lane", "tasks").total is None


def test_another_lane_can_be_chosen_by_name(team: Team) -> None:
    """An unknown name shows that of inference."""
    team.member.create_task(LIST, INFERENCE)
    team.member.create_task(LIST, TRAINING)
    team.settle()

    def names(workload: str) -> list[str]:
        page = look(team, "now", options={"workload": workload})
        links = [row["Task"] for row in page.rows("lane", "tasks")]
        return [link.text for link in links if isinstance(link, Link)]

    assert names("training") == [TRAINING]
    assert names("<script>") == names("inference") == [INFERENCE]


def test_reasons_are_plain_text(team: Team) -> None:
    """In a comment the command has marks of Markdown around it."""
    team.never_sure()
    task = team.member.create_task(LIST, POSSIBLE)
    team.settle()
    latest = team.bot.store.decisions.latest(task)
    assert latest is not None and "`/incident yes`" in str(latest.body["reasons"])

    (row,) = look(team, "now").rows("lane", "tasks")
    assert isinstance(row["Why"], str)
    assert row["Why"].endswith("answer with /incident yes or /incident no")


def test_a_long_lane_says_how_many_there_are(team: Team) -> None:
    """The first are shown."""
    bodies = [{"name": f"{INFERENCE} {n}"} for n in range(lane.SHOWN + 3)]
    team.control.add_tasks(LIST, bodies, silent=False)
    team.settle()

    table = look(team, "now").table("lane", "tasks")

    assert (len(table.rows), table.total) == (lane.SHOWN, lane.SHOWN + 3)


def test_a_priority_that_a_person_chose_is_shown_as_held(team: Team) -> None:
    """By whom, and until when."""
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    team.member.set_priority(task, "low")
    team.settle()

    (row,) = look(team, "now").rows("lane", "tasks")

    assert isinstance(row["Held"], str)
    assert row["Held"].startswith(f"Low is held for {team.control.members[1].username} until ")
    assert row["Held"].endswith(" /release ends that.")


def test_a_priority_that_a_person_cleared_is_held_nowhere(team: Team) -> None:
    """Neither among training on hold, nor among the overrides, nor in the metric."""
    task = team.member.create_task(LIST, TRAINING)
    team.settle()
    team.member.set_priority(task, "high")
    team.settle()
    assert len(look(team, "now").rows("held_training", "held")) == 1

    team.member.set_priority(task, None)
    team.settle()

    assert look(team, "now").rows("held_training", "held") == []
    assert look(team, "now").figure("held_training", "Priority held") == Number(0)
    assert look(team, "automations").rows("overrides", "held") == []
    assert team.bot.store.stats.overrides(team.bot.now_ms()) == 0


def test_live_incidents_are_there_until_they_are_closed(team: Team) -> None:
    """With how long they last, who leads, and the room."""
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    now, room = team.bot.now_ms(), "https://app.clickup.com/9/chat/r/5"
    incidents, workspace = team.bot.store.table(Incidents), team.bot.workspace_id
    incidents.put(Incident("i1", workspace, task, "x", now - HOUR, None, "Ana", room))
    incidents.put(Incident("i2", workspace, "gone", "Gone task", now - 9 * HOUR, now - HOUR))
    incidents.put(Incident("i3", "another", "t", "Elsewhere", now))

    (row,) = look(team, "now").rows("incidents", "incidents")

    assert isinstance(row["Incident"], Link)
    assert row["Incident"].text == INFERENCE
    assert row["Since"] == Moment(now - HOUR)
    assert isinstance(row["For"], Duration)
    assert row["For"].ms is not None
    assert row["For"].ms >= HOUR
    assert (row["Lead"], row["Room"]) == ("Ana", Link(room, room))
    incidents.close("i1", now)
    table = look(team, "now").table("incidents", "incidents")
    assert (table.rows, table.empty) == ((), "No open incident.")


def test_a_task_that_reports_an_incident_is_there_without_an_automation(team: Team) -> None:
    """Once an automation has opened an incident for it, it is shown with that one."""
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    team.bot.store.notes.put(INCIDENT, task, True, team.bot.now_ms())

    (row,) = look(team, "now").rows("incidents", "reported")
    assert isinstance(row["Task"], Link) and row["Task"].text == INFERENCE

    now, workspace = team.bot.now_ms(), team.bot.workspace_id
    team.bot.store.table(Incidents).enter(Incident("i1", workspace, task, "x", now, key="k"), 0)
    assert look(team, "now").rows("incidents", "reported") == []


def test_deferred_training_says_for_what_and_until_when(team: Team) -> None:
    """While an incident lasts; afterwards nothing is held."""
    waits = team.member.create_task(LIST, TRAINING)
    serving = team.member.create_task(LIST, INFERENCE)
    team.settle()
    team.member.tag(serving, "incident")
    team.settle()
    _reevaluated(team, waits)

    page = look(team, "now")
    (row,) = page.rows("held_training", "held")

    assert isinstance(row["Task"], Link)
    assert row["Task"].url.endswith(waits)
    assert row["Held"] == Badge("deferred", "warning")
    assert row["For what"].text.startswith("training_deferred: ")
    assert row["Until"] == "when training_deferred releases it"
    assert page.figure("held_training", "Deferred") == Number(1, tone="warning")

    team.member.untag(serving, "incident")
    team.settle()
    _reevaluated(team, waits)
    assert look(team, "now").rows("held_training", "held") == []


def _reevaluated(team: Team, task: str) -> None:
    """Its status changes for a moment: that is an event that `training_deferred` listens for."""
    team.member.set_status(task, "running")
    team.settle()
    team.member.set_status(task, "to do")
    team.settle()


def test_training_waits_for_its_dependencies_as_long_as_they_are_open(team: Team) -> None:
    """They are named; a held priority is another row."""
    waits = team.member.create_task(LIST, TRAINING)
    task = team.member.create_task(LIST, f"{TRAINING}: data first")
    team.settle()
    team.member.depend(waits, on=task)
    team.settle()
    team.member.set_priority(waits, "high")
    team.settle()

    by_sort = {
        row["Held"].text: row
        for row in look(team, "now").rows("held_training", "held")
        if isinstance(row["Held"], Badge)
    }

    assert by_sort.keys() == {"waiting", "priority held"}
    assert by_sort["waiting"]["For what"] == f"{TRAINING}: data first"
    assert isinstance(by_sort["priority held"]["Until"], Moment)
    assert str(by_sort["priority held"]["For what"]).startswith("High is held for ")

    team.member.set_status(task, "complete")
    team.settle()
    remainder = look(team, "now").rows("held_training", "held")
    assert [row["Held"] for row in remainder] == [Badge("priority held")]
    team.member.set_status(waits, "complete")
    team.settle()
    assert look(team, "now").rows("held_training", "held") == []


def test_the_budget_is_what_clickup_said_last(team: Team) -> None:
    """Calls that are left in this minute; all of them in the next one."""
    team.settle()
    budget = team.bot.governor.budget()
    page = look(team, "now")
    figure = page.figure("budget", "Calls left")
    assert figure.value == budget.limit - budget.used
    assert figure.value < budget.limit
    classes = page.rows("budget", "classes")
    assert [row["Priority class"] for row in classes][:2] == ["interactive", "routing"]
    shares = [row["May use now"].value for row in classes if isinstance(row["May use now"], Number)]
    assert shares == sorted(shares, key=lambda share: -(share or 0))

    team.control.clock.advance(3 * MINUTE)
    assert look(team, "now").figure("budget", "Calls left") == Number(
        budget.limit, "calls", tone="good"
    )


def test_freshness_of_sources_and_jobs(team: Team) -> None:
    """Heard, silent for too long, never heard; jobs that run, are overdue, or never ran."""
    before = team.bot.now_ms() - 1
    team.bot.get(IntegrationsPackage).start()  # silence counts from now
    for name in ("deploy", "quiet"):
        _report(team, name)
    team.job("heal")
    page = look(team, "now")
    sources = {row["Source"]: row for row in page.rows("freshness", "sources")}
    assert sources["integration:deploy"]["State"] == Badge("fresh", "good")
    messages = sources["integration:deploy"]["Last heard"]
    assert isinstance(messages, Moment)
    assert (messages.at_ms or 0) > before
    assert sources["integration:quiet"]["State"] == Badge("heard")
    assert sources["integration:other"]["State"] == Badge("not yet", "warning")
    jobs = {row["Job"]: row for row in page.rows("freshness", "jobs")}
    assert jobs["heal"]["State"] == Badge("fresh", "good")
    assert jobs["prune"]["State"] == Badge("not yet", "warning")

    team.control.clock.advance(11 * MINUTE)
    team.bot.get(IntegrationsPackage).silence.check()
    team.settle()
    team.control.clock.advance(24 * HOUR)
    page = look(team, "now")
    sources = {row["Source"]: row for row in page.rows("freshness", "sources")}
    jobs = {row["Job"]: row for row in page.rows("freshness", "jobs")}
    assert sources["integration:deploy"]["State"] == Badge("silent", "bad")
    assert jobs["heal"]["State"] == Badge("overdue", "bad")


def _report(team: Team, name: str) -> None:
    body = orjson.dumps({"type": "ping", "key": "k", "id": name})
    messages = Client(create_app(team.bot)).post(
        f"/hooks/in/{name}", data=body, headers={"Authorization": "Bearer t"}
    )
    assert messages.status_code == 200
    team.settle()


def test_every_section_is_there_before_anything_happened(team: Team) -> None:
    """An empty store is no reason to fail."""
    for page in ("now", "automations"):
        sections = look(team, page).sections
        assert sections
        assert all(isinstance(section, Section) for section in sections.values())


def test_looking_makes_no_call(team: Team, clickup_sandbox: Sandbox) -> None:
    """Pages are built from the store alone."""
    team.member.create_task(LIST, INFERENCE)
    team.settle()
    look(team, "now")
    clickup_sandbox.control.reset_counts()

    for page in ("now", "automations"):
        look(team, page, may=frozenset({"undo", "replay"}))
    assert clickup_sandbox.control.stats.calls() == 0
