"""What is wrong with a run, or that it ended: each is found once, until it is over. Pure."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from clickup_mlops.features.progress.model import (
    ACTIVE,
    MOST_POINTS,
    STATUS,
    Point,
    Progress,
    RunReport,
)

STALLED: Final = "run_stalled"
DIVERGING: Final = "run_diverging"
PREEMPTED: Final = "run_preempted"
IDLE: Final = "run_idle_gpus"
FINISHED: Final = "run_finished"


@dataclass(frozen=True, slots=True)
class Limits:
    """When something counts as wrong. Times in ms."""

    stalled_ms: int
    idle_ms: int
    jump: float
    """A loss of so many times the lowest one diverges."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`kind` is one of the above, `text` a sentence, `since_ms` since when it is so, at the
    earliest (Unix ms). Together with the run they are one report: a look that is repeated after
    a crash finds the same.
    """

    kind: str
    progress: Progress
    text: str
    since_ms: int


def follow(
    before: Progress | None,
    source: str,
    report: RunReport,
    task_id: str,
    now_ms: int,
    *,
    idle: bool,
) -> Progress:
    """The run with one point more. `idle`: its GPUs have no process now."""
    point = Point(now_ms, report.step, report.loss)
    if before is None:
        begun_ms = now_ms if idle else 0
        return Progress(source, report, task_id, (point,), now_ms, begun_ms, (), now_ms)
    moved = report.step != before.report.step or report.state != before.report.state
    return Progress(
        source,
        report,
        task_id or before.task_id,
        (*before.points, point)[-MOST_POINTS:],
        now_ms if moved else before.moved_ms,
        (before.idle_ms or now_ms) if idle else 0,
        before.reported,
        now_ms,
    )


def find(
    before: Progress | None, progress: Progress, limits: Limits, since_ms: int | None
) -> tuple[list[Finding], Progress]:
    """What is new, and the run with it noted. `since_ms`: when runs were looked at before; None:
    never, so that ends of the past are no news.
    """
    now = [*_wrong(before, progress, limits)]
    current = {finding.kind for finding in now}
    news = [finding for finding in now if finding.kind not in progress.reported]
    # What has come to an end may come again. Only the end of a run, and a preemption, stay.
    reported = {kind for kind in progress.reported if kind in current or kind == FINISHED}
    if _has_ended(before, progress, since_ms) and FINISHED not in reported:
        news.append(_ended(before, progress))
    noted = reported | {finding.kind for finding in news}
    return news, replace(progress, reported=tuple(sorted(noted - {PREEMPTED})))


def _wrong(before: Progress | None, progress: Progress, limits: Limits) -> Iterator[Finding]:
    report, now_ms = progress.report, progress.at_ms
    looked_ms = before.at_ms if before is not None else 0
    if before is not None and _was_preempted(before.report, report):
        by = f" by {report.by}" if report.by else ""
        yield Finding(PREEMPTED, progress, f"was preempted{by} and waits again", looked_ms)
    if report.state != "running":
        return
    still_ms = now_ms - progress.moved_ms
    if report.step is not None and still_ms >= limits.stalled_ms:
        text = f"has been at step {report.step:g} for {still_ms // 60_000} min"
        yield Finding(STALLED, progress, text, progress.moved_ms)
    if text := _divergence(progress.points, limits.jump):
        yield Finding(DIVERGING, progress, text, looked_ms)
    if progress.idle_ms and now_ms - progress.idle_ms >= limits.idle_ms:
        minutes = (now_ms - progress.idle_ms) // 60_000
        text = f"holds {report.gpus or 'its'} GPUs on which no process has run for {minutes} min"
        yield Finding(IDLE, progress, text, progress.idle_ms)


def _was_preempted(before: RunReport, report: RunReport) -> bool:
    if report.state == "preempted":
        return before.state != "preempted"
    return report.restarts > before.restarts and bool(report.by)


def _divergence(points: Sequence[Point], jump: float) -> str:
    losses = [point.loss for point in points if point.loss is not None]
    if not losses:
        return ""
    if not math.isfinite(losses[-1]):
        return f"has a loss of {losses[-1]}"
    lowest = min((loss for loss in losses if math.isfinite(loss)), default=losses[-1])
    if lowest > 0 and losses[-1] >= jump * lowest:
        return f"has a loss of {losses[-1]:.3g}, after {lowest:.3g}"
    return ""


def _has_ended(before: Progress | None, progress: Progress, since_ms: int | None) -> bool:
    report = progress.report
    if report.state in ACTIVE:
        return False
    if before is not None:
        return before.report.state in ACTIVE
    # A short run may begin and end between two looks.
    return since_ms is not None and report.ended_ms is not None and report.ended_ms > since_ms


def _ended(before: Progress | None, progress: Progress) -> Finding:
    report = progress.report
    text, looked_ms = f"ended: {STATUS[report.state]}", before.at_ms if before is not None else 0
    return Finding(FINISHED, progress, text, report.ended_ms or looked_ms)
