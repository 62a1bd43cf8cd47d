"""Runs become events on their tasks: each finding once."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.bot.app import Bot
from clickup_mlops.features.metrics.settings import MetricsSettings
from clickup_mlops.features.progress import watched
from clickup_mlops.features.progress.mcp_tools.run_progress import call
from clickup_mlops.features.progress.package import JOB
from clickup_mlops.features.progress.sections.progress import SECTION
from clickup_mlops.ports.mcp.access import Access
from clickup_mlops.ports.sections.model import Data, Query
from clickup_mlops.series.history import StoreHistory
from clickup_mlops.store.tables.history import Series
from clickup_mlops.store.tables.notes import RUN_ENDS
from tests.features.progress.test_sources import number
from tests.flows.conftest import LIST, TRAINING, Team

MINUTE_MS = 60_000


class Cluster:
    """A file in place of `squeue --json`, and one in place of a job's log."""

    def __init__(self, folder: Path, team: Team) -> None:
        self._queue, self._log, self._team = folder / "queue.json", folder / "log", team
        self.jobs: dict[int, dict[str, Any]] = {}
        self.show()

    def job(self, number_: int, task: str, state: str = "RUNNING", **more: Any) -> None:
        """A job as it is now."""
        job = {"job_id": number_, "name": f"job-{number_}", "job_state": [state]}
        job |= {"comment": f"task:{task}", "standard_output": str(self._log)}
        job["user_id"] = os.getuid()
        self.jobs[number_] = job | {"start_time": number(1), "tres_alloc_str": "gres/gpu=8"} | more

    def show(self, log: str = "") -> None:
        """Write both files."""
        self._queue.write_text(json.dumps({"jobs": [*self.jobs.values()]}))
        self._log.write_text(log)

    def look(self, log: str = "", minutes: int = 10) -> None:
        """Let time pass, and have the bot look."""
        self.show(log)
        self._team.control.clock.advance(minutes * MINUTE_MS)
        self._team.job(JOB)

    @property
    def table(self) -> dict[str, Any]:
        return {"kind": "slurm_runs", "queue": ["cat", str(self._queue)]}


@pytest.fixture
def cluster(team: Team, tmp_path: Path) -> Cluster:
    """The bot watches it, with the automations about runs."""
    cluster = Cluster(tmp_path, team)
    settings = MetricsSettings.model_validate({"sources": {"hpc": cluster.table}})
    team.restart(team.bot.settings.with_tables(settings))
    team.configure(by_name={"run_finished": {"mode": "on"}, "run_trouble": {"mode": "on"}})
    return cluster


def comments(team: Team, task: str) -> list[str]:
    return [comment.text for comment in team.sandbox.world.comments if comment.on_id == task]


def test_a_stalled_run_gets_one_comment_until_it_goes_on(team: Team, cluster: Cluster) -> None:
    """However often the bot looks."""
    task = team.member.create_task(LIST, TRAINING)
    cluster.job(1, task)
    for _ in range(6):
        cluster.look("step 12/50 loss 2.5")

    stalled = [text for text in comments(team, task) if "at step 12" in text]
    assert len(stalled) == 1
    rows = watched.read(team.bot.store, team.bot.workspace_id)
    assert rows["hpc/1"].reported == ("run_stalled",)
    for step in range(13, 17):
        cluster.look(f"step {step}/50 loss 2.4")
    assert watched.read(team.bot.store, team.bot.workspace_id)["hpc/1"].reported == ()


def test_the_end_of_a_run_starts_run_finished(team: Team, cluster: Cluster) -> None:
    """A subtask for the evaluation, once."""
    task = team.member.create_task(LIST, TRAINING)
    cluster.job(1, task)
    cluster.look()
    cluster.job(1, task, "COMPLETED", end_time=number(7))
    for _ in range(3):
        cluster.look()

    names = [child.name for child in team.control.tasks if child.parent == task]
    assert names == [f"Evaluate {TRAINING}"]


def test_a_preempted_run_says_by_what(team: Team, cluster: Cluster) -> None:
    """In the comment."""
    task = team.member.create_task(LIST, TRAINING)
    cluster.job(1, task)
    cluster.look()
    cluster.job(1, task, "PENDING", restart_cnt=1, submit_time=number(500))
    cluster.job(2, "", start_time=number(500))
    cluster.look()
    assert any("preempted by job 2 (job-2)" in text for text in comments(team, task))


def test_gpus_without_a_process_are_reported_by_what_was_measured(
    team: Team, cluster: Cluster
) -> None:
    """Of the series with the job's id."""
    task = team.member.create_task(LIST, TRAINING)
    cluster.job(1, task)
    for step in range(5):
        measure(team.bot, "hpc_job=1", 0.0)
        cluster.look(f"step {step}/50")
    assert any("no process has run" in text for text in comments(team, task))


def measure(bot: Bot, labels: str, value: float) -> None:
    series = Series(bot.workspace_id, "dcgm", "gpu_memory_pct", labels, "", "", "%")
    bot.store.history.put([(series, bot.now_ms() + 9 * MINUTE_MS, value)])


def test_page_and_agents_show_progress_with_its_interval(team: Team, cluster: Cluster) -> None:
    """And who plans knows when it will end."""
    task = team.member.create_task(LIST, TRAINING)
    cluster.job(1, task)
    for step in range(10, 60, 10):
        cluster.look(f"step {step}/100 loss {100 / step}")

    bot = team.bot
    now = bot.now_ms()
    history = StoreHistory(bot.store, bot.workspace_id, now, raw_ms=0, five_minutes_ms=0)
    section = SECTION.build(Data(bot.store, history, bot.workspace_id), Query.of_page(now))
    assert section and "falling" in str(section)
    (run,) = call(Access(bot.settings, bot.now_ms), task=task).runs
    assert (run.share, run.state, len(run.ends_between)) == (0.5, "running", 2)
    note = bot.store.notes.get(RUN_ENDS, task)
    assert note and abs(note.value - (now + 50 * MINUTE_MS)) < MINUTE_MS


def test_a_source_that_is_away_loses_no_run(team: Team, cluster: Cluster, tmp_path: Path) -> None:
    """The next look goes on where this one ended."""
    task = team.member.create_task(LIST, TRAINING)
    cluster.job(1, task)
    cluster.look("step 1/50")
    (tmp_path / "queue.json").unlink()
    team.control.clock.advance(10 * MINUTE_MS)
    team.job(JOB)
    assert "hpc/1" in watched.read(team.bot.store, team.bot.workspace_id)


def test_a_source_that_makes_no_sense_loses_no_run_of_another(
    team: Team, cluster: Cluster, tmp_path: Path
) -> None:
    """A state in a shape that no version of Slurm has."""
    odd = tmp_path / "odd.json"
    odd.write_text(json.dumps({"jobs": [{"job_id": 7, "state": "RUNNING"}]}))
    tables = {"bad": {"kind": "slurm_runs", "queue": ["cat", str(odd)]}, "hpc": cluster.table}
    settings = MetricsSettings.model_validate({"sources": tables})
    team.restart(team.bot.settings.with_tables(settings))
    cluster.job(1, team.member.create_task(LIST, TRAINING))
    cluster.look()

    assert [*watched.read(team.bot.store, team.bot.workspace_id)] == ["hpc/1"]


def test_a_run_is_found_by_the_field_or_the_name_of_its_task(team: Team, cluster: Cluster) -> None:
    """If only one open task has it."""
    team.control.create_field("Run", "short_text")
    by_field = team.member.create_task(LIST, TRAINING)
    team.member.set_field(by_field, "Run", "7")
    by_name = team.member.create_task(LIST, "job-8")
    team.settle()
    team.bot.sources.backfill.run()
    cluster.job(7, "", comment="")
    cluster.job(8, "", comment="")
    cluster.look()
    rows = watched.read(team.bot.store, team.bot.workspace_id)
    assert (rows["hpc/7"].task_id, rows["hpc/8"].task_id) == (by_field, by_name)


def test_an_automation_about_runs_is_heard_if_there_is_a_source_of_them(
    team: Team, cluster: Cluster
) -> None:
    """The lint knows that these reports come from the bot itself."""
    assert "runs" in team.bot.core.extensions.reporting_sources()
    team.restart(team.bot.settings.with_tables(MetricsSettings()))
    assert "runs" not in team.bot.core.extensions.reporting_sources()
