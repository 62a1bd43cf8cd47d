"""Tools report over HTTP, and shipped automations do something about it."""

import base64
import hashlib
import hmac
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
import requests

from clickup_mlops.sandbox import Sandbox
from tests.features.integrations.test_kinds import FILES, Case
from tests.flows.conftest import LIST, Relay, Team, build, receiving, settings_for, until
from tests.flows.test_executor import Crash, dying, go_on
from tests.own_alertmanager import alertmanager
from tests.own_mlflow import mlflow as mlflow_server
from tests.ports import BoundPort
from tests.soak import crash_steps

DAY = 86_400_000
SECRET = "s3cret"
SETTINGS: dict[str, Any] = {
    "alert_incident": {"list": LIST},
    "pipeline_failed": {"list": LIST},
    "model_registered": {"list": LIST},
    "champion_moved": {"status": "live"},
    "reported_again": {"status": "to do"},
    "reported_over": {"status": "complete"},
}
KINDS = ("mlflow", "alertmanager", "prefect", "argocd", "airflow")


class Reporting(Team):
    """A team whose tools post to the bot's address."""

    address: str
    hold_reports = False
    """What is posted waits, as if the bot were away."""

    def post(self, name: str, body: Any, **headers: str) -> requests.Response:
        """Send it, signed by token unless headers say otherwise; then let the bot work."""
        raw = body if isinstance(body, bytes) else orjson.dumps(body)
        headers = headers or {"Authorization": f"Bearer {SECRET}"}
        answer = requests.post(f"{self.address}/hooks/in/{name}", raw, headers=headers, timeout=9)
        if not self.hold_reports:
            self.settle()
        return answer

    def named(self, name: str) -> list[dict[str, Any]]:
        """The tasks of this name, as ClickUp has them."""
        return [self.control.task(task.id) for task in self.control.tasks if task.name == name]


def _status(name: str) -> dict[str, Any]:
    kinds = {"to do": "open", "complete": "closed", "live": "done", "won't fix": "closed"}
    return {"status": name, "type": kinds[name], "color": "#87909e"}


@pytest.fixture
def team(clickup_sandbox: Sandbox, tmp_path: Path) -> Iterator[Reporting]:
    """All automations of reports are on."""
    control, port = clickup_sandbox.control, BoundPort()
    control.set_statuses(
        LIST, [_status(name) for name in ("to do", "live", "won't fix", "complete")]
    )
    settings = settings_for(
        clickup_sandbox,
        tmp_path,
        port,
        automations={
            "by_name": {
                name: {"mode": "on", "settings": settings} for name, settings in SETTINGS.items()
            }
        },
        integrations={kind: {"kind": kind, "secret": SECRET, "token": SECRET} for kind in KINDS},
    )
    with ExitStack() as running:
        bot = running.enter_context(build(settings, clock=control.clock.now_ms))
        team = Reporting(clickup_sandbox, bot, clock=control.clock.now_ms)
        running.enter_context(receiving(Relay(team), port))
        team.address = f"http://127.0.0.1:{port}"
        bot.sources.hooks.register()
        bot.sources.backfill.run()
        assert bot.user_id
        yield team


def alert(
    state: str, start: int = 0, *, fingerprint: str = "3b1e", **labels: str
) -> dict[str, Any]:
    """One alert; its text differs each time."""
    starts = f"2026-03-01T{start // 60:02}:{start % 60:02}:00Z"
    return {
        "status": state,
        "labels": {"alertname": "GpuDown", "severity": "critical", **labels},
        "annotations": {"summary": "node 7", "description": f"{start} errors"},
        "startsAt": starts,
        "endsAt": starts.replace(":00Z", ":30Z") if state == "resolved" else "0001-01-01T00:00:00Z",
        "fingerprint": fingerprint,
    }


def group(*alerts: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"version": "4", "status": "firing", "groupKey": "{}:{}", "alerts": [*alerts], **more}


def test_an_alert_that_flaps_a_hundred_times_has_one_task(team: Reporting) -> None:
    """It is closed and reopened; what is repeated changes nothing."""
    for start in range(100):
        state = "resolved" if start % 2 else "firing"
        answer = requests.post(
            f"{team.address}/hooks/in/alertmanager",
            orjson.dumps(group(alert(state, start))),
            headers={"Authorization": f"Bearer {SECRET}"},
            timeout=9,
        )
        assert answer.status_code == 200
        if start % 10 in (4, 9):
            team.settle()
    (task,) = team.named("GpuDown: node 7")
    assert task["status"]["status"] == "complete"

    team.post("alertmanager", group(alert("firing", 200)))
    (task,) = team.named("GpuDown: node 7")
    assert task["status"]["status"] == "to do"
    assert "alert_incident/alertmanager-3b1e" in task["text_content"]


def test_each_alert_of_a_group_is_one_incident(team: Reporting) -> None:
    """Of those that are severe enough; the group that comes again adds the new one only."""
    first = alert("firing", fingerprint="aa", alertname="First")
    second = alert("firing", fingerprint="bb", alertname="Second", severity="warning")
    third = alert("firing", fingerprint="cc", alertname="Third")
    assert team.post("alertmanager", group(first, second)).text == "ok: 2 queued"
    team.post("alertmanager", group(first, second, third, truncatedAlerts=4))

    counts = [len(team.named(f"{name}: node 7")) for name in ("First", "Second", "Third")]
    assert counts == [1, 0, 1]


def test_a_decision_not_to_fix_it_is_respected_and_an_old_incident_has_a_successor(
    team: Reporting,
) -> None:
    """Closed long ago: another task. Closed as "won't fix": never."""
    team.post("alertmanager", group(alert("firing")))
    (task,) = team.named("GpuDown: node 7")
    team.member.set_status(task["id"], "won't fix")
    team.settle()
    team.control.clock.advance(30 * DAY)
    team.post("alertmanager", group(alert("firing", 1)))
    assert [task["status"]["status"] for task in team.named("GpuDown: node 7")] == ["won't fix"]

    team.member.set_status(task["id"], "complete")
    team.settle()
    team.control.clock.advance(8 * DAY)
    for start in (2, 3):
        team.post("alertmanager", group(alert("firing", start)))
    states = sorted(task["status"]["status"] for task in team.named("GpuDown: node 7"))
    assert states == ["complete", "to do"]


@pytest.mark.parametrize("last", crash_steps(6))
def test_wherever_it_dies_there_is_one_incident(team: Reporting, last: int) -> None:
    """Creation, journal, hand-over to the task's lane."""
    fate = dying(team, last)
    with suppress(Crash):
        team.post("alertmanager", group(alert("firing")))
    assert fate.steps == last

    team.control.clock.advance(60_000)
    with build(team.bot.settings, clock=team.control.clock.now_ms) as again:
        go_on(team, again)
        assert len(team.named("GpuDown: node 7")) == 1


def mlflow(entity: str, action: str, delivery: str, now_ms: int, **data: Any) -> tuple[bytes, Any]:
    """Body and headers, signed as MLflow does."""
    body = orjson.dumps({"entity": entity, "action": action, "data": data})
    stamp = str(now_ms // 1000)
    message = f"{delivery}.{stamp}.".encode() + body
    mac = base64.b64encode(hmac.new(SECRET.encode(), message, hashlib.sha256).digest()).decode()
    return body, {
        "X-MLflow-Delivery-Id": delivery,
        "X-MLflow-Timestamp": stamp,
        "X-MLflow-Signature": f"v1,{mac}",
    }


def test_a_model_version_from_registration_to_champion(team: Reporting) -> None:
    """One task however often MLflow retries; the alias advances that version's task only."""
    now = team.bot.now_ms()
    for version in ("1", "2"):
        body, headers = mlflow(
            "model_version", "created", f"d{version}", now, name="churn", version=version
        )
        for _ in range(4):
            assert team.post("mlflow", body, **headers).status_code == 200
    body, headers = mlflow(
        "model_version_alias", "created", "d3", now, name="churn", version="2", alias="champion"
    )
    team.post("mlflow", body, **headers)

    (first,), (second,) = team.named("Deploy churn 1"), team.named("Deploy churn 2")
    assert (first["status"]["status"], second["status"]["status"]) == ("to do", "live")


def test_an_old_signature_of_mlflow_is_refused(team: Reporting) -> None:
    """A recorded delivery cannot be sent again much later."""
    body, headers = mlflow("model_version", "created", "d1", team.bot.now_ms() - DAY, name="churn")
    assert team.post("mlflow", body, **headers).status_code == 401
    assert team.bot.inbox.list("ready", 9) == []


def test_a_pipeline_that_fails_again_has_one_task(team: Reporting) -> None:
    """Each of its runs is a report; the next success closes the task."""
    for run, state in (("a", "Failed"), ("a", "Failed"), ("b", "Crashed"), ("c", "Completed")):
        body = {
            "event": f"prefect.flow-run.{state}",
            "event_id": f"{run}-{state}",
            "flow": {"name": "ingest"},
            "flow_run": {"id": run, "message": "[click](https://evil.example) @everyone"},
        }
        assert team.post("prefect", body).status_code == 200
    (task,) = team.named("Pipeline ingest failed")
    assert task["status"]["status"] == "complete"
    (row,) = (row for row in team.bot.store.journal.list() if row.kind.startswith("task:"))
    assert r"\[click\]" in row.after["text"], "what a tool sends makes no link"
    assert "@everyone" not in row.after["text"]


def test_a_task_does_not_say_resolved_while_its_pipeline_fails(team: Reporting) -> None:
    """A person works on it; the run after a success fails again, and then one succeeds."""
    run = {"dag_id": "ingest", "run_id": "1"}
    team.post("airflow", run | {"state": "failed"})
    (task,) = team.named("Pipeline ingest failed")
    texts = []
    for number, state in enumerate(("success", "failed", "success"), 2):
        team.post("airflow", run | {"run_id": f"{number}", "state": state})
        texts += [comment.text for comment in team.bot.client.comments.of_task(task["id"])]
        team.member.set_status(task["id"], "to do")
        team.settle()
    assert [text.partition(":")[0] for text in texts] == [
        "Resolved",
        "Resolved, then reported again",
        "Resolved",
    ]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("argocd", {"app": "ranker", "health": "Degraded", "finished_at": "2026-03-01T09:00:00Z"}),
        ("airflow", {"dag_id": "ingest", "state": "failed"}),
    ],
)
def test_what_names_no_time_and_no_run_may_happen_again(
    team: Reporting, name: str, body: dict[str, str]
) -> None:
    """A repetition comes within minutes, also over the end of a window; later it is news."""
    for minutes in (0, 10, 4, 30, 1):
        team.control.clock.advance(minutes * 60_000)
        assert team.post(name, body).status_code == 200
    rows = [row for row in team.bot.inbox.list(None, 50) if row.lane == f"integration:{name}"]
    assert len(rows) == 2


@pytest.mark.parametrize(
    "claimed", ["integration:mlflow", "out:sink", "cron:prune", "a b", "x" * 101]
)
def test_a_label_cannot_name_a_lane(team: Reporting, claimed: str) -> None:
    """What is no task's id is ignored."""
    team.post("alertmanager", group(alert("firing", clickup_task=claimed)))
    lanes = {row.lane for row in team.bot.inbox.list(None, 50)}
    assert claimed not in lanes
    assert {row.state for row in team.bot.inbox.list(None, 50)} <= {"done"}


def test_a_tool_is_answered_what_it_should_do(team: Reporting) -> None:
    """Stored: 200. Would fail again: 4xx."""
    firing = group(alert("firing"))
    assert team.post("alertmanager", firing).status_code == 200
    assert team.post("alertmanager", firing, Authorization="Bearer wrong").status_code == 401
    assert team.post("alertmanager", {"version": "3", "alerts": []}).status_code == 400
    assert team.post("alertmanager", {"version": "4", "alerts": "no"}).status_code == 400
    assert team.post("alertmanager", b"[").status_code == 400
    assert team.post("nobody", firing).status_code == 404


def test_what_alerts_share_cannot_fill_the_memory(team: Reporting) -> None:
    """Each report repeats it: a small delivery of many alerts would become gigabytes."""
    alerts = (alert("firing", fingerprint=f"{number}") for number in range(200))
    answer = team.post("alertmanager", group(*alerts, groupKey="x" * 400_000))
    assert (answer.status_code, answer.text[:17]) == (400, "its reports have ")
    assert not team.bot.inbox.list(None, 500)


def test_every_case_is_accepted_over_http(team: Reporting) -> None:
    """As its tool sends it: each report is an event of its type, and none the second time."""
    cases = {f"case{number}": Case(file) for number, file in enumerate(FILES)}
    # Deliveries have their own time, and the sandbox has another one.
    patient = {"tolerance": timedelta(days=9999)}
    tables = {name: case.table.model_copy(update=patient) for name, case in cases.items()}
    team.restart(team.bot.settings.model_copy(update={"integrations": tables}))
    for name, case in cases.items():
        for _ in range(2):
            url, headers = f"{team.address}/hooks/in/{name}", case.delivery.headers
            answer = requests.post(url, case.delivery.body, headers=headers, timeout=9)
            assert answer.status_code == 200, (name, answer.text)
    rows = team.bot.inbox.list(None, 500)
    stored = Counter(row.kind for row in rows if row.kind.startswith("integration:"))
    expected = ((name, signal["type"]) for name, case in cases.items() for signal in case.want)
    assert stored == Counter(f"integration:{name}.{type_}" for name, type_ in expected)


@pytest.mark.services
def test_a_real_alertmanager_reports_an_alert_and_its_end(team: Reporting, tmp_path: Path) -> None:
    """Fires, is resolved, fires again: one task for each alert of the group."""
    labels = [{"alertname": name, "severity": "critical", "cluster": "a"} for name in ("A", "B")]
    with alertmanager(f"{team.address}/hooks/in/alertmanager", SECRET, tmp_path) as running:
        running.post(*labels)
        until(lambda: _states(team) == ["to do", "to do"])
        running.post(labels[0], startsAt="2026-01-01T00:00:00Z", endsAt=_now())
        until(lambda: _states(team) == ["complete", "to do"])
        running.post(labels[0])
        until(lambda: _states(team) == ["to do", "to do"])


@pytest.mark.slow
@pytest.mark.services
def test_a_real_mlflow_reports_a_version_and_its_alias(team: Reporting, tmp_path: Path) -> None:
    """Signed by itself, in its own time: the sandbox's clock is another one."""
    settings = team.bot.settings
    patient = settings.integrations["mlflow"].model_copy(update={"tolerance": timedelta(days=9999)})
    team.restart(settings.model_copy(update={"integrations": {"mlflow": patient}}))
    with mlflow_server(f"{team.address}/hooks/in/mlflow", SECRET, tmp_path) as server:
        server.post("registered-models/create", name="churn")
        server.post("model-versions/create", name="churn", source="s3://models/churn/1")
        until(lambda: team.settle() or team.named("Deploy churn 1"))
        server.post("registered-models/alias", name="churn", alias="champion", version="1")
        until(lambda: team.settle() or _status_of(team, "Deploy churn 1") == "live")


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _status_of(team: Reporting, name: str) -> str:
    (task,) = team.named(name)
    return str(task["status"]["status"])


def _states(team: Reporting) -> list[str]:
    """Of the tasks of both alerts, once the bot has worked."""
    team.settle()
    return sorted(task["status"]["status"] for name in "AB" for task in team.named(name))
