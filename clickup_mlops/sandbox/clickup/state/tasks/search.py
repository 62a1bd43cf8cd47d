"""Which tasks a query wants, in which order. Results are kept until any task or place changes."""

from collections.abc import Callable
from dataclasses import dataclass
from operator import gt, lt
from typing import Any

from clickup_mlops.sandbox.clickup.state.fields.field_filter import FieldFilter
from clickup_mlops.sandbox.clickup.state.hierarchy import places
from clickup_mlops.sandbox.clickup.state.model import Task
from clickup_mlops.sandbox.clickup.state.world import World

PAGE = 100
"""Tasks per page; fixed."""

_CACHE_SIZE = 64

DATES = ("due_date", "date_created", "date_updated", "date_done")


@dataclass(frozen=True)
class Query:
    """The documented filters, parsed. Empty tuples and None do not filter."""

    list_ids: tuple[str, ...] = ()
    hidden_list_ids: frozenset[str] = frozenset()
    folder_ids: tuple[str, ...] = ()
    space_ids: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    watchers: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    custom_items: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ()
    parent: str | None = None
    include_closed: bool = False
    subtasks: bool = False
    archived: bool = False
    include_timl: bool = False
    order_by: str = "created"
    reverse: bool = False
    after: tuple[tuple[str, int], ...] = ()
    before: tuple[tuple[str, int], ...] = ()
    fields: tuple[FieldFilter, ...] = ()


class Search:
    """Answers queries over one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._cache: dict[Any, list[Task]] = {}
        self._revisions: tuple[int, int] = (-1, -1)

    def page(self, team_id: str, query: Query, number: int) -> tuple[list[Task], bool]:
        """Up to 100 tasks of page `number` (from 0), and whether it is the last one."""
        tasks = self.all(team_id, query)
        start = number * PAGE
        return tasks[start : start + PAGE], start + PAGE >= len(tasks)

    def all(self, team_id: str, query: Query) -> list[Task]:
        """Every task of a Workspace that the query wants, in its order."""
        now = (self._world.tasks.revision, self._world.layout_revision)
        if self._revisions != now or len(self._cache) > _CACHE_SIZE:
            self._cache.clear()
            self._revisions = now
        key = (team_id, query)
        if key not in self._cache:
            self._cache[key] = self._run(team_id, query)
        return self._cache[key]

    def _run(self, team_id: str, query: Query) -> list[Task]:
        inside = _find_list_ids(self._world, team_id, query)
        tests = _build_tests(self._world, query)
        tasks = [
            task
            for task in self._world.tasks.rows.values()
            if (task.list_id in inside or _is_also_in(task, inside, query))
            and all(test(task) for test in tests)
        ]
        # Ids break ties the same way in both directions, so that pages never overlap.
        # ClickUp puts the newest first unless `reverse` is given.
        return sorted(tasks, key=_make_sort_key(query.order_by), reverse=not query.reverse)


def _find_list_ids(world: World, team_id: str, query: Query) -> set[str]:
    return {
        task_list.id
        for space in places.list_spaces(world, team_id)
        for task_list in places.list_all_lists(world, space.id)
        if task_list.id not in query.hidden_list_ids
        and (not query.list_ids or task_list.id in query.list_ids)
        and (not query.folder_ids or task_list.folder_id in query.folder_ids)
        and (not query.space_ids or task_list.space_id in query.space_ids)
        and (query.archived or not task_list.archived or query.list_ids)
    }


def _is_also_in(task: Task, inside: set[str], query: Query) -> bool:
    return query.include_timl and not inside.isdisjoint(task.other_lists)


def _make_sort_key(order_by: str) -> Callable[[Task], Any]:
    keys: dict[str, Callable[[Task], Any]] = {
        "id": lambda task: task.id,
        "updated": lambda task: (task.date_updated, task.id),
        # Without a due date: at the far end, whatever the direction of the rest.
        "due_date": lambda task: (task.due_date or 0, task.id),
    }
    return keys.get(order_by, lambda task: (task.date_created, task.id))


def _build_tests(world: World, query: Query) -> list[Callable[[Task], bool]]:
    tests: list[Callable[[Task], bool]] = [lambda task: task.archived == query.archived]
    if query.parent is not None:
        tests.append(lambda task: task.parent == query.parent)
    elif not query.subtasks:
        tests.append(lambda task: task.parent is None)
    if query.statuses:
        names = {name.lower() for name in query.statuses}
        tests.append(lambda task: task.status in names)
    elif not query.include_closed:
        tests.append(lambda task: task.date_closed is None)
    tests += _build_membership_tests(query)
    tests += [_make_date_test(name, at, gt) for name, at in query.after]
    tests += [_make_date_test(name, at, lt) for name, at in query.before]
    tests += [field_filter.test(world) for field_filter in query.fields]
    return tests


def _build_membership_tests(query: Query) -> list[Callable[[Task], bool]]:
    filters: list[tuple[tuple[str, ...], Callable[[Task], list[Any]]]] = [
        (query.assignees, lambda task: task.assignees),
        (query.watchers, lambda task: task.watchers),
        (query.tags, lambda task: task.tags),
        (query.custom_items, lambda task: [task.custom_item_id]),
        (query.priorities, lambda task: [task.priority]),
    ]
    return [_make_membership_test(names, read) for names, read in filters if names]


def _make_membership_test(
    names: tuple[str, ...], read: Callable[[Task], list[Any]]
) -> Callable[[Task], bool]:
    chosen = {name.lower() for name in names}
    return lambda task: any(str(value).lower() in chosen for value in read(task))


def _make_date_test(
    name: str, at_ms: int, compare: Callable[[int, int], bool]
) -> Callable[[Task], bool]:
    def test(task: Task) -> bool:
        value = getattr(task, name)
        return value is not None and compare(value, at_ms)

    return test
