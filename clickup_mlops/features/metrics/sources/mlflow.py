"""MLflow: metrics of the run behind a model's alias or newest version, and of newest runs.

Wire: mlflow.org/docs/latest/rest-api.html (`/api/2.0/mlflow`).
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from clickup_mlops.features.metrics.mlflow_api import MlflowTable, ask
from clickup_mlops.features.metrics.read.entries import NONSENSE
from clickup_mlops.features.metrics.scrape import Labels, Sample, Scrape, labels, scrape
from clickup_mlops.features.metrics.source import Reader, Source, SourceError

Ask = Callable[..., Any]
"""Path, parameters and perhaps a body -> the answer. Raises SourceError."""


class Settings(MlflowTable):
    """`[metrics.sources.<name>]` with `kind = "mlflow"`."""

    models: tuple[str, ...] = ()
    """Registered models: `churn` (its newest version) or `churn@champion` (an alias)."""
    experiments: tuple[str, ...] = ()
    """Names of experiments, of each the newest run."""


def parse(run: Any, key: Labels) -> Iterator[Sample]:
    """`metrics.<name>` of a run, with its id and name beside these labels."""
    info = run["info"]
    key |= labels(run_id=info["run_id"], run_name=info.get("run_name") or "")
    for metric in run["data"].get("metrics", ()):
        # The server writes NaN and infinities as text, which cannot be shown in a field.
        if isinstance(metric, dict) and isinstance(metric.get("value"), int | float):
            yield Sample(f"metrics.{metric['key']}", key, float(metric["value"]))


def collect(settings: Settings, reader: Reader, now_ms: int) -> Scrape:
    """Models, then experiments. One that cannot be read loses no other."""
    samples, problems = list[Sample](), list[str]()
    request = partial(ask, settings, reader)
    requests: list[tuple[Callable[[Ask, str], Iterator[Sample]], str]]
    requests = [(_model, name) for name in settings.models]
    requests += [(_experiment, name) for name in settings.experiments]
    for look, name in requests:
        try:
            samples += look(request, name)
        except (SourceError, *NONSENSE) as problem:
            problems.append(f"{name}: {problem or type(problem).__name__}")
    return scrape(now_ms, samples, problems)


def _model(ask: Ask, model: str) -> Iterator[Sample]:
    name, _, alias = model.partition("@")
    if alias:
        version = ask("registered-models/alias", {"name": name, "alias": alias})["model_version"]
    else:
        quoted = name.replace("'", "''")
        query = {
            "filter": f"name='{quoted}'",
            "max_results": "1",
            "order_by": "version_number DESC",
        }
        versions = ask("model-versions/search", query).get("model_versions") or ()
        if not versions:
            raise SourceError("there is no such registered model, or it has no version")
        version = versions[0]
    if not version.get("run_id"):
        raise SourceError(f"version {version['version']} was registered without a run")
    key = labels(model=name, version=str(version["version"]), **({"alias": alias} if alias else {}))
    return parse(ask("runs/get", {"run_id": version["run_id"]})["run"], key)


def _experiment(ask: Ask, name: str) -> Iterator[Sample]:
    experiment = ask("experiments/get-by-name", {"experiment_name": name})["experiment"]
    body = {
        "experiment_ids": [experiment["experiment_id"]],
        "max_results": 1,
        "order_by": ["attributes.start_time DESC"],
    }
    for run in ask("runs/search", {}, body).get("runs", ()):
        yield from parse(run, labels(experiment=name))


SOURCE = Source(Settings, collect)
