"""Slurm: jobs of `squeue --json` and `sacct --json`, with steps and losses of their logs.

Wire: slurm.schedmd.com/squeue.html (`--json`, data_parser v0.0.40 and later: numbers are objects
with `set` and `number`, states are lists).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import orjson
from pydantic import Field

from clickup_mlops.features.metrics.read.entries import read_each
from clickup_mlops.features.metrics.source import Reader, SourceError, SourceTable
from clickup_mlops.features.progress.log_files import read_tail
from clickup_mlops.features.progress.model import RunReport, RunState
from clickup_mlops.features.progress.source import RunSource, metrics_of, read_number

_STATES: Final[Mapping[str, RunState]] = {
    "PENDING": "queued",
    "CONFIGURING": "queued",
    "REQUEUED": "queued",
    "RUNNING": "running",
    "COMPLETING": "running",
    "SUSPENDED": "running",
    "PREEMPTED": "preempted",
    "COMPLETED": "finished",
    "CANCELLED": "killed",
}
"""All others, such as `FAILED`, `NODE_FAIL`, `OUT_OF_MEMORY` and `TIMEOUT`, are failures."""
_TASK: Final = re.compile(r"\btask:#?([A-Za-z0-9_-]{1,64})")
_GPUS: Final = re.compile(r"gres/gpu(?::[^=,]+)?=(\d+)")
_TOGETHER_S: Final = 5
"""A job that starts within this time of a requeue has caused it."""


class Settings(SourceTable):
    """`[metrics.sources.<name>]` with `kind = "slurm_runs"`."""

    queue: tuple[str, ...] = Field(("squeue", "--json", "--states=all"), min_length=1)
    """Prints the jobs; perhaps with `ssh` before it."""
    accounting: tuple[str, ...] = ()
    """Prints ended jobs, such as `["sacct", "--json", "--starttime=now-2hours"]`. Without it the
    end of a job is known as long as Slurm remembers it (`MinJobAge`)."""
    environment: tuple[str, ...] = ("SLURM_CONF",)
    """Variables of the bot's environment that the commands get."""
    step_pattern: str = r"step[ =:]+(\d+)(?:\s*/\s*(\d+))?"
    """In a job's log: the step, and perhaps how many are planned. Empty: logs are not read."""
    log_folders: tuple[str, ...] = ()
    """Absolute paths of folders outside of which no log is read. Empty: any file that belongs to
    the user of the job."""
    loss_pattern: str = r"loss[ =:]+([-+0-9.eE]+|nan|inf)"
    """In a job's log: the loss."""


def parse(text: str) -> tuple[list[RunReport], Sequence[str]]:
    """Of the output of `squeue --json` or `sacct --json`, and a sentence for what makes no sense.

    Raises:
        SourceError: it is something else.
    """
    jobs = read_jobs(text)
    return read_each(jobs, lambda job: _report(job, jobs), "job")


def read_jobs(text: str) -> list[Mapping[str, Any]]:
    """The jobs as they are printed. Raises SourceError."""
    try:
        jobs = orjson.loads(text)["jobs"]
        return [job for job in jobs if isinstance(job, dict) and job.get("job_id")]
    except (ValueError, KeyError, TypeError):
        raise SourceError(f"no output of squeue --json: {text[:80]!r}") from None


def _report(job: Mapping[str, Any], jobs: Sequence[Mapping[str, Any]]) -> RunReport:
    state, times = _state(job), job.get("time") if isinstance(job.get("time"), dict) else {}
    begun_s = _number(job.get("start_time")) or _number((times or {}).get("start"))
    ended_s = _number(job.get("end_time")) or _number((times or {}).get("end"))
    is_over = state not in ("queued", "running")
    requested = str(job.get("tres_alloc_str") or job.get("tres_req_str") or "")
    gpus = _GPUS.search(requested)
    task = _TASK.search(_comment(job))
    return RunReport(
        str(job["job_id"]),
        str(job.get("name") or ""),
        state,
        task[1] if task else "",
        1000 * begun_s if begun_s and state != "queued" else None,
        1000 * ended_s if ended_s and is_over else None,
        gpus=int(gpus[1]) if gpus else 0,
        restarts=_number(job.get("restart_cnt")) or 0,
        by=_preempting(job, jobs),
        labels={"hpc_job": str(job["job_id"])},
    )


def _state(job: Mapping[str, Any]) -> RunState:
    states = job.get("job_state") or (job.get("state") or {}).get("current") or ()
    names = [states] if isinstance(states, str) else [*states]
    if "PREEMPTED" in names:
        return "preempted"
    return _STATES.get(names[0] if names else "", "failed")


def _comment(job: Mapping[str, Any]) -> str:
    comment = job.get("comment") or ""
    # sacct has comments of the job, of the administrator and of the system.
    return str(comment.get("job") or "") if isinstance(comment, dict) else str(comment)


def _preempting(job: Mapping[str, Any], jobs: Iterable[Mapping[str, Any]]) -> str:
    """The job that started when this one was requeued, or preempted; empty: none."""
    is_requeued = bool(_number(job.get("restart_cnt")))
    at_s = _number(job.get("preempt_time")) or (
        _number(job.get("submit_time")) if is_requeued else 0
    )
    if not at_s:
        return ""
    for other in jobs:
        start_s = _number(other.get("start_time"))
        is_near = start_s is not None and abs(start_s - at_s) <= _TOGETHER_S
        if is_near and other.get("job_id") != job["job_id"] and _state(other) != "queued":
            return f"job {other['job_id']} ({other.get('name') or 'without a name'})"
    return ""


def _number(value: Any) -> int | None:
    """Bare, or as `{"set": true, "number": 7}`."""
    if isinstance(value, dict):
        value = value.get("number") if value.get("set") else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def collect(settings: Settings, reader: Reader, _now_ms: int) -> tuple[list[RunReport], list[str]]:
    """The queue, the accounting, and the logs of running jobs; the newest report of each job."""
    timeout_s, problems = settings.timeout.total_seconds(), list[str]()
    text = reader.output(settings.queue, timeout_s, settings.environment)
    queued, unread = parse(text)
    problems += unread
    reports, logs = {report.id: report for report in queued}, _logs(text)
    if settings.accounting:
        try:
            printed = reader.output(settings.accounting, timeout_s, settings.environment)
            ended, unread = parse(printed)
            problems += unread
            reports = {report.id: report for report in ended} | reports
        except SourceError as problem:
            problems.append(f"{settings.accounting[0]}: {problem}")
    for report in [*reports.values()] if settings.step_pattern else ():
        path = logs.get(report.id) if report.state == "running" else None
        # Empty: it is on another machine, or not written yet.
        if path and (tail := read_tail(*path, settings.log_folders)):
            reports[report.id] = read_log(report, tail, settings)
    return [*reports.values()], problems


def _logs(text: str) -> dict[str, tuple[str, int]]:
    """Absolute paths of the jobs' outputs, with Slurm's placeholders filled in, and the ids of the
    jobs' users.
    """
    paths = {}
    for job in read_jobs(text):
        path = str(job.get("standard_output") or "")
        for placeholder, value in (("%j", job["job_id"]), ("%x", job.get("name") or "")):
            path = path.replace(placeholder, str(value))
        owner = _number(job.get("user_id"))
        # Without the owner anybody's file could be read.
        if path.startswith("/") and "%" not in path and owner is not None:
            paths[str(job["job_id"])] = (path, owner)
    return paths


def read_log(report: RunReport, tail: str, settings: Settings) -> RunReport:
    """The report with the last step and loss of a log."""
    steps = re.findall(settings.step_pattern, tail, re.IGNORECASE)
    losses = re.findall(settings.loss_pattern, tail, re.IGNORECASE)
    last = steps[-1] if steps else ""
    step, planned = last if isinstance(last, tuple) else (last, "")
    return replace(
        report,
        step=read_number(step) if step else report.step,
        steps=read_number(planned) if planned else report.steps,
        loss=read_number(losses[-1]) if losses else report.loss,
    )


SOURCE = metrics_of(Settings, collect)
RUNS = RunSource(collect)
