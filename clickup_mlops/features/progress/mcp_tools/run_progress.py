"""List training runs as their trackers and schedulers show them: step, expected end, loss, trouble.

Use it to answer "how far is my run?" or "which runs are stalled?". It reads what the bot saw last
and makes no call.
"""

from clickup_mlops.features.progress import watched
from clickup_mlops.features.progress.estimate import eta, trend
from clickup_mlops.features.progress.model import Progress
from clickup_mlops.ports.mcp.access import Access
from clickup_mlops.ports.mcp.model import Answer, Limit, Quoted, TaskId, Tool, iso, quoted


class WatchedRun(Answer):
    """A run. Times are ISO 8601 in UTC; empty or null: that is not known."""

    task_id: str
    name: Quoted
    source: str
    state: str
    """queued, running, preempted, finished, failed or killed."""
    step: float | None
    share: float | None
    """Steps done of steps planned, from 0 to 1."""
    ends: str
    ends_between: list[str]
    """With a probability of about 80 percent."""
    loss: str
    loss_trend: str
    trouble: list[str]
    """What was reported of it and is not over."""
    seen: str


class WatchedRuns(Answer):
    """The runs."""

    total: int
    """How many match; `runs` may hold fewer."""
    runs: list[WatchedRun]


def call(access: Access, *, task: TaskId | None = None, limit: Limit = 20) -> WatchedRuns:
    """Those with trouble first."""
    with access.data() as data:
        runs = [*watched.read(data.store, data.workspace).values()]
    matching = [run for run in runs if task in (None, run.task_id)]
    matching.sort(key=lambda run: (not run.reported, run.report.state != "running", run.key))
    now = access.now_ms()
    return WatchedRuns(total=len(matching), runs=[_run(run, now) for run in matching[:limit]])


def _run(progress: Progress, now_ms: int) -> WatchedRun:
    report, expected = progress.report, eta(progress, now_ms)
    return WatchedRun(
        task_id=progress.task_id,
        name=quoted(report.name),
        source=progress.source,
        state=report.state,
        step=report.step,
        share=report.share,
        ends=iso(expected.at_ms if expected else None),
        ends_between=[iso(expected.low_ms), iso(expected.high_ms)] if expected else [],
        loss="" if report.loss is None else f"{report.loss:.6g}",
        loss_trend=trend(progress.points),
        trouble=[*progress.reported],
        seen=iso(progress.at_ms),
    )


TOOL = Tool(call)
