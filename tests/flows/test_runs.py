"""The run log: what each automation did about each event, and what of it failed."""

import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from clickup_mlops import content
from clickup_mlops.bot.write import runs
from clickup_mlops.bot.write.executor import note_scope
from clickup_mlops.bot.write.runs import Shown
from clickup_mlops.features.integrations.tools.generic import Settings as IntegrationTable
from clickup_mlops.operations.check import check
from clickup_mlops.store import Store
from clickup_mlops.store.tables.notes import LATCH
from clickup_mlops.store.tables.runs import FAILED, RunFilter
from clickup_mlops.telemetry import REGISTRY
from tests.flows.conftest import INFERENCE, LIST, Team, build
from tests.flows.test_executor import Crash, dying, go_on
from tests.soak import crash_steps

HOUR = 3_600_000
# Nobody is called like that.
UNKNOWN = '{ action = "assign", user = "Qqqq" }'
PARTLY = f"""on = ["taskTagUpdated"]
when = '"hot" in task.tags'
do = [{UNKNOWN}, {{ action = "comment", text = "On fire", mode = "new" }}]
"""


def _log(store: Store, **filters: Any) -> list[Shown]:
    """Oldest first."""
    return runs.list_runs(store, RunFilter(**filters), 99)[::-1]


def _results(team: Team, **filters: Any) -> list[str]:
    return [entry.run.result for entry in _log(team.bot.store, **filters)]


def _counted(automation: str, result: str) -> float:
    labels = {"automation": automation, "result": result}
    return REGISTRY.get_sample_value("clickup_mlops_automation_runs_total", labels) or 0.0


def _list_first_lines(team: Team, task: str) -> list[str]:
    comments = team.bot.client.comments.of_task(task)
    return [comment.text.splitlines()[0] for comment in comments][::-1]


def test_the_rest_of_an_automation_is_done_and_the_failure_is_told(
    team: Team, tmp_path: Path
) -> None:
    """With the task, the trigger, what failed and why, and what to do."""
    team.use(tmp_path, hot=PARTLY)
    before = _counted("hot", "partly failed")
    task = team.member.create_task(LIST, INFERENCE)
    team.member.tag(task, "hot")
    team.settle()

    assert _list_first_lines(team, task) == ["On fire"]
    (entry,) = _log(team.bot.store)
    assert (entry.run.automation, entry.run.event_kind) == ("hot", "taskTagUpdated")
    assert (entry.run.result, entry.run.task_id, entry.task_name) == (
        "partly failed",
        task,
        INFERENCE,
    )
    assert entry.task_url.endswith(task)
    assert {(action.action, action.state) for action in entry.run.actions} == {
        ("assign", "problem"),
        ("comment", "done"),
    }
    assert entry.run.why == 'action 1, assign: user: no people are called "Qqqq"'
    assert entry.run.failure is not None
    assert "hot.toml" in entry.run.failure.hint
    assert _counted("hot", "partly failed") == before + 1


def test_what_finds_nothing_to_do_is_no_run(team: Team) -> None:
    """A priority that is right already leaves no trace; neither do our own echoes."""
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    assert _results(team) == ["done"]

    team.member.tag(task, "whatever")
    team.settle()
    assert _results(team) == ["done"]


def test_a_storm_about_a_task_is_one_line_and_no_call(team: Team, tmp_path: Path) -> None:
    """An automation that cannot do anything is tried at each event, and counted."""
    team.use(tmp_path, hot=f'on = ["taskTagUpdated"]\ndo = [{UNKNOWN}]')
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    team.member.tag(task, "first")
    team.settle()
    team.control.reset_counts()
    for number in range(8):
        team.member.tag(task, f"t{number}")
        team.settle()

    (entry,) = _log(team.bot.store)
    assert (entry.run.result, entry.run.count) == ("failed", 9)
    assert team.control.stats.calls() == team.control.stats.calls("GET", "/task/")


def test_a_latched_automation_that_acts_in_part_acts_once(team: Team, tmp_path: Path) -> None:
    """Not again with each event of a storm; after its release it may."""
    until = "until = '!(\"hot\" in task.tags)'"
    team.use(tmp_path, hot=f"{PARTLY}{until}\nthen = [{UNKNOWN}]")
    task = team.member.create_task(LIST, INFERENCE)
    for tag in ("hot", "more", "evenmore"):
        team.member.tag(task, tag)
        team.settle()
    assert _list_first_lines(team, task) == ["On fire"]
    assert _results(team) == ["partly failed"]

    team.member.untag(task, "hot")
    team.settle()
    assert team.bot.store.notes.all(LATCH) == {}
    team.member.tag(task, "hot")
    team.settle()
    assert _list_first_lines(team, task) == ["On fire", "On fire"]
    assert _results(team) == ["partly failed", "failed", "partly failed"]


HOT = """on = ["taskTagUpdated"]
when = '"hot" in task.tags'
until = '!("hot" in task.tags)'
"""


def test_a_latched_automation_that_did_nothing_acts_when_it_is_mended(
    team: Team, tmp_path: Path
) -> None:
    """Nothing was done that could be doubled."""
    team.use(tmp_path, hot=f"{HOT}do = [{UNKNOWN}]")
    task = team.member.create_task(LIST, INFERENCE)
    team.member.tag(task, "hot")
    team.settle()
    assert team.bot.store.notes.all(LATCH) == {}

    team.use(tmp_path, hot=f'{HOT}do = [{{ action = "comment", text = "Hi", mode = "new" }}]')
    team.member.tag(task, "more")
    team.settle()
    assert _list_first_lines(team, task) == ["Hi"]
    assert _results(team) == ["failed", "done"]


def test_a_cap_that_is_reached_half_way_does_not_double_the_first_half(
    team: Team, tmp_path: Path
) -> None:
    """Such an automation has acted: it is latched."""
    say = '{ action = "comment", text = "%s", mode = "new", key = "%s" }'
    team.use(
        tmp_path,
        hot=f"""on = ["taskTagUpdated"]
        when = '"hot" in task.tags'
        cap = 1
        do = [{say % ("a", "a")}, {say % ("b", "b")}]
        until = '!("hot" in task.tags)'""",
    )
    task = team.member.create_task(LIST, INFERENCE)
    team.member.tag(task, "hot")
    team.settle()
    team.control.clock.advance(HOUR + 1)
    team.member.tag(task, "more")
    team.settle()

    assert _list_first_lines(team, task) == ["a"]
    assert _results(team) == ["capped"]
    runs = {check_result.check: check_result for check_result in check(team.bot)}["runs"]
    assert runs.state == "note"
    assert "1 run of hot reached its cap" in runs.text


@pytest.mark.parametrize("last", crash_steps(6))
def test_what_failed_is_still_known_wherever_it_dies(team: Team, tmp_path: Path, last: int) -> None:
    """The write is done once, and the run is told as what it was: partly failed."""
    team.use(tmp_path, hot=PARTLY)
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()
    fate = dying(team, last)
    team.member.tag(task, "hot")
    with suppress(Crash):
        team.settle()
    assert fate.steps == last

    team.control.clock.advance(60_000)
    with build(team.bot.settings, clock=team.control.clock.now_ms) as again:
        go_on(team, again)

        (entry,) = _log(again.store)
        assert entry.run.result == "partly failed"
        assert len(list(again.client.comments.of_task(task))) == 1
        assert again.store.notes.all(note_scope(task)) == {}


REFUSED = """on = ["taskCreated"]
do = [
  { action = "add_tag", tag = "a" },
  { action = "comment", text = "Hello", mode = "new" },
]
"""


def test_a_refused_action_is_in_the_same_run_until_it_is_done(team: Team, tmp_path: Path) -> None:
    """With ClickUp's words; every retry and replay is the same run."""
    team.use(tmp_path, greet=REFUSED)
    failed, finished = _counted("greet", "partly failed"), _counted("greet", "done")
    team.control.faults.add("status", method="POST", path="*/comment", status_code=403, times=None)
    team.member.create_task(LIST, INFERENCE)
    team.settle()
    for _ in range(2):
        (row,) = team.bot.inbox.list("parked", 9)
        team.bot.inbox.replay(row.id, team.bot.now_ms())
        team.settle()

    (entry,) = _log(team.bot.store, results=FAILED)
    assert [(action.action, action.state) for action in entry.run.actions] == [
        ("add_tag", "done"),
        ("comment", "refused"),
    ]
    assert entry.run.why.startswith("comment: ")
    assert _counted("greet", "partly failed") == failed + 1

    team.control.faults.clear()
    (row,) = team.bot.inbox.list("parked", 9)
    team.bot.inbox.replay(row.id, team.bot.now_ms())
    team.settle()
    (entry,) = _log(team.bot.store)
    assert (entry.run.result, entry.run.count) == ("done", 1)
    assert [action.state for action in entry.run.actions] == ["done", "done"]
    assert _counted("greet", "done") == finished + 1


def test_a_single_write_that_is_refused_is_one_run(team: Team, tmp_path: Path) -> None:
    """Nothing was done of it; also if the refusal is worth several tries."""
    team.use(tmp_path, greet='on = ["taskCreated"]\ndo = [{ action = "comment", text = "Hello" }]')
    team.control.faults.add("status", method="POST", path="*/comment", status_code=409, times=None)
    team.member.create_task(LIST, INFERENCE)
    for _ in range(12):
        team.settle()
        team.control.clock.advance(HOUR)

    assert len(team.bot.inbox.list("parked", 9)) == 1
    (entry,) = _log(team.bot.store)
    assert (entry.run.result, entry.run.count) == ("refused", 1)


def test_a_run_in_shadow_says_what_would_be_done(team: Team, tmp_path: Path) -> None:
    """And what would fail."""
    team.use(tmp_path, hot=f'mode = "shadow"\n{PARTLY}', normal=f'mode = "shadow"\n{REFUSED}')
    task = team.member.create_task(LIST, INFERENCE)
    team.member.tag(task, "hot")
    team.settle()

    assert _list_first_lines(team, task) == []
    assert _results(team, automation="normal") == ["shadow"]
    assert _results(team, automation="hot") == ["partly failed"]


def test_a_cap_is_a_result(team: Team, tmp_path: Path) -> None:
    """The actions tell what was done before it was reached."""
    team.use(
        tmp_path,
        greet="""on = ["taskCreated"]
        cap = 1
        do = [{ action = "add_tag", tag = "a" }, { action = "add_tag", tag = "b" }]""",
    )
    for number in range(2):
        team.member.create_task(LIST, f"{INFERENCE} {number}")
        team.settle()

    first, second = (entry.run for entry in _log(team.bot.store))
    assert [action.state for action in first.actions] == ["done", "capped"]
    assert [action.state for action in second.actions] == ["capped", "capped"]
    assert (first.result, second.result) == ("capped", "capped")


def test_schedules_and_reports_are_told_as_what_set_it_off(team: Team, tmp_path: Path) -> None:
    """An automation for the whole workspace has no task."""
    team.use(
        tmp_path,
        weekly="""schedule = { cron = "0 9 * * 1" }
        per = "workspace"
        do = [{ action = "create_task", list = "Tasks", name = "Week of ${now}" }]""",
    )
    (automation,) = team.bot.context.automations
    team.bot.sources.schedules.insert(automation, team.bot.now_ms())
    team.settle()

    (entry,) = _log(team.bot.store)
    assert (entry.run.event_kind, entry.run.task_id, entry.task_url) == ("schedule:weekly", "", "")
    assert entry.run.event_key.startswith("schedule:weekly:")


def test_a_report_of_another_system_is_a_trigger(team: Team, tmp_path: Path) -> None:
    """By the name under which automations hear of it."""
    team.use(
        tmp_path,
        tell="""on = ["integration:mlflow.run_finished"]
        per = "workspace"
        do = [{ action = "create_task", list = "Nowhere", name = "A run" }]""",
    )
    table = IntegrationTable(token=SecretStr("t"), type="event")
    team.restart(team.bot.settings.model_copy(update={"integrations": {"mlflow": table}}))
    headers = {"Authorization": "Bearer t"}
    team.bot.accept_report("mlflow", b'{"event": "run_finished"}', headers)
    team.settle()

    (entry,) = _log(team.bot.store)
    assert (entry.run.event_kind, entry.run.task_id) == ("integration:mlflow.run_finished", "")
    assert entry.run.result == "failed"
    assert entry.run.why.startswith('action 1, create_task: list: no lists are called "Nowhere"')


TEN = "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]"
FOR_EVER = f"{TEN}.all(a, {TEN}.all(b, {TEN}.all(c, {TEN}.all(d, {TEN}.all(e, a > 0)))))"


def test_an_automation_that_cannot_be_judged_does_not_keep_a_task_from_being_routed(
    team: Team, tmp_path: Path
) -> None:
    """Not even in shadow mode: its condition takes too many steps."""
    shutil.copytree(content.find_folder("automations"), tmp_path, dirs_exist_ok=True)
    endless = f'on = ["taskCreated"]\nmode = "shadow"\nwhen = \'{FOR_EVER}\''
    team.use(tmp_path, endless=f'{endless}\ndo = [{{ action = "add_tag", tag = "a" }}]')
    task = team.member.create_task(LIST, INFERENCE)
    team.settle()

    assert team.priority(task) is not None
    (entry,) = _log(team.bot.store, automation="endless")
    assert entry.run.result == "failed"
    assert "Iteration budget exceeded" in entry.run.why
    assert team.bot.inbox.list("parked", 9) == []
