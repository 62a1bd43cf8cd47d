"""The run log, from what an evaluation came to; and as people look at it.

A run is one automation that wanted something because of one event: what found nothing to do is
none. It is written with the lane's end and costs no call.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from clickup_mlops import logs, telemetry
from clickup_mlops.automations.model import Automation, Held, Problem
from clickup_mlops.automations.perform import State
from clickup_mlops.bot.evaluation import Executable
from clickup_mlops.bot.internal_events import Handover
from clickup_mlops.clickup.model import Task
from clickup_mlops.errors import ClickUpMlopsError
from clickup_mlops.spelling import format_count
from clickup_mlops.store import Store
from clickup_mlops.store.tables.runs import (
    CAPPED,
    FAILED,
    AutomationRun,
    AutomationRunRow,
    Result,
    RunAction,
    RunFilter,
)

Refusals = Sequence[tuple[Executable, ClickUpMlopsError]]
MOST_ACTIONS: Final = 100
LONGEST: Final = 400
"""Characters that are kept of a text."""
DAY_MS: Final = 86_400_000


@dataclass(frozen=True, slots=True)
class Shown:
    """A run with what is known of its task now."""

    run: AutomationRunRow
    task_name: str
    """Empty: not known any more, or there is no task."""
    task_url: str


class RunLog:
    """Writes it."""

    def __init__(self, store: Store) -> None:
        self._runs = store.runs

    def note(
        self,
        lane: str,
        states: Sequence[tuple[Executable, State]],
        refused: Refusals,
        now_ms: int,
        *,
        again: bool,
    ) -> None:
        """Keeps a run for each automation, with this thread's next write.

        `again`: the execution was begun before, so that a part of a run may be there already.
        """
        why = {id(one): problem for one, problem in refused}
        found: dict[tuple[str, str], list[tuple[Executable, RunAction]]] = {}
        for one, state in states:
            made = _action(one, state, why.get(id(one)))
            found.setdefault((one.automation, one.cause), []).append((one, made))
        for parts in found.values():
            self._put(_run(lane, parts, now_ms), again=again)

    def _put(self, run: AutomationRun, *, again: bool) -> None:
        tried = again or run.result in ("refused", "partly failed")
        known = self._runs.of_event(run.automation, run.task_id, run.event_key) if tried else None
        if known and again:
            run = _merged(known, run)
        if known is None or known.result != run.result:  # one that is tried again counts once
            telemetry.RUNS.labels(run.automation, run.result).inc()
        self._runs.put(run)


def expect(automations: Iterable[Automation]) -> None:
    """Has `/metrics` show that nothing has failed yet: a series that begins with a failure does
    not increase.
    """
    for automation in automations:
        for result in () if automation.is_off else FAILED:
            telemetry.RUNS.labels(automation.name, result)


def shown(store: Store, wanted: RunFilter, limit: int) -> list[Shown]:
    """The runs that fit, newest first. No call: tasks as they were last read."""
    return _shown(store, store.runs.list(wanted, limit))


def one(store: Store, number: int) -> Shown | None:
    """The run with this number, if there is one."""
    row = store.runs.get(number)
    return next(iter(_shown(store, [row])), None) if row else None


def failures(store: Store, now_ms: int) -> list[str]:
    """A line for each automation of which runs failed in the last 24 hours."""
    return [
        f"{format_count(one.count, 'run')} of {one.automation} failed in the last 24 h; "
        f"newest: {one.newest.why}"
        for one in store.runs.failing(now_ms - DAY_MS)
    ]


def capped(store: Store, now_ms: int) -> list[str]:
    """A line for each automation that its cap has stopped in the last 24 hours."""
    return [
        f"{format_count(one.count, 'run')} of {one.automation} reached its cap in the "
        f"last 24 h: [automations.by_name.{one.automation}] with a higher cap, or a narrower "
        "condition"
        for one in store.runs.failing(now_ms - DAY_MS, CAPPED)
    ]


def result_of(states: Collection[str]) -> Result:
    """What a run came to whose actions have these states."""
    failed = {"problem", "refused"}.intersection(states)
    if failed and {"done", "shadow", "handed over"}.intersection(states):
        return "partly failed"
    if failed:
        return "refused" if "refused" in failed else "failed"
    lesser: tuple[Result, ...] = ("capped", "held", "shadow")
    return next((one for one in lesser if one in states), "done")


def _run(lane: str, parts: Sequence[tuple[Executable, RunAction]], now_ms: int) -> AutomationRun:
    first, _ = parts[0]
    kind = first.event.kind if isinstance(first, Held | Handover) else first.event_kind
    actions = tuple(action for _, action in parts)
    return AutomationRun(
        automation=first.automation,
        # `schedule:<automation>` and the like are about no task.
        task_id="" if ":" in lane else lane,
        event_key=first.cause,
        event_kind=kind,
        at_ms=now_ms,
        result=result_of({action.state for action in actions}),
        actions=actions[:MOST_ACTIONS],
    )


def _action(one: Executable, state: State, refusal: ClickUpMlopsError | None) -> RunAction:
    if isinstance(one, Held):
        return RunAction("", one.task_id, one.waits, state)
    if isinstance(one, Handover):
        return RunAction(", ".join(one.actions), one.task_id, "in the lane of that task", state)
    if isinstance(one, Problem):
        return RunAction(one.action, one.task_id, _kept(one.text), state, "", _kept(one.hint))
    why, hint = (f"{refusal}", refusal.hint) if refusal else ("", "")
    return RunAction(
        one.action, one.task_id, _kept(one.change.text), state, _kept(why), _kept(hint)
    )


def _kept(text: str) -> str:
    """Without secrets, and not without end."""
    hidden = logs.redactor.text(text)
    return hidden if len(hidden) <= LONGEST else f"{hidden[:LONGEST]}…"


def _merged(known: AutomationRun, run: AutomationRun) -> AutomationRun:
    """The run with what was done before of it."""
    actions = {(one.action, one.task_id, one.text): one for one in (*known.actions, *run.actions)}
    return AutomationRun(
        run.automation,
        run.task_id,
        run.event_key,
        run.event_kind or known.event_kind,
        run.at_ms,
        result_of({one.state for one in actions.values()}),
        tuple(actions.values()),
    )


def _shown(store: Store, rows: Sequence[AutomationRunRow]) -> list[Shown]:
    ids = [*{row.task_id for row in rows if row.task_id}]
    known = {task: Task.parse(found.raw) for task, found in store.mirror.get_many(ids).items()}
    tasks = (known.get(row.task_id) for row in rows)
    return [
        Shown(row, task.name if task else "", _url(row, task))
        for row, task in zip(rows, tasks, strict=True)
    ]


def _url(row: AutomationRun, task: Task | None) -> str:
    if task is not None and task.url:
        return task.url
    return f"https://app.clickup.com/t/{row.task_id}" if row.task_id else ""
