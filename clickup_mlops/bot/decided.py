"""Keeps routing's decisions, each once: they explain a task's priority until another one does."""

from collections.abc import Mapping
from typing import Any

from clickup_mlops import telemetry
from clickup_mlops.store.memory import Decisions


def remember(decisions: Decisions, body: Mapping[str, Any], now_ms: int) -> None:
    """Keep the decision, unless the last one says the same: that one set it.

    `body` is `Decision.to_dict()` and `written`, False if the task was left as it is (shadow mode,
    or a rule's cap). It goes on disk with this thread's next write.
    """
    task_id = body["task_id"]
    latest = decisions.latest(task_id)
    if latest is None or gist(latest.body) != gist(body):
        _count(body)
        decisions.put(task_id, body, body["cause"], now_ms, wait=False)


def _count(body: Mapping[str, Any]) -> None:
    priority = str(body["priority"] or "none")
    telemetry.DECISIONS.labels(body["workload"], priority, body["rule"]).inc()
    if body["source"] == "default":
        telemetry.ABSTENTIONS.inc()


def gist(body: Mapping[str, Any]) -> list[Any]:
    """What has to differ for a decision to be another one."""
    names = ["priority", "rule", "workload", "tier", "source", "evidence", "confidence", "written"]
    if not body["written"]:
        names.append("before")
    return [body[name] for name in names]
