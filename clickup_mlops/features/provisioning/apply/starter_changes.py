"""What people changed in a starter task since it was made. Pure."""

from collections.abc import Iterator
from typing import Any, Final

from clickup_mlops.clickup.model import Task
from clickup_mlops.features.provisioning.apply.created_objects import Left, listed, renamed
from clickup_mlops.features.provisioning.plan import compare, deferred
from clickup_mlops.features.provisioning.tree import Attributes, Path, fold_name

DAY_MS: Final = 86_400_000
SLACK_MS: Final = DAY_MS * 3 // 2
"""ClickUp moves a date without time to 4 o'clock of its user's day."""

COMPUTED: Final = frozenset({"automatic_progress", "formula", "votes", "button"})
"""Types of fields whose values ClickUp itself sets."""


def of(task: Task, path: Path, left: Left) -> str:
    """The parts that differ, by name; "" for none."""
    return listed(renamed(path, task.name), *_signs(task, left))


def _signs(task: Task, left: Left) -> Iterator[str]:
    wanted = left.attributes
    text = task.markdown if task.markdown is not None else task.text
    signs = {
        "archived": bool(task.raw.get("archived")),
        "people at work": bool(task.assignees or task.raw.get("group_assignees"))
        or not task.is_open,
        "another type": bool(task.raw.get("custom_item_id")),
        "another description": not compare.is_equal("description", text, wanted.get("description")),
        "another status": _is_another_status(task, wanted),
        "another priority": task.priority not in (wanted.get("priority"), *left.own.priority),
        "other tags": not _folded(task.tags) ^ _folded(wanted.get("tags") or ()) <= left.own.tags,
        "other dates": _is_moved(task.due_ms, "due_days", left)
        or _is_moved(task.start_ms, "start_days", left),
        "another checklist": _checklists(task) != _wanted_checklists(wanted),
        "a time estimate": bool(task.raw.get("time_estimate")),
        "points": task.raw.get("points") is not None,
        "links": bool(task.links),
        "other dependencies": _has_more_dependencies(task, left),
    }
    yield from (sign for sign, there in signs.items() if there)
    if names := ", ".join(_values(task, wanted)):
        yield f"values of {names}"


def _is_another_status(task: Task, wanted: Attributes) -> bool:
    first = wanted.get("status")
    if first is None:
        return task.status.kind != "open"
    return fold_name(task.status.name) != fold_name(str(first))


def _folded(names: Any) -> set[str]:
    return {fold_name(one) for one in names}


def _is_moved(found_ms: int | None, key: str, left: Left) -> bool:
    days = left.attributes.get(key)
    if days is None or found_ms is None:
        return (days is None) != (found_ms is None)
    return bool(abs(found_ms - (left.made_ms + days * DAY_MS)) > SLACK_MS)


def _has_more_dependencies(task: Task, left: Left) -> bool:
    """Whether it waits for more tasks than the template wants, or a task of people for it."""
    wanted = left.attributes.get("waits_for") or ()
    ends = {*task.depends_on, *task.blocks}
    return len(task.depends_on) > len(wanted) or not ends <= left.runs_made


def _checklists(task: Task) -> dict[str, list[str]]:
    return {
        fold_name(one["name"]): sorted(map(_item, one.get("items") or ()))
        for one in task.raw.get("checklists") or ()
    }


def _item(one: Attributes) -> str:
    """Its text; marked if a person ticked or took it."""
    taken = one.get("resolved") or one.get("assignee")
    return f"{one['name']}{' (taken)' if taken else ''}"


def _wanted_checklists(wanted: Attributes) -> dict[str, list[str]]:
    given = wanted.get("checklists") or {}
    return {fold_name(name): sorted(items) for name, items in given.items()}


def _values(task: Task, wanted: Attributes) -> Iterator[str]:
    """The fields whose values differ; those that are deferred may be set or not."""
    given = {fold_name(name): value for name, value in (wanted.get("fields") or {}).items()}
    waiting = _folded(wanted.get(deferred.KEY, ()))
    for one in task.fields:
        name, found = fold_name(one.name), one.read() if one.value is not None else None
        if (
            one.type not in COMPUTED
            and name not in waiting
            and not _is_same(found, given.get(name))
        ):
            yield one.name


def _is_same(found: Any, wanted: Any) -> bool:
    if isinstance(found, list | tuple) and isinstance(wanted, list | tuple):
        return sorted(map(str, found)) == sorted(map(str, wanted))
    if isinstance(found, str) and isinstance(wanted, str):
        return fold_name(found) == fold_name(wanted)
    return bool(found == wanted) or (not found and not wanted)
