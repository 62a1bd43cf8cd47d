"""A Slurm cluster and an MLflow server for real."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from clickup_mlops.features.metrics.read.reader import WorldReader
from clickup_mlops.features.progress.findings import Limits, find, follow
from clickup_mlops.features.progress.metric_sources import mlflow_runs, slurm_runs
from clickup_mlops.features.progress.model import Progress, RunReport
from tests.own_mlflow import mlflow
from tests.own_slurm import Slurm
from tests.own_slurm import slurm as own_slurm

SOON = Limits(stalled_ms=2_000, idle_ms=60_000, jump=5.0)


def watch(look: Callable[[], dict[str, RunReport]], until: str, seconds: float = 60) -> list[str]:
    """The texts of what is found, until one of that kind was."""
    existing: dict[str, Progress] = {}
    kinds, texts, end = list[str](), list[str](), time.monotonic() + seconds
    while until not in kinds:
        assert time.monotonic() < end, (kinds, texts)
        now = time.time_ns() // 1_000_000
        for key, report in look().items():
            progress = follow(existing.get(key), "s", report, "t", now, idle=False)
            news, existing[key] = find(existing.get(key), progress, SOON, now)
            kinds += [finding.kind for finding in news]
            texts += [f"{report.name} {finding.text}" for finding in news]
        time.sleep(0.5)
    return texts


@pytest.mark.services
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_slurm_shows_a_run_that_stalls_is_preempted_and_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By `squeue --json` and the job's own log."""
    with own_slurm() as cluster:
        monkeypatch.setenv("SLURM_CONF", str(cluster.config))
        _follow(cluster, tmp_path)


def _follow(cluster: Slurm, folder: Path) -> None:
    settings, reader = slurm_runs.Settings(kind="slurm_runs"), WorldReader()

    def look() -> dict[str, RunReport]:
        reports, problems = slurm_runs.collect(settings, reader, 0)
        assert problems == []
        return {report.id: report for report in reports}

    script = "echo step 3/9 loss 1.5; sleep 600"
    log = ("-o", str(folder / "job-%j.log"))
    job = cluster.submit("pretrain", script, *log, "--comment=task:86abc")
    (stalled,) = watch(look, "run_stalled")
    assert stalled.startswith("pretrain has been at step 3 ")
    assert look()[job].task == "86abc"

    existing = {job: look()[job]}
    urgent = cluster.submit("urgent", "sleep 5", "-p", "high")

    def with_past() -> dict[str, RunReport]:
        """The first look is from before the preemption."""
        return existing.copy() if existing.pop("first", None) else look()

    existing["first"] = existing[job]
    result = watch(with_past, "run_preempted")
    assert any(f"preempted by job {urgent} (urgent)" in text for text in result)
    ended = watch(look, "run_finished")
    assert any(text == "urgent ended: FINISHED" for text in ended)
    cluster.cancel(job)


@pytest.mark.services
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_mlflow_shows_a_run_that_diverges_and_ends(tmp_path: Path) -> None:
    """Polled, because it sends no events about runs."""
    with mlflow("http://127.0.0.1:9/hooks", "s" * 32, tmp_path) as server:
        experiment = server.post("experiments/create", name="ranker")
        run = server.post("runs/create", experiment_id=experiment["experiment_id"])["run"]
        run_id = run["info"]["run_id"]
        server.post("runs/log-parameter", run_id=run_id, key="max_steps", value="100")
        settings = mlflow_runs.Settings(
            kind="mlflow_runs", url=server.address, experiments=("ranker",)
        )

        def look() -> dict[str, RunReport]:
            reports, problems = mlflow_runs.collect(settings, WorldReader(), 0)
            assert problems == []
            return {report.id: report for report in reports}

        def log(step: int, loss: float | str) -> None:
            body = {"run_id": run_id, "key": "loss", "value": loss, "step": step}
            server.post("runs/log-metric", timestamp=time.time_ns() // 1_000_000, **body)

        log(10, 2.0)
        assert (look()[run_id].share, look()[run_id].loss) == (0.1, 2.0)
        log(20, "NaN")
        assert "loss of nan" in watch(look, "run_diverging")[0]
        watch_end = iter([look()])
        server.post("runs/update", run_id=run_id, status="FAILED")
        result = watch(lambda: next(watch_end, None) or look(), "run_finished")
        assert "ended: FAILED" in result[-1]
