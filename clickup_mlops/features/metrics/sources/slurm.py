"""Slurm, asked by `squeue --json`: what waits in each partition, and for how long.

Times and counts are objects with `set` and `number` in newer versions, plain numbers in older ones
(slurm.schedmd.com, data_parser).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import fmean
from typing import Any, Final, NamedTuple

import orjson
from pydantic import Field

from clickup_mlops.features.metrics.derive.defined import named
from clickup_mlops.features.metrics.read.entries import read_each
from clickup_mlops.features.metrics.scrape import Sample, Scrape, labels, scrape
from clickup_mlops.features.metrics.source import Reader, Source, SourceError, SourceTable

_HELD: Final = ("JobHeldUser", "JobHeldAdmin", "Dependency", "BeginTime")
"""Reasons of jobs that wait for something else than a place."""


class Settings(SourceTable):
    """`[metrics.sources.<name>]` with `kind = "slurm"`."""

    command: tuple[str, ...] = Field(("squeue", "--json"), min_length=1)
    """What prints the queue; no shell reads it. Or `["ssh", "login1", "squeue", "--json"]`."""


def parse(text: str, now_ms: int) -> tuple[list[Sample], Sequence[str]]:
    """By partition. A job that is held, or waits for another one, waits for no place.

    Raises:
        SourceError: it is no queue of Slurm.
    """
    try:
        jobs = orjson.loads(text)["jobs"]
    except (ValueError, KeyError, TypeError) as problem:
        hint = "Wanted: the output of `squeue --json` (Slurm 21.08 or newer)."
        raise SourceError(f"no queue of Slurm: {text[:80]!r}", hint=hint) from problem
    readable, problems = read_each(jobs, _job, "job")
    partitions: dict[str, list[_Job]] = defaultdict(list)
    for job in readable:
        partitions[job.partition].append(job)
    samples = [
        Sample(name, labels(queue=partition), value)
        for partition, entries in partitions.items()
        for name, value in _numbers(entries, now_ms / 1000)
    ]
    return samples, problems


class _Job(NamedTuple):
    """Times in Unix seconds; 0: not set."""

    partition: str
    state: str
    is_held: bool
    submitted: float
    started: float


def _job(job: Any) -> _Job:
    return _Job(
        str(job.get("partition", "")),
        _state(job),
        job.get("state_reason") in _HELD,
        _number(job.get("submit_time")),
        _number(job.get("start_time")),
    )


def _numbers(jobs: Iterable[_Job], now_s: float) -> Iterator[tuple[str, float]]:
    by_state: dict[str, list[_Job]] = defaultdict(list)
    for job in jobs:
        by_state[job.state].append(job)
    waiting = [job for job in by_state["PENDING"] if not job.is_held]
    ages = [now_s - job.submitted for job in waiting if job.submitted]
    waits = [
        job.started - job.submitted for job in by_state["RUNNING"] if job.started and job.submitted
    ]
    yield "pending_jobs", float(len(waiting))
    yield "running_jobs", float(len(by_state["RUNNING"]))
    yield "pending_age_s", max(ages, default=0.0)
    if waits:
        yield "queue_wait_s", fmean(waits)


def _state(job: Mapping[str, Any]) -> str:
    states = job.get("job_state", "")
    return str(states[0]) if isinstance(states, list) and states else str(states)


def _number(value: Any) -> float:
    """0: not set."""
    if isinstance(value, dict):
        is_set = value.get("set", True) and not value.get("infinite")
        value = value.get("number", 0) if is_set else 0
    return float(value or 0)


def collect(settings: Settings, reader: Reader, now_ms: int) -> Scrape:
    """All partitions that have a job."""
    text = reader.output(settings.command, settings.timeout.total_seconds())
    return scrape(now_ms, *parse(text, now_ms))


SOURCE = Source(
    Settings,
    collect,
    (
        named("pending_jobs", "queue"),
        named("running_jobs", "queue"),
        named("pending_age_s", "queue"),
        named("queue_wait_s", "queue"),
    ),
)
