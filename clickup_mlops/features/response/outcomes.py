"""What became of the objectives for first responses in a period: met, missed, or still open."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from clickup_mlops.automations.conditions.working_hours import parse_hours
from clickup_mlops.bot.clock import to_ms
from clickup_mlops.clickup.model import Task
from clickup_mlops.features.response.conditions.response import EVER, Move, count_elapsed
from clickup_mlops.features.response.record import ANSWERED, CREATED, shows_creation
from clickup_mlops.features.response.settings import ResponseSettings
from clickup_mlops.flow.model import FINISHED
from clickup_mlops.ports.sections import tasks
from clickup_mlops.ports.sections.model import Data, Period
from clickup_mlops.routing.decision import format_priority
from clickup_mlops.routing.overrides import is_importer
from clickup_mlops.store.tables.notes import Note
from clickup_mlops.store.timeline_rows import Entry

_MOST_DECISIONS: Final = 100


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of a task that was reported in the period. `elapsed_ms`: working time until the answer, or
    the end of the period.
    """

    task_id: str
    list_name: str
    objective_ms: int
    elapsed_ms: int
    is_answered: bool

    @property
    def is_missed(self) -> bool:
        """Whether the objective elapsed before the answer, or without one."""
        return self.elapsed_ms >= self.objective_ms

    @property
    def is_met(self) -> bool:
        """Whether it was answered in time."""
        return self.is_answered and not self.is_missed


def read_outcomes(data: Data, period: Period) -> list[Outcome]:
    """Of the tasks that were reported in the period and have an objective, by their ids. As the
    automation `response_objective`: no subtasks, and none of the bot or of importers.
    """
    statuses = _read_statuses(data, period)
    rows = tasks.read_tasks(data, statuses)
    answers = data.store.notes.get_many(ANSWERED, [*rows])
    ours = data.store.journal.filter_receipts(rows)
    return [
        outcome
        for task_id, task in sorted(rows.items())
        if task_id not in ours
        and not task.raw.get("parent")
        and not is_importer(task.creator, data.policy)
        and (outcome := _measure(data, period, task, statuses[task_id], answers.get(task_id)))
    ]


def _read_statuses(data: Data, period: Period) -> dict[str, list[Entry]]:
    """What is known of the course of each task whose creation the bot has seen."""
    read = data.store.timeline.of_kind
    span = (period.start_ms, period.end_ms)
    created = read(data.workspace, "created", *span)
    backfilled = data.store.notes.get_many(CREATED, [entry.task_id for entry in created])
    course: dict[str, list[Entry]] = defaultdict(list)
    for entry in created:
        if shows_creation(entry) or entry.task_id in backfilled:
            course[entry.task_id].append(entry)
    for entry in read(data.workspace, "status", *span):
        if entry.task_id in course:
            course[entry.task_id].append(entry)
    return course


def _measure(
    data: Data, period: Period, task: Task, course: Sequence[Entry], answer: Note | None
) -> Outcome | None:
    """None: no objective fits it, or it was closed without an answer: nobody waits."""
    is_answered = answer is not None and answer.at_ms < period.end_ms
    until_ms = answer.at_ms if answer is not None and is_answered else period.end_ms
    last = sorted(course, key=lambda entry: entry.at_ms)[-1]  # of several at once the last read
    decision = _find_decision(data, task.id, until_ms)
    settings = data.table(ResponseSettings)
    objective = settings.objective(decision.get("workload", ""), _priority(task, decision))
    if not objective or (not is_answered and last.value.get("type") in FINISHED):
        return None
    is_live = decision.get("tier") == "incident"
    elapsed = count_elapsed(
        min(entry.at_ms for entry in course),
        until_ms,
        (Move(entry.at_ms, str(entry.value["to"])) for entry in course),
        EVER if is_live else parse_hours(settings.hours),
        () if is_live else {name.casefold() for name in settings.waiting},
    )
    return Outcome(task.id, task.list_name, to_ms(objective), to_ms(elapsed), is_answered)


def _find_decision(data: Data, task_id: str, until_ms: int) -> Mapping[str, Any]:
    """The newest one that was taken by then. If there is none, the first one: the answer was
    quicker than the bot, which may have been away.
    """
    decisions = data.store.decisions.history(task_id, _MOST_DECISIONS)
    earlier = [row for row in decisions if row.decided_ms <= until_ms] or decisions[-1:]
    return earlier[0].body if earlier else {}


def _priority(task: Task, decision: Mapping[str, Any]) -> str:
    """What the task had: a decision may only be a wish, as in shadow mode."""
    key = "priority" if decision.get("written", True) else "before"
    return format_priority(decision.get(key, task.priority)).lower()
