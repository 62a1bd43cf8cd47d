"""What pages about models show of tasks: their series, objectives and names, from the store.

A subject is a task whose fields show what is measured. A page's target is a task's id, a model's
name for all tasks that name it, or `list:<id>` for all those of a List.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode
from weakref import WeakKeyDictionary

from clickup_mlops.bot.clock import to_ms
from clickup_mlops.clickup.model import Task
from clickup_mlops.features.metrics.placement.planning import STALE_AFTER
from clickup_mlops.features.metrics.settings import MetricsSettings
from clickup_mlops.features.wiki.settings import WikiSettings
from clickup_mlops.ports.sections.cells import digits
from clickup_mlops.ports.sections.model import DAY_MS, Data, Query
from clickup_mlops.ports.sections.models import is_model, model_name
from clickup_mlops.routing.objectives import Comparison, compare_values
from clickup_mlops.routing.policy import Policy
from clickup_mlops.routing.router import Router
from clickup_mlops.series.history import History
from clickup_mlops.store.tables.history import Series
from clickup_mlops.store.tables.space_policies import SpacePolicy
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
        by_age = sorted(self.series, key=lambda one: one.last_ms)
        return list({one.field.casefold(): one for one in by_age}.values())

    @property
    def breached(self) -> int:
        """How many objectives are not met now."""
        return sum(one.breached for one in self.limits.values())


class Objectives:
    """Of many tasks; what templates say about Spaces is read once."""

    def __init__(self, data: Data) -> None:
        policies = data.store.space_policies.all()
        self._router = Router(data.settings.routing, None, _Spaces(policies))
        self._data, self._now_ms = data, data.bot.now_ms()

    def policy_of(self, task: Task) -> Policy:
        """The policy that applies to a task, by its Space."""
        return self._router.policy_of(task).policy

    def of(self, task: Task, series: Iterable[Series]) -> Mapping[str, Comparison]:
        """By field: its value beside the limit that the task has. The value is the newest reading,
        as everywhere on the dashboard; if its source is silent, what the field shows.
        """
        by_age = sorted(series, key=lambda each: each.last_ms)
        fresh = (each for each in by_age if not is_silent(self._data, each, self._now_ms))
        last = {each.field.casefold(): each.last for each in fresh if each.last is not None}

        def value(name: str) -> object:
            return last[name.casefold()] if name.casefold() in last else task.field(name)

        slos = self.policy_of(task).slos
        return {each.slo.metric.casefold(): each for each in compare_values(slos, value)}


class _Spaces:
    def __init__(self, policies: Iterable[SpacePolicy]) -> None:
        self._by_space: dict[str, list[SpacePolicy]] = defaultdict(list)
        for one in policies:
            self._by_space[one.space_id].append(one)

    def of(self, space_id: str) -> Sequence[SpacePolicy]:
        return tuple(self._by_space.get(space_id, ()))


def of_one(data: Data, query: Query) -> Subject | None:
    """The task that the page is about; None: it is about several, or nothing is known of it."""
    found = of_target(data, query)
    is_one = bool(query.target) and not query.target.startswith(LIST) and len(found) == 1
    return found[0] if is_one else None


def of_target(data: Data, query: Query) -> list[Subject]:
    """The task, or those of the model or List; without a target all, by name. Of the range, but
    not of less than a week: what has become silent shows that.
    """
    since_ms = min(query.start_ms, query.now_ms - _LEAST_MS)
    known = _known.setdefault(data.history, {})
    if (query.target, since_ms) not in known:
        known[query.target, since_ms] = _of_target(data, query.target, since_ms)
    return known[query.target, since_ms]


_known: WeakKeyDictionary[History, dict[tuple[str, int], list[Subject]]] = WeakKeyDictionary()
"""What one page has read: its sections ask for the same."""


def _of_target(data: Data, target: str, since_ms: int) -> list[Subject]:
    if target and not target.startswith(LIST):
        found = tuple(one for one in data.history.of_task(target) if one.last_ms >= since_ms)
        if found:
            return _subjects(data, {target: found})
    own: dict[str, list[Series]] = defaultdict(list)
    for one in data.history.all(since_ms):
        if one.task_id:
            own[one.task_id].append(one)
    models = _models(data, tasks_of(data, [*own]), own)
    subjects = _subjects(data, {name: tuple(own[name]) for name in own if name in models})
    return [one for one in subjects if not target or _is_of(data, one, target)]


def _is_of(data: Data, one: Subject, target: str) -> bool:
    if one.task is None:
        return False
    if target.startswith(LIST):
        return one.task.list_id == target.removeprefix(LIST)
    return _model(data, one.task).casefold() == target.strip().casefold()


def _model(data: Data, task: Task) -> str:
    """As the wiki names its page."""
    return model_name(task, data.settings.table(WikiSettings).model_field)


def _models(
    data: Data, tasks: Mapping[str, Task], series: Mapping[str, Sequence[Series]]
) -> set[str]:
    """The ids of those that are about models; a task that is not known any more may be."""
    decided = data.store.decisions.latest_of([*tasks])
    workloads = {row.task_id: str(row.body.get("workload")) for row in decided}
    policies, model_field = Objectives(data), data.settings.table(WikiSettings).model_field
    return {
        name
        for name, own in series.items()
        if name not in tasks
        or is_model(
            tasks[name],
            (each.measure for each in own),
            workloads.get(name, ""),
            policies.policy_of(tasks[name]),
            model_field,
        )
    }


def _subjects(data: Data, series: Mapping[str, tuple[Series, ...]]) -> list[Subject]:
    tasks, objectives = tasks_of(data, list(series)), Objectives(data)
    found = [
        Subject(
            task_id,
            tasks.get(task_id),
            own,
            objectives.of(tasks[task_id], own) if task_id in tasks else {},
        )
        for task_id, own in series.items()
        if own
    ]
    return sorted(found, key=lambda one: (one.name.casefold(), one.id))


def tasks_of(data: Data, ids: Sequence[str]) -> Mapping[str, Task]:
    """By id, as last read."""
    found: dict[str, Task] = {}
    for start in range(0, len(ids), _READ_AT_ONCE):
        rows = data.store.mirror.get_many(ids[start : start + _READ_AT_ONCE]) if ids else {}
        found |= {task_id: Task.parse(row.raw) for task_id, row in rows.items()}
    return found


def targets(data: Data) -> list[tuple[str, str]]:
    """Lists and models with several measured tasks, then the tasks, by name."""
    own: dict[str, list[Series]] = defaultdict(list)
    for series in data.history.all(0):
        if series.task_id:
            own[series.task_id].append(series)
    known = tasks_of(data, sorted(own))
    ids = sorted(_models(data, known, own))
    tasks = {name: known[name] for name in ids if name in known}
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
    named = [(one, short(tasks[one].name) if one in tasks else one) for one in ids]
    by_name = lambda one: (one[1].casefold(), one[0])  # noqa: E731
    return [*sorted(chosen, key=by_name), *sorted(named, key=by_name)]


def further_targets(data: Data) -> list[str]:
    """Lists and models with one measured task, and tasks about the infrastructure."""
    ids = data.store.history.tasks(data.workspace)
    keys = (
        key
        for task in tasks_of(data, ids).values()
        for key in (f"{LIST}{task.list_id}", _model(data, task))
    )
    return [*ids, *filter(None, keys)]


def is_silent(data: Data, series: Series, now_ms: int) -> bool:
    """Whether its newest reading is so old that the bot would clear the field."""
    table = data.settings.table(MetricsSettings).sources.get(series.source)
    push_every = data.settings.table(MetricsSettings).push_every
    every = max(table.every, push_every) if table else push_every
    return now_ms - series.last_ms >= STALE_AFTER * to_ms(every)


def number(series: Series, tone: Tone = "plain") -> Number:
    """Its newest value."""
    return Number(series.last, series.unit, digits(series.last, series.unit), tone)


def tone(found: Comparison | None) -> Tone:
    """How a value stands against its objective."""
    if found is None:
        return "plain"
    return "bad" if found.breached else "warning" if found.room < _NEAR else "good"


def state(found: Comparison | None) -> Badge | None:
    """The same in a word."""
    words: Mapping[Tone, str] = {"bad": "breached", "warning": "near", "good": "met"}
    given = tone(found)
    return Badge(words[given], given) if given in words else None


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
