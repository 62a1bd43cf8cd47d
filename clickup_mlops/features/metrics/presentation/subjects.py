"""What pages about models show of tasks: their series, objectives and names, from the store.

A subject is a task whose fields show what is measured. A page's target is a task's id, a model's
name for all tasks that name it, or `list:<id>` for all those of a List.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode
from weakref import WeakKeyDictionary

from clickup_mlops.clickup.model import Task
from clickup_mlops.features.metrics.presentation.comparisons import TaskComparisons
from clickup_mlops.ports.sections.cells import digits
from clickup_mlops.ports.sections.model import DAY_MS, Data, Query
from clickup_mlops.ports.sections.models import is_model, model_name
from clickup_mlops.routing.objectives import Comparison
from clickup_mlops.series.history import History
from clickup_mlops.store.tables.history import Series
from clickup_mlops.views.model import Badge, Link, Number, Tone

LIST: Final = "list:"
_READ_AT_ONCE: Final = 500
_LEAST_MS: Final = 7 * DAY_MS
_NEAR: Final = 0.1
_LONGEST: Final = 120


@dataclass(frozen=True, slots=True)
class Subject:
    """A task, as last read (None: it is not known any more), and its series by field.

    `limits` are the objectives of its fields, by the fields' names in small letters.
    """

    id: str
    task: Task | None
    series: tuple[Series, ...]
    limits: Mapping[str, Comparison] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The task's name."""
        return short(self.task.name) if self.task else self.id

    def limit(self, series: Series) -> Comparison | None:
        """The objective of what a series measures, compared with its newest value."""
        return self.limits.get(series.field.casefold())

    @property
    def newest(self) -> Sequence[Series]:
        """One for each field: it has others if its binding or its labels were changed."""
        by_age = sorted(self.series, key=lambda series: series.last_ms)
        return list({series.field.casefold(): series for series in by_age}.values())

    @property
    def breached(self) -> int:
        """How many objectives are not met now."""
        return sum(comparison.breached for comparison in self.limits.values())


def of_one(data: Data, query: Query) -> Subject | None:
    """The task that the page is about; None: it is about several, or nothing is known of it."""
    subjects = of_target(data, query)
    is_one = bool(query.target) and not query.target.startswith(LIST) and len(subjects) == 1
    return subjects[0] if is_one else None


def of_target(data: Data, query: Query) -> list[Subject]:
    """The task, or those of the model or List; without a target all, by name. Of the range, but
    not of less than a week: what has become silent shows that.
    """
    since_ms = min(query.start_ms, query.now_ms - _LEAST_MS)
    cached = _subjects_by_history.setdefault(data.history, {})
    if (query.target, since_ms) not in cached:
        cached[query.target, since_ms] = _of_target(data, query.target, since_ms)
    return cached[query.target, since_ms]


_subjects_by_history: WeakKeyDictionary[History, dict[tuple[str, int], list[Subject]]] = (
    WeakKeyDictionary()
)
"""What one page has read: its sections ask for the same."""


def _of_target(data: Data, target: str, since_ms: int) -> list[Subject]:
    if target and not target.startswith(LIST):
        recent = tuple(
            series for series in data.history.of_task(target) if series.last_ms >= since_ms
        )
        if recent:
            return _subjects(data, {target: recent})
    by_task: dict[str, list[Series]] = defaultdict(list)
    for series in data.history.all(since_ms):
        if series.task_id:
            by_task[series.task_id].append(series)
    models = _models(data, tasks_of(data, [*by_task]), by_task)
    subjects = _subjects(data, {name: tuple(by_task[name]) for name in by_task if name in models})
    return [subject for subject in subjects if not target or _is_of(data, subject, target)]


def _is_of(data: Data, subject: Subject, target: str) -> bool:
    if subject.task is None:
        return False
    if target.startswith(LIST):
        return subject.task.list_id == target.removeprefix(LIST)
    return _model(data, subject.task).casefold() == target.strip().casefold()


def _model(data: Data, task: Task) -> str:
    """As the wiki names its page."""
    return model_name(task, data.bot.model_field)


def _models(
    data: Data, tasks: Mapping[str, Task], series: Mapping[str, Sequence[Series]]
) -> set[str]:
    """The ids of those that are about models; a task that is not known any more may be."""
    decided = data.store.decisions.latest_of([*tasks])
    workloads = {row.task_id: str(row.body.get("workload")) for row in decided}
    policies, model_field = TaskComparisons(data), data.bot.model_field
    return {
        name
        for name, lines in series.items()
        if name not in tasks
        or is_model(
            tasks[name],
            (line.measure for line in lines),
            workloads.get(name, ""),
            policies.policy_of(tasks[name]),
            model_field,
        )
    }


def _subjects(data: Data, series: Mapping[str, tuple[Series, ...]]) -> list[Subject]:
    tasks, objectives = tasks_of(data, list(series)), TaskComparisons(data)
    subjects = [
        Subject(
            task_id,
            tasks.get(task_id),
            lines,
            objectives.of(tasks[task_id], lines) if task_id in tasks else {},
        )
        for task_id, lines in series.items()
        if lines
    ]
    return sorted(subjects, key=lambda subject: (subject.name.casefold(), subject.id))


def tasks_of(data: Data, ids: Sequence[str]) -> Mapping[str, Task]:
    """By id, as last read."""
    by_id: dict[str, Task] = {}
    for start in range(0, len(ids), _READ_AT_ONCE):
        rows = data.store.mirror.get_many(ids[start : start + _READ_AT_ONCE]) if ids else {}
        by_id |= {task_id: Task.parse(row.raw) for task_id, row in rows.items()}
    return by_id


def targets(data: Data) -> list[tuple[str, str]]:
    """Lists and models with several measured tasks, then the tasks, by name."""
    by_task: dict[str, list[Series]] = defaultdict(list)
    for series in data.history.all(0):
        if series.task_id:
            by_task[series.task_id].append(series)
    all_tasks = tasks_of(data, sorted(by_task))
    ids = sorted(_models(data, all_tasks, by_task))
    tasks = {name: all_tasks[name] for name in ids if name in all_tasks}
    lists: dict[tuple[str, str], int] = defaultdict(int)
    models: dict[str, list[str]] = defaultdict(list)
    for task in tasks.values():
        lists[task.list_id, task.list_name] += 1
        models[_model(data, task).casefold()].append(_model(data, task))
    chosen = [
        (f"{LIST}{list_id}", f"List {short(name) or list_id}")
        for (list_id, name), count in lists.items()
        if list_id and count > 1
    ]
    chosen += [
        (names[0], f"Model {short(names[0])}") for names in models.values() if len(names) > 1
    ]
    named = [(key, short(tasks[key].name) if key in tasks else key) for key in ids]
    return [*sorted(chosen, key=_by_name), *sorted(named, key=_by_name)]


def _by_name(target: tuple[str, str]) -> tuple[str, str]:
    key, name = target
    return name.casefold(), key


def further_targets(data: Data) -> list[str]:
    """Lists and models with one measured task, and tasks about the infrastructure."""
    ids = data.store.history.tasks(data.workspace)
    keys = (
        key
        for task in tasks_of(data, ids).values()
        for key in (f"{LIST}{task.list_id}", _model(data, task))
    )
    return [*ids, *filter(None, keys)]


def number(series: Series, tone: Tone = "plain") -> Number:
    """Its newest value."""
    return Number(series.last, series.unit, digits(series.last, series.unit), tone)


def tone(comparison: Comparison | None) -> Tone:
    """How a value stands against its objective."""
    if comparison is None:
        return "plain"
    return "bad" if comparison.breached else "warning" if comparison.room < _NEAR else "good"


def state(comparison: Comparison | None) -> Badge | None:
    """The same in a word."""
    words: Mapping[Tone, str] = {"bad": "breached", "warning": "near", "good": "met"}
    standing = tone(comparison)
    return Badge(words[standing], standing) if standing in words else None


def page_link(page: str, target: str, text: str) -> Link:
    """Leads to a page of the dashboard about a target."""
    return Link(text, f"/{page}?{urlencode({'target': target})}")


def task_link(task_id: str, task: Task | None) -> Link:
    """Leads to a task in ClickUp."""
    url = task.url if task is not None and task.url.startswith("https://") else ""
    return Link(
        short(task.name) if task else task_id, url or f"https://app.clickup.com/t/{task_id}"
    )


def short(text: str) -> str:
    """In one line, and not without end."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
