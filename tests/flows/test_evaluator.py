"""Where and when automations act: canaries, latches, schedules, quiet hours, targets."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from werkzeug.test import Client

from clickup_mlops.clickup.webhook import sign
from clickup_mlops.interfaces.web.app import create_app
from clickup_mlops.store.tables.notes import LATCH
from clickup_mlops.store.tables.runs import RunFilter
from tests.flows.conftest import INFERENCE, LIST, Team

HOUR = 3_600_000
HOT = """
on = ["taskTagUpdated"]
when = '"hot" in task.tags'
do = [{ action = "comment", text = "On fire", mode = "new" }]
until = '!("hot" in task.tags)'
then = [{ action = "comment", text = "Cooled down", mode = "new", key = "over" }]
"""


def _list_first_lines(team: Team, task: str) -> list[str]:
    """The first lines of the task's comments, oldest first."""
    comments = team.bot.client.comments.of_task(task)
    return [comment.text.splitlines()[0] for comment in comments][::-1]


def _tags(team: Team, task: str) -> set[str]:
    return {tag["name"] for tag in team.control.task(task)["tags"]}


def test_a_canary_acts_on_its_share_and_only_says_what_it_would_do_elsewhere(
    team: Team, tmp_path: Path
) -> None:
    """Always on the same tasks: by a number made from the id."""
    team.use(
        tmp_path,
        bird="""on = ["taskCreated"]
        mode = "canary"
        canary = { share = 0.5 }
        do = [{ action = "add_tag", tag = "seen" }]""",
    )
    tasks = [team.member.create_task(LIST, f"{INFERENCE} {n}") for n in range(12)]
    team.settle()

    (automation,) = team.bot.context.automations
    assert automation.canary is not None
    for task in tasks:
        model = team.bot.client.tasks.get(task)
        assert ("seen" in _tags(team, task)) == automation.canary.has(model)
    assert 0 < sum("seen" in _tags(team, task) for task in tasks) < 12


def test_a_latched_automation_acts_once_until_it_is_released(team: Team, tmp_path: Path) -> None:
    """However often its condition holds meanwhile; `then` is done at the release, once."""
    team.use(tmp_path, hot=HOT)
    task = team.member.create_task(LIST, INFERENCE)
    for tag in ("hot", "more", "evenmore"):
        team.member.tag(task, tag)
        team.settle()
    assert _list_first_lines(team, task) == ["On fire"]

    team.member.untag(task, "hot")
    team.settle()
    team.member.tag(task, "again")
    team.settle()
    assert _list_first_lines(team, task) == ["On fire", "Cooled down"]

    team.member.tag(task, "hot")
    team.settle()
    assert _list_first_lines(team, task) == ["On fire", "Cooled down", "On fire"]


RUNS = """
on = ["taskStatusUpdated"]
when = 'event.after == "in progress"'
do = [{ action = "add_tag", tag = "runs" }]
until = 'event.after != "in progress"'
then = [{ action = "remove_tag", tag = "runs" }]
"""


def test_what_has_ended_does_not_begin_again_when_its_end_is_tried_again(
    team: Team, tmp_path: Path
) -> None:
    """Both events were waiting, and ClickUp fails for a while at the second one's write."""
    team.use(tmp_path, runs=RUNS)
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    for status in ("in progress", "to do"):
        team.member.set_status(task, status)
        team.control.deliveries.wait_idle()
    team.control.faults.add("status", method="DELETE", status_code=503, times=None)
    team.settle()
    assert _tags(team, task) == {"runs"}

    team.control.faults.clear()
    for _ in range(3):
        team.control.clock.advance(HOUR)
        team.settle()

    assert _tags(team, task) == set()
    assert team.bot.store.notes.all(LATCH) == {}


def test_a_capped_automation_is_not_latched(team: Team, tmp_path: Path) -> None:
    """It has not acted: it may as soon as its cap allows."""
    team.use(tmp_path, hot=f"cap = 1\n{HOT}")
    first, second = (team.member.create_task(LIST, f"{INFERENCE} {n}") for n in range(2))
    for task in (first, second):
        team.member.tag(task, "hot")
        team.settle()
    assert (_list_first_lines(team, first), _list_first_lines(team, second)) == (["On fire"], [])

    team.control.clock.advance(HOUR + 1)
    team.member.tag(second, "again")
    team.settle()
    assert _list_first_lines(team, second) == ["On fire"]


def test_a_schedule_acts_on_each_open_task_that_needs_it_without_reading(
    team: Team, tmp_path: Path
) -> None:
    """The run is one row; the same run again does nothing."""
    team.use(
        tmp_path,
        stale="""schedule = { cron = "0 9 * * MON", zone = "Europe/Madrid" }
        when = 'now - task.created > duration("24h")'
        do = [{ action = "add_tag", tag = "stale" }]""",
    )
    old = team.member.create_task(LIST, INFERENCE)
    team.job("backfill")
    team.control.clock.advance(30 * HOUR)
    new = team.member.create_task(LIST, f"{INFERENCE} 2")
    team.job("backfill")
    team.settle()
    team.control.reset_counts()

    (automation,) = team.bot.context.automations
    for _ in range(2):
        team.bot.sources.schedules.insert(automation, team.bot.now_ms())
        team.bot.run_until_idle()

    assert (_tags(team, old), _tags(team, new)) == ({"stale"}, set())
    assert team.control.stats.calls("GET") == 0
    assert team.control.stats.calls("POST") == 1


def test_a_schedule_that_was_missed_is_made_up_for_once(team: Team, tmp_path: Path) -> None:
    """The bot was away for three Mondays."""
    team.use(
        tmp_path,
        weekly="""schedule = { cron = "0 9 * * 1" }
        per = "workspace"
        do = [{ action = "create_task", list = "Tasks", name = "Week of ${now}" }]""",
    )
    team.bot.sources.schedules.catch_up()
    team.bot.sources.schedules.catch_up()
    assert team.bot.inbox.depth(0).ready == 0

    team.control.clock.advance(21 * 24 * HOUR)
    for _ in range(2):
        team.bot.sources.schedules.catch_up()
    rows = [row for row in team.bot.inbox.list("ready", 9) if row.lane == "schedule:weekly"]
    assert len(rows) == 1
    due = datetime.fromtimestamp(int(rows[0].key.rpartition(":")[2]) / 1000, UTC)
    assert (due.strftime("%a"), due.hour) == ("Mon", 9)

    team.settle()
    kinds = [row.kind.partition(":")[0] for row in team.bot.store.journal.list()]
    assert kinds == ["task"]


def test_in_quiet_hours_an_automation_waits_and_is_judged_again_when_they_end(
    team: Team, tmp_path: Path
) -> None:
    """Others go on; what no longer holds in the morning is not done."""
    now = datetime.fromtimestamp(team.bot.now_ms() / 1000, UTC)
    quiet = team.bot.settings.automations.quiet.model_copy(
        update={
            "from_": (now - timedelta(minutes=10)).time(),
            "to": (now + timedelta(minutes=10)).time(),
        }
    )
    ends_ms = quiet.ends_ms(team.bot.now_ms())
    assert ends_ms is not None
    team.configure(quiet=quiet)
    text = """on = ["taskTagUpdated"]
    when = '"hot" in task.tags'
    do = [{ action = "add_tag", tag = "%s" }]"""
    team.use(tmp_path, normal=f"quiet = true\n{text % 'normal'}", eager=text % "eager")
    stays, cools = (team.member.create_task(LIST, f"{INFERENCE} {n}") for n in range(2))
    for task in (stays, cools):
        team.member.tag(task, "hot")
    team.settle()
    assert _tags(team, stays) == {"hot", "eager"}
    assert [run.result for run in team.bot.store.runs.list(RunFilter("normal"), 9)] == ["held"] * 2

    team.member.untag(cools, "hot")
    team.settle()
    team.control.clock.advance(ends_ms - team.bot.now_ms() + 1_000)
    team.settle()
    assert _tags(team, stays) == {"hot", "eager", "normal"}
    assert _tags(team, cools) == {"eager"}
    newest, *_ = team.bot.store.runs.list(RunFilter("normal"), 9)
    assert (newest.result, newest.task_id, newest.event_kind) == ("done", stays, "taskTagUpdated")


def test_an_action_may_be_about_the_tasks_that_it_waits_for(team: Team, tmp_path: Path) -> None:
    """The text tells of the task that the event was about."""
    team.use(
        tmp_path,
        blocked="""on = ["taskTagUpdated"]
        when = '"stuck" in task.tags'
        do = [{ action = "comment", text = "Blocks ${task.name}", target = "blockers" }]""",
    )
    blocker = team.member.create_task(LIST, "Fix the cluster")
    task = team.member.create_task(LIST, "Serve the ranker")
    team.member.depend(task, blocker)
    team.member.tag(task, "stuck")
    team.settle()

    assert _list_first_lines(team, blocker) == ["Blocks Serve the ranker"]
    assert _list_first_lines(team, task) == []


REPORTED = """
on = ["integration:mlflow.run_finished"]
when = 'event.data.accuracy > 0.9'
do = [{ action = "add_tag", tag = "evaluate" }]
"""


@pytest.fixture
def mlflow(team: Team) -> Client:
    """The receiver of a bot that listens to one other system."""
    table = {"secret": "s3cret", "type": "event.kind", "key": "id", "find": {"name": "run"}}
    settings = type(team.bot.settings)(**_plain(team), integrations={"mlflow": table})
    team.restart(settings)
    return Client(create_app(team.receiver))


def _plain(team: Team) -> dict[str, Any]:
    return {
        name: getattr(team.bot.settings, name)
        for name in ("clickup", "store", "hooks", "automations")
    }


def _post(client: Client, secret: str = "s3cret", **data: Any) -> int:
    body = orjson.dumps({"event": {"kind": "run_finished"}} | data)
    headers = {"X-Signature": f"sha256={sign(body, secret)}"}
    return client.post("/hooks/in/mlflow", data=body, headers=headers).status_code


def test_a_report_of_another_system_reaches_its_task_once(
    team: Team, tmp_path: Path, mlflow: Client
) -> None:
    """Found in the mirror by its name; repeated reports have one effect; no read."""
    team.use(tmp_path, evaluate=REPORTED)
    task = team.member.create_task(LIST, "ranker-7")
    untouched = team.member.create_task(LIST, "ranker-8")
    team.job("backfill")
    team.control.reset_counts()

    assert _post(mlflow, id=1, run="ranker-7", accuracy=0.95) == 200
    assert _post(mlflow, id=1, run="ranker-7", accuracy=0.95) == 200
    assert _post(mlflow, id=2, run="ranker-8", accuracy=0.5) == 200
    assert _post(mlflow, id=3, run="nobody", accuracy=0.99) == 200
    team.settle()

    assert (_tags(team, task), _tags(team, untouched)) == ({"evaluate"}, set())
    assert team.control.stats.calls("GET") == 0


def test_a_report_that_is_not_signed_is_refused(team: Team, mlflow: Client) -> None:
    """And nothing of it is kept."""
    assert _post(mlflow, secret="wrong", id=1) == 401
    assert mlflow.post("/hooks/in/mlflow", data=b"{}").status_code == 401
    assert mlflow.post("/hooks/in/unknown", data=b"{}").status_code == 404
    body = b"[1]"
    signed = {"X-Signature": sign(body, "s3cret")}
    assert mlflow.post("/hooks/in/mlflow", data=body, headers=signed).status_code == 400
    assert team.bot.inbox.list("ready", 9) == []


@pytest.mark.parametrize(
    "claimed", ["integration:mlflow", "out:sink", "cron:prune", "held:x", "list:7", "a b", [1], 1.5]
)
def test_a_report_cannot_name_a_lane_in_place_of_a_task(
    team: Team, tmp_path: Path, claimed: object
) -> None:
    """It would copy itself, or stand in a lane whose events are read otherwise."""
    table = {"secret": "s3cret", "type": "event.kind", "key": "id", "find": {"id": "task"}}
    team.restart(type(team.bot.settings)(**_plain(team), integrations={"mlflow": table}))
    team.use(tmp_path, evaluate=REPORTED)
    mlflow = Client(create_app(team.receiver))

    assert _post(mlflow, id=1, task=claimed, accuracy=0.95) == 200
    team.settle()

    rows = team.bot.inbox.list(None, 20)
    assert [row.lane for row in rows if row.source == "integration:mlflow"] == [
        "integration:mlflow"
    ]
    assert {row.state for row in rows} <= {"done"}


def test_a_report_that_could_not_be_handled_is_refused_at_the_door(
    team: Team, mlflow: Client
) -> None:
    """Nested more deeply than what is stored may be; brackets in a text do not count."""
    for levels, status in ((90, 200), (101, 400), (200, 400)):
        nested: Any = "deep"
        for _ in range(levels - 1):
            nested = [nested]
        assert _post(mlflow, id=levels, run=nested) == status, levels
    assert _post(mlflow, id=1, run="[{" * 500 + '\\"[') == 200
    team.settle()
    assert team.bot.inbox.depth(team.bot.now_ms()).parked == 0


def test_a_condition_that_asks_routing_does_not_claim_that_the_priority_is_set(
    team: Team, tmp_path: Path
) -> None:
    """Nobody wrote it: the task's own priority is no person's choice, and no decision's effect."""
    team.use(
        tmp_path,
        asks="""on = ["taskCreated", "taskUpdated"]
        when = 'task.workload == "inference" && task.tier == "normal"'
        do = [{ action = "add_tag", tag = "served" }]""",
    )
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    decision = team.bot.store.decisions.latest(task)
    assert decision is not None and decision.body["written"] is False
    team.member.update(task, name=f"{INFERENCE} again")
    team.settle()

    assert _tags(team, task) == {"served"}
    assert team.bot.store.overrides.list(team.bot.now_ms()) == []
