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
        why = {id(executable): problem for executable, problem in refused}
        by_run: dict[tuple[str, str], list[tuple[Executable, RunAction]]] = {}
        for executable, state in states:
            if isinstance(executable, Handover) and not executable.steps:
                continue  # it is evaluated elsewhere, which may be a run
            action = _action(executable, state, why.get(id(executable)))
            by_run.setdefault((executable.automation, executable.cause), []).append(
                (executable, action)
            )
        for parts in by_run.values():
            self._store_run(_run(lane, parts, now_ms), again=again)

    def _store_run(self, run: AutomationRun, *, again: bool) -> None:
        may_exist = again or run.result in ("refused", "partly failed")
        existing = (
            self._runs.of_event(run.automation, run.task_id, run.event_key) if may_exist else None
        )
        if existing and again:
            run = _merged(existing, run)
        if existing is None or existing.result != run.result:  # one that is tried again counts once
            telemetry.RUNS.labels(run.automation, run.result).inc()
        self._runs.put(run)


def expect(automations: Iterable[Automation]) -> None:
    """Has `/metrics` show that nothing has failed yet: a series that begins with a failure does
    not increase.
    """
    for automation in automations:
        for result in () if automation.is_off else FAILED:
            telemetry.RUNS.labels(automation.name, result)


def list_runs(store: Store, condition: RunFilter, limit: int) -> list[Shown]:
    """The runs that fit, newest first. No call: tasks as they were last read."""
    return _with_tasks(store, store.runs.list(condition, limit))


def get_run(store: Store, number: int) -> Shown | None:
    """The run with this number, if there is one."""
    row = store.runs.get(number)
    return next(iter(_with_tasks(store, [row])), None) if row else None


def failures(store: Store, now_ms: int) -> list[str]:
    """A line for each automation of which runs failed in the last 24 hours."""
    return [
        f"{format_count(failing.count, 'run')} of {failing.automation} failed in the last 24 h; "
        f"newest: {failing.newest.why}"
        for failing in store.runs.failing(now_ms - DAY_MS)
    ]


def capped(store: Store, now_ms: int) -> list[str]:
    """A line for each automation that its cap has stopped in the last 24 hours."""
    return [
        f"{format_count(failing.count, 'run')} of {failing.automation} reached its cap in the "
        f"last 24 h: [automations.by_name.{failing.automation}] with a higher cap, or a narrower "
        "condition"
        for failing in store.runs.failing(now_ms - DAY_MS, CAPPED)
    ]


def result_of(states: Collection[str]) -> Result:
    """What a run came to whose actions have these states."""
    failed = {"problem", "refused"}.intersection(states)
    if failed and {"done", "shadow", "handed over"}.intersection(states):
        return "partly failed"
    if failed:
        return "refused" if "refused" in failed else "failed"
    if {*states} == {"overtaken"}:
        return "overtaken"
    lesser: tuple[Result, ...] = ("capped", "held", "shadow")
    return next((state for state in lesser if state in states), "done")


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


def _action(executable: Executable, state: State, refusal: ClickUpMlopsError | None) -> RunAction:
    if isinstance(executable, Held):
        return RunAction("", executable.task_id, executable.waits, state)
    if isinstance(executable, Handover):
        return RunAction(
            ", ".join(executable.actions), executable.task_id, "in the lane of that task", state
        )
    if isinstance(executable, Problem):
        return RunAction(
            executable.action,
            executable.task_id,
            _shortened(executable.text),
            state,
            "",
            _shortened(executable.hint),
        )
    why, hint = (f"{refusal}", refusal.hint) if refusal else ("", "")
    return RunAction(
        executable.action,
        executable.task_id,
        _shortened(executable.change.text),
        state,
        _shortened(why),
        _shortened(hint),
    )


def _shortened(text: str) -> str:
    """Without secrets, and not without end."""
    hidden = logs.redactor.text(text)
    return hidden if len(hidden) <= LONGEST else f"{hidden[:LONGEST]}…"


def _merged(earlier: AutomationRun, run: AutomationRun) -> AutomationRun:
    """The run with what was done before of it."""
    actions = {
        (action.action, action.task_id, action.text): action
        for action in (*earlier.actions, *run.actions)
    }
    return AutomationRun(
        run.automation,
        run.task_id,
        run.event_key,
        run.event_kind or earlier.event_kind,
        run.at_ms,
        result_of({action.state for action in actions.values()}),
        tuple(actions.values()),
    )


def _with_tasks(store: Store, rows: Sequence[AutomationRunRow]) -> list[Shown]:
    ids = [*{row.task_id for row in rows if row.task_id}]
    tasks_by_id = {task: Task.parse(row_.raw) for task, row_ in store.mirror.get_many(ids).items()}
    tasks = (tasks_by_id.get(row.task_id) for row in rows)
    return [
        Shown(row, task.name if task else "", _url(row, task))
        for row, task in zip(rows, tasks, strict=True)
    ]


def _url(row: AutomationRun, task: Task | None) -> str:
    if task is not None and task.url:
        return task.url
    return f"https://app.clickup.com/t/{row.task_id}" if row.task_id else ""
