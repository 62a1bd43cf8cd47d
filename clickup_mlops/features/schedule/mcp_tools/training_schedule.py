"""List training runs as they were scheduled last: who runs, who waits, when each starts, and why.

Use it to answer "when does my run start?" or "why does it wait?". It reads the bot's last plan and
makes no call.
"""

from clickup_mlops.features.schedule import snapshot
from clickup_mlops.features.schedule.snapshot import QueuedRun
from clickup_mlops.ports.mcp.access import Access
from clickup_mlops.ports.mcp.model import Answer, Limit, Quoted, TaskId, Tool, iso, quoted


class ScheduledRun(Answer):
    """A run. Times are ISO 8601 in UTC."""

    task_id: str
    name: Quoted
    state: str
    """waiting, running or pinned."""
    pool: str
    gpus: int
    position: int
    """Among the waiting runs of its pool; 0: it does not wait."""
    start: str
    end: str
    starts_between: list[str]
    """With a probability of 80%."""
    deadline: str
    why: Quoted


class TrainingSchedule(Answer):
    """The last plan; `planned` empty: there is none."""

    planned: str
    total: int
    """How many match; `runs` may hold fewer."""
    runs: list[ScheduledRun]
    problems: list[Quoted]
    """Runs that could not be placed, and why."""


def call(access: Access, *, task: TaskId | None = None, limit: Limit = 20) -> TrainingSchedule:
    """The planned runs, the earliest start first."""
    with access.data() as data:
        last = snapshot.get(data.store, data.workspace)
    if last is None:
        return TrainingSchedule(planned="", total=0, runs=[], problems=[])
    runs = [run for run in last.runs if task in (None, run.task_id)]
    problems = [f"{task_id} {text}" for task_id, text in last.problems if task in (None, task_id)]
    return TrainingSchedule(
        planned=iso(last.at_ms),
        total=len(runs),
        runs=[_run(run) for run in runs[:limit]],
        problems=[quoted(text) for text in problems[:limit]],
    )


def _run(run: QueuedRun) -> ScheduledRun:
    return ScheduledRun(
        task_id=run.task_id,
        name=quoted(run.name),
        state=run.state,
        pool=run.pool,
        gpus=run.gpus,
        position=run.position,
        start=iso(run.start_ms),
        end=iso(run.end_ms),
        starts_between=[iso(run.low_ms), iso(run.high_ms)],
        deadline=iso(run.deadline_ms),
        why=quoted(run.why),
    )


TOOL = Tool(call)
