"""MLflow: the newest runs of experiments, by polling: its webhooks report no runs.

Wire: mlflow.org/docs/latest/rest-api.html (`/api/2.0/mlflow`).
"""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import Field

from clickup_mlops.features.metrics.mlflow_api import MlflowTable, ask
from clickup_mlops.features.metrics.read.entries import NONSENSE, read_each
from clickup_mlops.features.metrics.source import Reader, SourceError
from clickup_mlops.features.progress.model import RunReport, RunState
from clickup_mlops.features.progress.source import TASK, RunSource, metrics_of, read_number

_STATES: Final[Mapping[str, RunState]] = {
    "SCHEDULED": "queued",
    "RUNNING": "running",
    "FINISHED": "finished",
    "FAILED": "failed",
    "KILLED": "killed",
}
MOST: Final = 200
"""Runs of each experiment that are read, the newest."""


class Settings(MlflowTable):
    """`[metrics.sources.<name>]` with `kind = "mlflow_runs"`."""

    experiments: tuple[str, ...] = Field(min_length=1)
    """Names of experiments."""
    loss: str = "loss"
    """Key of the loss. Its newest step is the run's step."""
    steps: str = "max_steps"
    """Parameter of a run that says how many steps are planned."""


def parse(run: Any, settings: Settings) -> RunReport:
    """One run of `runs/search`. Raises KeyError, TypeError: it is something else."""
    info, data = run["info"], run.get("data") or {}
    metrics = {metric["key"]: metric for metric in data.get("metrics", ())}
    parameters = {entry["key"]: entry["value"] for entry in data.get("params", ())}
    tags = {entry["key"]: entry["value"] for entry in data.get("tags", ())}
    loss = metrics.get(settings.loss, {})
    return RunReport(
        info["run_id"],
        info.get("run_name") or info["run_id"],
        _STATES.get(info["status"], "running"),
        str(tags.get(TASK, "")),
        _number(info.get("start_time")),
        _number(info.get("end_time")),
        _step(metrics, settings.loss),
        read_number(parameters.get(settings.steps)),
        read_number(loss.get("value")),
        labels={"run": info["run_id"]},
    )


def _step(metrics: Mapping[str, Any], key: str) -> float | None:
    """Of the loss; without one the newest of all."""
    chosen = [metrics[key]] if key in metrics else [*metrics.values()]
    steps = [read_number(metric.get("step")) for metric in chosen]
    return max((step for step in steps if step is not None), default=None)


def _number(value: Any) -> int | None:
    return int(value) if value else None  # older servers send digits


def collect(settings: Settings, reader: Reader, _now_ms: int) -> tuple[list[RunReport], list[str]]:
    """Of each experiment. One that cannot be read loses no other."""
    reports, problems = list[RunReport](), list[str]()
    for name in settings.experiments:
        try:
            readable, unread = read_each(
                _search(settings, reader, name), lambda run: parse(run, settings), "run"
            )
            reports += readable
            problems += (f"{name}: {problem}" for problem in unread)
        except (SourceError, *NONSENSE) as problem:
            problems.append(f"{name}: {problem or type(problem).__name__}")
    return reports, problems


def _search(settings: Settings, reader: Reader, name: str) -> list[Any]:
    experiment = ask(settings, reader, "experiments/get-by-name", {"experiment_name": name})
    body = {
        "experiment_ids": [experiment["experiment"]["experiment_id"]],
        "max_results": MOST,
        "order_by": ["attributes.start_time DESC"],
    }
    return list(ask(settings, reader, "runs/search", {}, body).get("runs") or ())


SOURCE = metrics_of(Settings, collect)
RUNS = RunSource(collect)
