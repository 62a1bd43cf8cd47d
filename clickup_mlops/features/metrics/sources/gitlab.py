"""GitLab: pipelines of projects, by its API: how many fail, and how long jobs wait for a runner.

Wire: docs.gitlab.com/api/pipelines and /api/jobs.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

from pydantic import Field, HttpUrl, SecretStr

from clickup_mlops.features.metrics.derive.defined import named
from clickup_mlops.features.metrics.read.entries import read_each
from clickup_mlops.features.metrics.scrape import Sample, Scrape, labels, scrape
from clickup_mlops.features.metrics.source import Reader, Source, SourceError, SourceTable

_ENDED: Final = ("success", "failed")
_MOST: Final = "100"
"""Pipelines or jobs of one answer; the newest."""


class Settings(SourceTable):
    """`[metrics.sources.<name>]` with `kind = "gitlab"`."""

    url: HttpUrl
    """Of the server, such as `https://gitlab.com`."""
    token: SecretStr = SecretStr("")
    """An access token with `read_api`."""
    projects: tuple[str, ...] = Field(min_length=1)
    """Paths, such as `ml/churn`, or ids."""
    over: timedelta = Field(timedelta(days=1), gt=timedelta(0))
    """Pipelines of so long back count."""


Part = tuple[list[Sample], Sequence[str]]
"""Samples, and a sentence for what could not be read."""


def pipelines(answer: Any, project: str) -> Part:
    """Of those that ended the part that failed; nothing if none did. Raises SourceError."""
    states, problems = read_each(answer, lambda entry: str(entry["status"]), "pipeline")
    ended = [state for state in states if state in _ENDED]
    if not ended:
        return [], problems
    failed = 100 * ended.count("failed") / len(ended)
    return [Sample("pipelines_failed_pct", labels(project=project), failed)], problems


def jobs(answer: Any, project: str, now_ms: int) -> Part:
    """Jobs that wait for a runner. Raises SourceError."""
    created_ms, problems = read_each(answer, _created_ms, "job")
    oldest_s = max(((now_ms - at) / 1000 for at in created_ms), default=0.0)
    key = labels(queue=project)
    samples = [
        Sample("pending_jobs", key, float(len(created_ms))),
        Sample("pending_age_s", key, oldest_s),
    ]
    return samples, problems


def _created_ms(job: Any) -> float:
    return datetime.fromisoformat(job["created_at"]).timestamp() * 1000


def collect(settings: Settings, reader: Reader, now_ms: int) -> Scrape:
    """All projects. One that cannot be read loses no other."""
    samples, problems = list[Sample](), list[str]()
    for project in settings.projects:
        try:
            for project_samples, unread in _read_project(settings, reader, project, now_ms):
                samples += project_samples
                problems += (f"{project}: {problem}" for problem in unread)
        except SourceError as problem:
            problems.append(f"{project}: {problem}")
    return scrape(now_ms, samples, problems)


def _read_project(settings: Settings, reader: Reader, project: str, now_ms: int) -> Iterator[Part]:
    since = datetime.fromtimestamp(now_ms / 1000, UTC) - settings.over
    params = {"updated_after": since.isoformat(), "per_page": _MOST}
    yield pipelines(_ask(settings, reader, project, "pipelines", params), project)
    waiting = {"scope[]": "pending", "per_page": _MOST}
    yield jobs(_ask(settings, reader, project, "jobs", waiting), project, now_ms)


def _ask(
    settings: Settings, reader: Reader, project: str, kind: str, params: dict[str, str]
) -> Any:
    token = settings.token.get_secret_value()
    return reader.json(
        f"{str(settings.url).rstrip('/')}/api/v4/projects/{quote(project, safe='')}/{kind}",
        params,
        {"PRIVATE-TOKEN": token} if token else {},
        settings.timeout.total_seconds(),
    )


SOURCE: Source[Any] = Source(
    Settings,
    collect,
    (
        named("pipelines_failed_pct", "project"),
        named("pending_jobs", "queue"),
        named("pending_age_s", "queue"),
    ),
)
