"""Weights & Biases: the newest runs of projects, by its GraphQL interface.

Wire: the public `api.wandb.ai/graphql`, as the `wandb` package asks it; a key is sent as the
password of the user `api`.
"""

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import orjson
from pydantic import Field, SecretStr

from clickup_mlops.features.metrics.read.entries import NONSENSE, read_each
from clickup_mlops.features.metrics.source import Reader, SourceError, SourceTable
from clickup_mlops.features.progress.model import ACTIVE, RunReport, RunState
from clickup_mlops.features.progress.source import TASK, RunSource, metrics_of, read_number

_QUERY: Final = """
query Runs($entity: String!, $project: String!, $first: Int!) {
  project(name: $project, entityName: $entity) {
    runs(first: $first, order: "-created_at") {
      edges { node { name displayName state createdAt heartbeatAt summaryMetrics config } }
    }
  }
}
"""
_STATES: Final[Mapping[str, RunState]] = {
    "pending": "queued",
    "running": "running",
    "preempting": "running",
    "preempted": "preempted",
    "finished": "finished",
    "killed": "killed",
}
"""All others, `failed` and `crashed`, are failures."""
MOST: Final = 200


class Settings(SourceTable):
    """`[metrics.sources.<name>]` with `kind = "wandb_runs"`."""

    url: str = Field("https://api.wandb.ai", pattern=r"^https?://")
    """Of W&B, or of your own server."""
    key: SecretStr
    """An API key."""
    projects: tuple[str, ...] = Field(min_length=1)
    """`entity/project`."""
    loss: str = "loss"
    """Name of the loss in the summary."""
    steps: str = "max_steps"
    """Name in the configuration of a run that says how many steps are planned."""


def parse(node: Any, settings: Settings) -> RunReport:
    """One run. Raises KeyError, TypeError, ValueError: it is something else."""
    summary = orjson.loads(node.get("summaryMetrics") or "{}")
    config = orjson.loads(node.get("config") or "{}")
    state = _STATES.get(node["state"], "failed")
    ended = node.get("heartbeatAt") if state not in ACTIVE else None
    return RunReport(
        node["name"],
        node.get("displayName") or node["name"],
        state,
        str(_value(config, TASK) or ""),
        _ms(node.get("createdAt")),
        _ms(ended),
        read_number(summary.get("_step")),
        read_number(_value(config, settings.steps)),
        read_number(summary.get(settings.loss)),
        labels={"run": node["name"]},
    )


def _value(config: Mapping[str, Any], name: str) -> Any:
    """Values stand in an object of their own: `{"lr": {"value": 0.1}}`."""
    entry = config.get(name)
    return entry.get("value") if isinstance(entry, dict) else entry


def _ms(text: str | None) -> int | None:
    """Times are in UTC, with or without saying so."""
    if not text:
        return None
    zone = "" if text.endswith("Z") or "+" in text else "+00:00"
    return round(datetime.fromisoformat(f"{text}{zone}").timestamp() * 1000)


def collect(settings: Settings, reader: Reader, _now_ms: int) -> tuple[list[RunReport], list[str]]:
    """Of each project. One that cannot be read loses no other."""
    reports, problems = list[RunReport](), list[str]()
    for project in settings.projects:
        try:
            readable, unread = read_each(
                _nodes(settings, reader, project), lambda run: parse(run, settings), "run"
            )
            reports += readable
            problems += (f"{project}: {problem}" for problem in unread)
        except (SourceError, *NONSENSE) as problem:
            problems.append(f"{project}: {problem or type(problem).__name__}")
    return reports, problems


def _nodes(settings: Settings, reader: Reader, path: str) -> list[Any]:
    entity, _, project = path.partition("/")
    credentials = base64.b64encode(f"api:{settings.key.get_secret_value()}".encode()).decode()
    answer = reader.json(
        f"{settings.url.rstrip('/')}/graphql",
        {},
        {"Authorization": f"Basic {credentials}"},
        settings.timeout.total_seconds(),
        {
            "query": _QUERY,
            "variables": {"entity": entity, "project": project, "first": MOST},
        },
    )
    if not isinstance(answer, dict) or not (answer.get("data") or {}).get("project"):
        raise SourceError(f"no such project, or the key may not see it: {answer!r:.120}")
    edges = answer["data"]["project"]["runs"]["edges"]
    return [edge.get("node") for edge in edges if isinstance(edge, dict)]


SOURCE = metrics_of(Settings, collect)
RUNS = RunSource(collect)
