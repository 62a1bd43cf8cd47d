"""The automations that ship, all switched on together: each does its work once, then is quiet."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import orjson
import pytest
from werkzeug.test import Client

from clickup_mlops import content
from clickup_mlops.features.incidents.tables.incidents import Incidents
from clickup_mlops.interfaces.web.app import create_app
from clickup_mlops.sandbox import Sandbox
from tests.flows.conftest import INFERENCE, LIST, TRAINING, Team, build, receiving, settings_for
from tests.ports import BoundPort

HOUR, DAY = 3_600_000, 86_400_000
STATUSES = ("to do", "queued", "running", "evaluating", "analysis", "5 percent", "canary")
NUMBERS = (
    *("P99 latency ms", "SLO latency ms", "Control P99 ms", "GPU hours", "GPU hour budget"),
    "Lead time h",
)
SETTINGS: dict[str, dict[str, Any]] = {
    "live_incident": {
        "channel": "incidents",
        "on_call": "on_call",
        "call_url": "https://meet.example.org/incident-${task.id}",
        "runbook": "https://wiki.example.org/runbooks",
    },
    "slo_breach": {"channel": "serving"},
    "run_finished": {"status": "evaluating"},
    "ab_test_ended": {"status": "analysis"},
    "deployment_done": {"status": "live", "field": "Lead time h"},
    "weekly_overrides": {"channel": "ml platform", "doc": "Routing review"},
    "inference_unassigned": {"assign": "on_call"},
}


@pytest.fixture
def team(clickup_sandbox: Sandbox, tmp_path: Path) -> Iterator[Team]:
    """Jonas is on call; MLflow, the pipeline and Alertmanager report by the task's name."""
    control, port = clickup_sandbox.control, BoundPort()
    table = {"token": "t", "type": "event", "key": "id", "find": {"name": "name"}}
    control.set_statuses(LIST, [status(name) for name in (*STATUSES, "live", "complete")])
    for name in NUMBERS:
        control.create_field(name, "number")
    control.create_field("Ends", "date")
    control.create_field("Model version", "short_text")
    control.create_field("Workload", "drop_down", choices=["Inference", "Training", "Infra"])
    settings = settings_for(
        clickup_sandbox,
        tmp_path,
        port,
        automations={"by_name": _all_on()},
        people={"on_call": ["Jonas"]},
        integrations=dict.fromkeys(("mlflow", "deploy", "alertmanager", "experiments"), table),
    )
    with ExitStack() as running:
        bot = running.enter_context(build(settings, clock=control.clock.now_ms))
        running.enter_context(receiving(bot, port))
        bot.sources.hooks.register()
        bot.sources.backfill.run()
        assert bot.user_id
        yield Team(clickup_sandbox, bot)


def _all_on() -> dict[str, Any]:
    names = [path.stem for path in content.list_toml_files(content.find_folder("automations"))]
    return {name: {"mode": "on", "settings": SETTINGS.get(name, {})} for name in names}


def status(name: str) -> dict[str, Any]:
    kinds = {"to do": "open", "live": "done", "complete": "closed"}
    return {"status": name, "type": kinds.get(name, "custom"), "color": "#87909e"}


def _count_writes(team: Team, automation: str, task: str = "") -> Counter[str]:
    """What the automation wrote, by sort."""
    rows = team.bot.store.journal.list(limit=500)
    return Counter(
        row.kind.partition(":")[0]
        for row in rows
        if row.automation == automation and task in ("", row.task_id) and row.outcome == "done"
    )


def _tags(team: Team, task: str) -> set[str]:
    return {tag["name"] for tag in team.control.task(task)["tags"]}


def _list_comments(team: Team, task: str) -> list[str]:
    return [comment.text for comment in team.bot.client.comments.of_task(task)]


def _posts(team: Team) -> list[tuple[str, str]]:
    rows = team.bot.store.journal.list(limit=500)
    posts = [row for row in rows if row.kind.startswith("chat:") and row.outcome == "done"]
    return [(row.after["channel"], row.after["text"]) for row in posts][::-1]


def _report(team: Team, source: str, event: str, name: str, **data: Any) -> None:
    body = orjson.dumps({"event": event, "name": name, **data})
    head = {"Authorization": "Bearer t"}
    response = Client(create_app(team.bot)).post(f"/hooks/in/{source}", data=body, headers=head)
    assert response.status_code == 200
    team.settle()


def _tick(team: Team, name: str) -> None:
    """The automation's schedule, now."""
    automation = next(
        automation for automation in team.bot.context.automations if automation.name == name
    )
    team.bot.sources.schedules.insert(automation, team.bot.now_ms())
    team.settle()


def _nudge(team: Team, task: str) -> None:
    """Something changes on the task that no automation cares about."""
    team.member.update(task, description=f"Looked at {team.bot.now_ms()}")
    team.settle()


def _names(team: Team) -> list[str]:
    return [task.name for task in team.control.tasks]


def test_a_live_incident_from_the_tag_to_the_end(team: Team) -> None:
    """Priority, people, one comment with call and runbook, and a message; it ends with the tag."""
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    assert team.priority(task) != 1
    team.member.tag(task, "incident")
    team.settle()
    _nudge(team, task)

    assert team.priority(task) == 1
    assert [assignee["username"] for assignee in team.control.task(task)["assignees"]] == [
        "Jonas Weber"
    ]
    text = "\n".join(_list_comments(team, task))
    for words in (f"incident-{task}", "wiki.example.org/runbooks", "Live incident"):
        assert text.count(words) >= 1
    assert text.count("Live incident") == 1
    assert sorted({channel for channel, _text in _posts(team)}) == [
        f"incident-{task}",
        "incidents",
    ]
    before = _count_writes(team, "live_incident")

    team.member.untag(task, "incident")
    team.settle()
    _nudge(team, task)
    assert _count_writes(team, "live_incident") - before == Counter(incident=1)
    assert "The incident is over" in "\n".join(_list_comments(team, task))
    *_, last = [text for channel, text in _posts(team) if channel == "incidents"]
    assert last.startswith("Resolved")
    assert team.priority(task) != 1


def test_an_alert_makes_and_ends_an_incident(team: Team) -> None:
    """Only one that is severe enough."""
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    labels = {"severity": "warning"}
    _report(team, "alertmanager", "firing", INFERENCE, id=1, commonLabels=labels)
    assert _count_writes(team, "live_incident") == Counter()

    labels = {"severity": "critical"}
    _report(team, "alertmanager", "firing", INFERENCE, id=2, commonLabels=labels)
    assert "incident" in _tags(team, task)
    assert team.priority(task) == 1
    _report(team, "alertmanager", "resolved", INFERENCE, id=3)
    assert "incident" not in _tags(team, task)


def test_a_breach_is_told_once_and_its_end_with_room(team: Team) -> None:
    """A value that dances around the limit makes no noise."""
    task = team.member.create_task(LIST, INFERENCE)
    team.member.set_field(task, "SLO latency ms", 500)
    for latency in (510, 490, 520, 480):
        team.member.set_field(task, "P99 latency ms", latency)
        team.settle()
    assert _count_writes(team, "slo_breach") == Counter(tag=1, comment=1, chat=1)
    assert "P99 latency ms is 510, SLO: at most 500" in "\n".join(_list_comments(team, task))

    team.member.set_field(task, "P99 latency ms", 400)
    team.settle()
    _nudge(team, task)
    assert _count_writes(team, "slo_breach") == Counter(tag=2, comment=2, chat=2)
    assert "slo-breach" not in _tags(team, task)


def test_the_task_of_a_breach_is_urgent_and_no_incident(team: Team) -> None:
    """Its title says what is wrong, but the service's own task reports it: nobody is told twice."""
    choices = _all_on()
    choices["slo_breach"]["settings"] = {"channel": "serving", "incident_list": LIST}
    team.configure(by_name=choices)
    service = team.member.create_task(LIST, "Ranker v7", tags=["inference"])
    team.member.set_field(service, "SLO latency ms", 500)
    team.member.set_field(service, "P99 latency ms", 812)
    team.settle()
    _nudge(team, service)

    (created,) = (task.id for task in team.control.tasks if task.name == "SLO breach: Ranker v7")
    assert team.priority(created) == 1
    assert _count_writes(team, "live_incident") == Counter()
    assert team.bot.store.table(Incidents).open_of(created) is None
    assert _count_writes(team, "slo_breach")["chat"] == 1


def test_training_waits_while_serving_is_on_fire(team: Team) -> None:
    """A run that has started goes on; afterwards everything is as before."""
    waits, runs = (team.member.create_task(LIST, f"{TRAINING} {n}") for n in range(2))
    team.member.set_status(runs, "running")
    serving = team.member.create_task(LIST, INFERENCE)
    team.settle()
    team.member.tag(serving, "incident")
    team.settle()
    for _ in range(2):
        _tick(team, "training_deferred")
    assert "deferred" in _tags(team, waits)
    assert "deferred" not in _tags(team, runs)
    assert _count_writes(team, "training_deferred") == Counter(tag=1, comment=1)

    team.member.untag(serving, "incident")
    team.settle()
    for _ in range(2):
        _tick(team, "training_deferred")
    assert "deferred" not in _tags(team, waits)
    assert _count_writes(team, "training_deferred") == Counter(tag=2, comment=2)


def test_training_waits_for_no_old_task_that_reads_like_an_incident(team: Team) -> None:
    """Nobody says that it is one, so nothing would say when it is over."""
    control = team.control
    control.faults.add("drop", event="*", times=None)
    old = team.member.create_task(LIST, "Chat completions are down: 503 for all customers")
    control.clock.advance(2 * HOUR)
    team.job("backfill")
    control.faults.clear()
    waits = team.member.create_task(LIST, f"{TRAINING} 1")
    team.settle()
    _tick(team, "training_deferred")

    decision = team.bot.store.decisions.latest(old)
    assert decision is not None and decision.body["tier"] == "incident"
    assert "deferred" not in _tags(team, waits)


def test_a_run_without_news_asks_its_owner_again_after_days(team: Team) -> None:
    """Not each morning."""
    task = team.member.create_task(LIST, TRAINING)
    team.member.set_status(task, "running")
    team.settle()
    _tick(team, "stale_training_run")
    assert _count_writes(team, "stale_training_run") == Counter()

    team.control.clock.advance(3 * DAY)
    for question_count in (1, 1, 2):
        _tick(team, "stale_training_run")
        assert _count_writes(team, "stale_training_run") == Counter(comment=question_count)
        team.control.clock.advance(question_count * 2 * DAY)
    assert "no assignee" in _list_comments(team, task)[0]
    assert "No change for 7d" in _list_comments(team, task)[0], "its comment is no news"


def test_a_report_about_a_run_is_news(team: Team) -> None:
    """Though nothing has changed in ClickUp."""
    task = team.member.create_task(LIST, TRAINING)
    team.member.set_status(task, "running")
    team.settle()
    team.control.clock.advance(3 * DAY)
    _report(team, "mlflow", "run_finished", TRAINING, id=1, status="FAILED")
    _tick(team, "stale_training_run")
    assert _count_writes(team, "stale_training_run") == Counter()

    team.control.clock.advance(3 * DAY)
    _tick(team, "stale_training_run")
    assert _count_writes(team, "stale_training_run") == Counter(comment=1)


@pytest.mark.parametrize("by", ["status", "report"])
def test_a_finished_run_gets_one_evaluation(team: Team, by: str) -> None:
    """Whoever says it first, and however often."""
    task = team.member.create_task(LIST, TRAINING)
    team.member.set_status(task, "running")
    team.settle()
    _report(team, "mlflow", "run_finished", TRAINING, id=1, status="FAILED")
    assert _count_writes(team, "run_finished") == Counter()

    if by == "status":
        team.member.set_status(task, "evaluating")
        team.settle()
    for number in (2, 3):
        _report(team, "mlflow", "run_finished", TRAINING, id=number, status="FINISHED")
    assert team.control.task(task)["status"]["status"] == "evaluating"
    assert _names(team).count(f"Evaluate {TRAINING}") == 1


def test_an_ab_test_is_to_be_decided_when_its_day_has_come(team: Team) -> None:
    """Checklist, subtask and status, once; before that nothing."""
    task = team.member.create_task(LIST, "A/B test of the new ranking loss")
    team.member.set_status(task, "running")
    team.member.set_field(task, "Ends", team.bot.now_ms() + DAY)
    team.settle()
    _tick(team, "ab_test_ended")
    assert _count_writes(team, "ab_test_ended") == Counter()

    team.control.clock.advance(2 * DAY)
    for _ in range(2):
        _tick(team, "ab_test_ended")
    assert _count_writes(team, "ab_test_ended") == Counter(checklist=1, task=1, status=1)
    assert team.control.task(task)["status"]["status"] == "analysis"


def test_each_promoted_version_is_deployed_once(team: Team) -> None:
    """By report or by tag; the next version gets a list of its own."""
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    for number, version in enumerate((7, 7, 8)):
        _report(team, "mlflow", "model_promoted", INFERENCE, id=number, version=version)
    team.member.set_field(task, "Model version", "8")
    team.member.tag(task, "promoted")
    team.settle()

    lists = [checklist["name"] for checklist in team.control.task(task)["checklists"]]
    assert sorted(lists) == ["Deploy 7", "Deploy 8"]
    deploy_tasks = [name for name in _names(team) if name.startswith("Deploy ")]
    assert sorted(deploy_tasks) == [f"Deploy {INFERENCE} 7", f"Deploy {INFERENCE} 8"]


@pytest.mark.parametrize("by", ["status", "report"])
def test_a_deployment_is_closed_and_its_lead_time_measured(team: Team, by: str) -> None:
    """Once."""
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    team.control.clock.advance(26 * HOUR)
    if by == "status":
        team.member.set_status(task, "live")
        team.settle()
    else:
        _report(team, "deploy", "succeeded", INFERENCE, id=1)
    _nudge(team, task)

    raw = team.control.task(task)
    (hours,) = (field["value"] for field in raw["custom_fields"] if field["name"] == "Lead time h")
    assert (raw["status"]["status"], float(hours)) == ("live", 26.0)
    assert "Lead time from creation: 1d 2h" in "\n".join(_list_comments(team, task))
    assert _count_writes(team, "deployment_done")["comment"] == 1


def test_what_nobody_can_rank_goes_to_triage_and_leaves_it(team: Team) -> None:
    """After a few minutes, in which its author may fill it in; until a person has said it."""
    filled_in = team.member.create_task(LIST, "The thing from the day before")
    task = team.member.create_task(LIST, "The thing from yesterday")
    team.settle()
    _nudge(team, task)
    team.control.clock.advance(240_000)
    team.member.set_field(filled_in, "Workload", "Infra")
    team.settle()
    assert _count_writes(team, "missing_triage") == Counter()
    team.control.clock.advance(61_000)
    team.settle()
    assert _tags(team, filled_in) == set()
    assert "needs-triage" in _tags(team, task)
    assert _count_writes(team, "missing_triage") == Counter(tag=1, comment=1)

    team.member.set_field(task, "Workload", "Infra")
    team.settle()
    assert "needs-triage" not in _tags(team, task)
    assert _count_writes(team, "missing_triage") == Counter(tag=2, comment=2)


def test_what_urgent_inference_waits_for_becomes_urgent(team: Team) -> None:
    """The open ones, with the reason, once."""
    blocker, finished = (team.member.create_task(LIST, f"Rack {n}") for n in range(2))
    task = team.member.create_task(LIST, INFERENCE)
    for blocking in (blocker, finished):
        team.member.depend(task, blocking)
    team.member.set_status(finished, "complete")
    team.settle()
    assert _count_writes(team, "blocked_inference") == Counter()

    team.member.set_priority(task, 1)
    team.settle()
    _nudge(team, task)
    assert team.priority(blocker) == 1
    assert _count_writes(team, "blocked_inference", blocker) == Counter(
        priority=1, hold=1, comment=1
    )
    assert _count_writes(team, "blocked_inference", finished) == Counter()


def test_overridden_decisions_are_listed_once_a_week(team: Team) -> None:
    """In the channel and in the doc; a week without any says nothing."""
    task = team.member.create_task(LIST, TRAINING)
    team.settle()
    _tick(team, "weekly_overrides")
    assert _count_writes(team, "weekly_overrides") == Counter()

    team.member.set_priority(task, 2)
    team.settle()
    _tick(team, "weekly_overrides")
    assert _count_writes(team, "weekly_overrides") == Counter(chat=1, doc=1)
    ((channel, text),) = _posts(team)
    assert channel == "ml platform"
    assert TRAINING in text


def test_a_gpu_budget_speaks_before_it_is_gone(team: Team) -> None:
    """Once; raising it takes the tag off."""
    task = team.member.create_task(LIST, TRAINING)
    team.member.set_field(task, "GPU hour budget", 1000)
    for hours in (500, 910, 950):
        team.member.set_field(task, "GPU hours", hours)
        team.settle()
    assert _count_writes(team, "gpu_budget") == Counter(tag=1, comment=1)

    team.member.set_field(task, "GPU hour budget", 2000)
    team.settle()
    assert "over-budget" not in _tags(team, task)


def test_a_rollout_that_does_worse_than_control_is_held(team: Team) -> None:
    """And only while it does."""
    task = team.member.create_task(LIST, INFERENCE)
    team.member.set_status(task, "5 percent")
    team.member.set_field(task, "Control P99 ms", 300)
    for latency, held in ((310, False), (360, True), (325, True), (305, False)):
        team.member.set_field(task, "P99 latency ms", latency)
        team.settle()
        assert ("hold-rollout" in _tags(team, task)) == held
    assert _count_writes(team, "rollout_gate") == Counter(tag=2, comment=2)


def test_urgent_inference_that_nobody_takes_finds_somebody(team: Team) -> None:
    """After a while, once."""
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    team.member.set_priority(task, 1)
    team.settle()
    _tick(team, "inference_unassigned")
    assert _count_writes(team, "inference_unassigned") == Counter()

    team.control.clock.advance(HOUR)
    for _ in range(2):
        _tick(team, "inference_unassigned")
    assert _count_writes(team, "inference_unassigned", task) == Counter(assignee=1, comment=1)
