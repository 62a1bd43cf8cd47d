"""Keeps routing's decisions, each once: they explain a task's priority until another one does."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from clickup_mlops import telemetry
from clickup_mlops.automations.model import Automation
from clickup_mlops.bot.clock import Clock
from clickup_mlops.bot.evaluation import Evaluation, Execution
from clickup_mlops.bot.handle.results.outcomes import failure, outcome, routing_automations
from clickup_mlops.errors import ClickUpMlopsError
from clickup_mlops.routing.outcome import HOLDS, Outcome, parse_outcome
from clickup_mlops.store import Store
from clickup_mlops.store.queries.task_memory import TaskMemory
from clickup_mlops.store.tables.decisions import DecisionRow, Decisions

_BREACH: Final = "tier breach: "
RECENT: Final = 20
"""Writes of a task among which that of an evaluation's priority is looked for."""


class DecisionLog:
    """Keeps each decision with its outcome. `is_shadow`: the bot writes nothing on that task."""

    def __init__(
        self,
        store: Store,
        automations: Iterable[Automation],
        clock: Clock,
        is_shadow: Callable[[str], bool],
    ) -> None:
        self._store, self._clock, self._is_shadow = store, clock, is_shadow
        self._automations = routing_automations(automations)

    def executed(self, execution: Execution, memory: TaskMemory) -> None:
        """Keep the decision of an evaluation that was executed, if it has one."""
        decision, now = execution.evaluation.decision, self._clock()
        if decision is None:
            return
        result = outcome(
            decision,
            execution.states,
            self._automations,
            refusals=execution.refusals,
            shadow=self._is_shadow(decision["task_id"]),
            muted=lambda: self._store.mutes.of(decision["task_id"], now),
        )
        remember(self._store.decisions, decision, result, now, memory.decision)

    def failed(self, evaluation: Evaluation, problem: ClickUpMlopsError) -> None:
        """Keep the decision of one whose execution failed, with the reason."""
        decision = evaluation.decision
        if decision is None:
            return
        self._store.flush()
        newest = self._store.journal.list(task_id=decision["task_id"], limit=RECENT)
        result = failure(decision, evaluation.keys, problem, newest)
        latest = self._store.decisions.latest(decision["task_id"])
        remember(self._store.decisions, decision, result, self._clock(), latest)


def remember(
    decisions: Decisions,
    decision: Mapping[str, Any],
    result: Outcome,
    now_ms: int,
    latest: DecisionRow | None,
) -> None:
    """Keep the decision and its outcome, unless the `latest` one says the same: that one set it.

    `decision` is `Decision.to_dict()`. It goes on disk with this thread's next write.
    """
    body = {**decision, **result.to_dict()}
    previous = latest.body if latest else None
    if previous is None or _wish(previous) != _wish(body):
        _count(body)
    if previous is None or _all(previous) != _all(body):
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
    """Also why it was not written: a cap may become a refusal. And what the next decision needs,
    and the numbers of a breach: people compare the reason with the field.
    """
    result = parse_outcome(body)
    metrics = [[*body.get(name, ())] for name in ("breaches", "recovering")]
    numbers = [reason for reason in body["reasons"] if reason.startswith(_BREACH)]
    details = [body.get("serves", False), *metrics, numbers]
    return [*gist(body), *details, *(() if result.is_applied else (result.state, result.by))]
