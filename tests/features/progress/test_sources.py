"""Each source of runs reads what its tool prints."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops import registry
from clickup_mlops.features.metrics.derive.formulas import read
from clickup_mlops.features.metrics.scrape import Window
from clickup_mlops.features.metrics.source import SourceError
from clickup_mlops.features.progress import metric_sources
from clickup_mlops.features.progress.metric_sources import (
    kubernetes_runs,
    kueue_runs,
    mlflow_runs,
    slurm_runs,
    wandb_runs,
)
from clickup_mlops.features.progress.model import RunReport

HOUR_MS = 3_600_000


class Canned:
    """Answers what each program prints, or each address says."""

    def __init__(self, **answers: Any) -> None:
        self._answers = answers

    def output(self, command: Any, timeout_s: float, environment: Any = ()) -> str:
        answer = self._answers.get(command[0])
        if answer is None:
            raise SourceError(f"{command[0]}: no such file")
        return answer if isinstance(answer, str) else json.dumps(answer)

    def json(self, url: str, params: Any, headers: Any, timeout_s: float, body: Any = None) -> Any:
        return self._answers[url.rpartition("/")[2].replace("-", "_")]


def number(value: int) -> dict[str, Any]:
    return {"set": True, "infinite": False, "number": value}


JOBS = {
    "jobs": [
        {
            "job_id": 1,
            "name": "pretrain",
            "comment": "please task:86abc1",
            "job_state": ["PENDING"],
            "restart_cnt": 1,
            "submit_time": number(1_000),
            "start_time": number(1_120),
            "tres_req_str": "cpu=2,gres/gpu=8",
            "standard_output": "/logs/%x-%j.out",
        },
        {
            "job_id": 2,
            "name": "urgent",
            "job_state": ["RUNNING"],
            "submit_time": number(999),
            "start_time": number(1_000),
            "end_time": number(9_000),
            "tres_alloc_str": "cpu=2,gres/gpu:h100=4",
            "standard_output": "/logs/%x-%j.out",
        },
        {"job_id": 3, "name": "bad", "job_state": ["OUT_OF_MEMORY"], "end_time": number(900)},
        {"job_id": 4, "name": "ok", "job_state": ["COMPLETED"], "end_time": number(901)},
    ]
}


def with_log(folder: Path, text: str) -> dict[str, Any]:
    """The jobs; the running one writes this."""
    (folder / "urgent-2.out").write_text(text, encoding="utf-8")
    log = {"standard_output": f"{folder}/%x-%j.out", "user_id": number(os.getuid())}
    return {"jobs": [job | log for job in JOBS["jobs"]]}


def test_slurm_shows_states_gpus_tasks_and_what_preempted_whom(tmp_path: Path) -> None:
    """The step and the loss are those of the job's log."""
    log = "step 10/50 loss 2.5\nstep 12/50 loss=2.25 lr 1e-4\n"
    reader = Canned(squeue=with_log(tmp_path, log))
    reports, problems = slurm_runs.collect(slurm_runs.Settings(kind="slurm_runs"), reader, 0)
    by_id = {report.id: report for report in reports}

    assert problems == []
    assert [by_id[key].state for key in "1234"] == ["queued", "running", "failed", "finished"]
    assert (by_id["1"].task, by_id["1"].restarts, by_id["1"].gpus) == ("86abc1", 1, 8)
    assert by_id["1"].by == "job 2 (urgent)"
    assert (by_id["2"].gpus, by_id["2"].begun_ms, by_id["2"].ended_ms) == (4, 1_000_000, None)
    assert (by_id["2"].step, by_id["2"].steps, by_id["2"].loss) == (12, 50, 2.25)
    assert by_id["4"].ended_ms == 901_000


def test_slurm_goes_on_without_accounting_and_without_logs() -> None:
    """One sentence for what could not be read."""
    settings = slurm_runs.Settings(kind="slurm_runs", accounting=("sacct", "--json"))
    reports, problems = slurm_runs.collect(settings, Canned(squeue=JOBS), 0)
    assert len(reports) == 4 and len(problems) == 1


def test_slurm_learns_the_end_of_jobs_that_left_the_queue_from_the_accounting() -> None:
    """Which has other names for the same."""
    ended = {
        "job_id": 9,
        "name": "old",
        "state": {"current": ["PREEMPTED"]},
        "time": {"start": 10, "end": 20},
        "comment": {"job": "task:86old", "administrator": ""},
    }
    settings = slurm_runs.Settings(kind="slurm_runs", accounting=("sacct",))
    reports, _ = slurm_runs.collect(
        settings, Canned(squeue={"jobs": []}, sacct={"jobs": [ended]}), 0
    )
    (report,) = reports
    assert (report.state, report.task, report.begun_ms) == ("preempted", "86old", 10_000)


@pytest.mark.parametrize("text", ["", "slurm_load_jobs error", "[]", '{"jobs": 3}'])
def test_what_is_no_output_of_squeue_is_refused(text: str) -> None:
    """With its beginning."""
    with pytest.raises(SourceError, match="no output of squeue"):
        slurm_runs.parse(text)


def test_a_log_with_a_loss_that_is_no_number_shows_it() -> None:
    """So that the run is found to diverge."""
    report = RunReport("1", "a", "running")
    read_report = slurm_runs.read_log(
        report, "step=7 loss=nan", slurm_runs.Settings(kind="slurm_runs")
    )
    assert read_report.loss is not None and read_report.loss != read_report.loss
    assert read_report.step == 7


def test_kubernetes_jobs_have_states_times_and_gpus() -> None:
    """Completions are steps where there are several."""
    container = {"resources": {"limits": {"nvidia.com/gpu": "4"}}}
    job = {
        "metadata": {"namespace": "ml", "name": "train", "annotations": {"clickup_task": "86k"}},
        "spec": {
            "parallelism": 2,
            "completions": 10,
            "template": {"spec": {"containers": [container]}},
        },
        "status": {"active": 2, "succeeded": 3, "startTime": "1970-01-01T01:00:00Z"},
    }
    outcome = {
        "metadata": {"namespace": "ml", "name": "done"},
        "status": {
            "completionTime": "1970-01-01T02:00:00Z",
            "conditions": [{"type": "Complete", "status": "True"}],
        },
    }
    reader = Canned(kubectl={"items": [job, outcome, {"spec": {}}]})
    reports, problems = kubernetes_runs.collect(
        kubernetes_runs.Settings(kind="kubernetes_runs"), reader, 0
    )
    first, second = reports
    assert (first.state, first.task, first.gpus, first.begun_ms) == ("running", "86k", 8, HOUR_MS)
    assert (first.step, first.steps) == (3, 10)
    assert (second.state, second.ended_ms, second.step) == ("finished", 2 * HOUR_MS, None)
    assert len(problems) == 1


def workload(name: str, uid: str, *conditions: dict[str, str]) -> dict[str, Any]:
    return {
        "metadata": {
            "namespace": "ml",
            "name": f"job-{name}-1",
            "uid": uid,
            "ownerReferences": [{"name": name}],
        },
        "status": {"conditions": [{"status": "True"} | condition for condition in conditions]},
    }


def test_kueue_names_the_run_that_preempted_another_one() -> None:
    """By the UID in the message."""
    uid = "1d9b8f7e-0000-4000-8000-000000000002"
    items = [
        workload(
            "low",
            "1",
            {"type": "Evicted", "reason": "Preempted"},
            {
                "type": "Preempted",
                "reason": "InClusterQueue",
                "message": f"Preempted to accommodate a workload (UID: {uid})",
            },
        ),
        workload("high", uid, {"type": "Admitted", "lastTransitionTime": "1970-01-01T01:00:00Z"}),
        workload("waits", "3"),
        workload("over", "4", {"type": "Finished", "reason": "Succeeded"}),
    ]
    reports, problems = kueue_runs.collect(
        kueue_runs.Settings(kind="kueue_runs"), Canned(kubectl={"items": items}), 0
    )
    assert [report.state for report in reports] == ["preempted", "running", "queued", "finished"]
    assert (reports[0].by, problems) == ("high", [])


def test_mlflow_runs_have_the_step_of_their_loss_and_steps_from_a_parameter() -> None:
    """NaN is text on the wire."""
    run = {
        "info": {"run_id": "a1", "run_name": "ranker", "status": "RUNNING", "start_time": 5},
        "data": {
            "metrics": [{"key": "loss", "value": "NaN", "step": 40}, {"key": "x", "value": 1}],
            "params": [{"key": "max_steps", "value": "200"}],
            "tags": [{"key": "clickup_task", "value": "86m"}],
        },
    }
    answers = {
        "get_by_name": {"experiment": {"experiment_id": "1"}},
        "search": {"runs": [run]},
    }
    settings = mlflow_runs.Settings(kind="mlflow_runs", url="http://m", experiments=("e",))
    (report,), problems = mlflow_runs.collect(settings, Canned(**answers), 0)
    assert (report.task, report.step, report.steps, report.begun_ms) == ("86m", 40, 200, 5)
    assert report.loss is not None and report.loss != report.loss and problems == []


def test_wandb_runs_have_summary_and_configuration() -> None:
    """Both are JSON in text."""
    node = {
        "name": "x1",
        "displayName": "ranker",
        "state": "crashed",
        "createdAt": "1970-01-01T01:00:00",
        "heartbeatAt": "1970-01-01T02:00:00Z",
        "summaryMetrics": json.dumps({"_step": 7, "loss": 0.5}),
        "config": json.dumps({"max_steps": {"value": 10}, "clickup_task": {"value": "86w"}}),
    }
    answer = {"data": {"project": {"runs": {"edges": [{"node": node}]}}}}
    settings = wandb_runs.Settings(kind="wandb_runs", key="secret", projects=("team/ranker",))
    (report,), _ = wandb_runs.collect(settings, Canned(graphql=answer), 0)
    assert (report.state, report.task, report.share, report.loss) == ("failed", "86w", 0.7, 0.5)
    assert (report.begun_ms, report.ended_ms) == (HOUR_MS, 2 * HOUR_MS)
    reports, problems = wandb_runs.collect(settings, Canned(graphql={"data": None}), 0)
    assert reports == [] and "secret" not in "".join(problems)


def test_the_numbers_of_running_runs_are_readings_for_fields(tmp_path: Path) -> None:
    """With the run's id and name as labels."""
    reader = Canned(squeue=with_log(tmp_path, "step 10/40 loss 2.5"))
    now_ms = 1_000_000 + HOUR_MS
    scrape = slurm_runs.SOURCE.collect(slurm_runs.Settings(kind="slurm_runs"), reader, now_ms)
    readings = {
        reading.measure: reading for reading in read(slurm_runs.SOURCE.measures, Window(scrape))
    }
    values = {name: reading.value for name, reading in readings.items()}
    assert values == {
        "run_step": 10,
        "run_share_pct": 25,
        "run_loss": 2.5,
        "run_hours": 1,
        "run_remaining_hours": 3,
        "run_gpu_hours": 4,
    }
    assert dict(readings["run_step"].labels) == {"run": "2", "run_name": "urgent"}


def test_every_source_of_runs_is_a_source_of_numbers() -> None:
    """One configuration for both."""
    kinds = registry.find(metric_sources, "RUNS")
    assert kinds.keys() == registry.find(metric_sources, "SOURCE").keys()
    assert set(kinds) >= {
        "slurm_runs",
        "kubernetes_runs",
        "kueue_runs",
        "mlflow_runs",
        "wandb_runs",
    }


@pytest.mark.parametrize("entry", [None, "text", {}, {"info": None}, {"metadata": [], "spec": 7}])
def test_a_run_that_makes_no_sense_loses_no_other(entry: Any) -> None:
    """Of an experiment, a project, a queue or a cluster; it is reported."""
    run = {"info": {"run_id": "r", "status": "RUNNING"}}
    answers = {
        "get_by_name": {"experiment": {"experiment_id": "1"}},
        "search": {"runs": [entry, run]},
    }
    mlflow = mlflow_runs.Settings(kind="mlflow_runs", url="http://m", experiments=("e",))
    node = {"name": "r", "state": "running"}
    edges = [{"node": entry}, {"node": node}]
    graph = {"data": {"project": {"runs": {"edges": edges}}}}
    wandb = wandb_runs.Settings(kind="wandb_runs", key="secret", projects=("team/ranker",))
    job = {"job_id": 1, "name": "r", "job_state": ["RUNNING"]}
    strange = {"job_id": 2, "job_state": 7, "state": "x"}
    slurm = slurm_runs.Settings(kind="slurm_runs")
    workload = {"metadata": {"namespace": "ml", "name": "r", "uid": "u"}}
    kueue = kueue_runs.Settings(kind="kueue_runs")
    kubernetes = kubernetes_runs.Settings(kind="kubernetes_runs")
    listed = {"items": [entry, workload]}

    for module, settings, reader in (
        (mlflow_runs, mlflow, Canned(**answers)),
        (wandb_runs, wandb, Canned(graphql=graph)),
        (slurm_runs, slurm, Canned(squeue={"jobs": [strange, job]})),
        (kueue_runs, kueue, Canned(kubectl=listed)),
        (kubernetes_runs, kubernetes, Canned(kubectl=listed)),
    ):
        (report,), problems = module.collect(settings, reader, 0)  # type: ignore[attr-defined]
        assert report.name == "r"
        is_listed = module in (kueue_runs, kubernetes_runs) and not isinstance(entry, dict)
        assert len(problems) == (0 if is_listed else 1)


def test_a_log_whose_owner_is_not_known_is_not_read(tmp_path: Path) -> None:
    """The path is the user's to choose: it might be anybody's file."""
    jobs = with_log(tmp_path, "step 10/50 loss 2.5\n")["jobs"]
    nobody = {"jobs": [job | {"user_id": None} for job in jobs]}
    reader = Canned(squeue=nobody)
    reports, _ = slurm_runs.collect(slurm_runs.Settings(kind="slurm_runs"), reader, 0)

    assert [report.step for report in reports] == [None] * len(reports)
