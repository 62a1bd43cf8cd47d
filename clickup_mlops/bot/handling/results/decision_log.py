"""Keeps routing's decisions, each once: they explain a task's priority until another one does."""

from collections.abc import Mapping
from typing import Any

from clickup_mlops import telemetry
from clickup_mlops.routing.outcome import HOLDS, Outcome, of_body
from clickup_mlops.store.tables.decisions import Decisions


def remember(
    decisions: Decisions, decision: Mapping[str, Any], became: Outcome, now_ms: int
) -> None:
    """Keep the decision and what became of it, unless the last one says the same: that one set it.

    `decision` is `Decision.to_dict()`. It goes on disk with this thread's next write.
    """
    body = {**decision, **became.to_dict()}
    latest = decisions.latest(body["task_id"])
    known = latest.body if latest else None
    if known is None or _wish(known) != _wish(body):
        _count(body)
    if known is None or _all(known) != _all(body):
        decisions.put(body["task_id"], body, body["cause"], now_ms, wait=False)


def _count(body: Mapping[str, Any]) -> None:
    priority = str(body["priority"] or "none")
    telemetry.DECISIONS.labels(body["workload"], priority, body["decided_by"]).inc()
    if body["source"] == "default":
        telemetry.ABSTENTIONS.inc()


def gist(body: Mapping[str, Any]) -> list[Any]:
    """What has to differ for a decision to be another one."""
    names = ["written"] if body["written"] else ["written", "before"]
    return [*_wish(body), *(body[name] for name in names)]


def _wish(body: Mapping[str, Any]) -> list[Any]:
    names = ["priority", "decided_by", "workload", "tier", "source", "evidence", "confidence"]
    # Another person's choice may be the same priority.
    holder = body["reasons"][-1:] if body["decided_by"] in HOLDS else ()
    return [*(body[name] for name in names), *holder]


def _all(body: Mapping[str, Any]) -> list[Any]:
    """Also why it was not written: a cap may become a refusal."""
    became = of_body(body)
    return [*gist(body), *(() if became.has else (became.state, became.by))]
