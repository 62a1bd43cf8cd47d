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


def of(task: Task, path: Path, left_state: Left) -> str:
    """The parts that differ, by name; "" for none."""
    return listed(renamed(path, task.name), *_signs(task, left_state))


def _signs(task: Task, left_state: Left) -> Iterator[str]:
    desired = left_state.attributes
    text = task.markdown if task.markdown is not None else task.text
    signs = {
        "archived": bool(task.raw.get("archived")),
        "people at work": bool(task.assignees or task.raw.get("group_assignees"))
        or not task.is_open,
        "another type": bool(task.raw.get("custom_item_id")),
        "another description": not compare.is_equal(
            "description", text, desired.get("description")
        ),
        "another status": _is_another_status(task, desired),
        "another priority": task.priority
        not in (desired.get("priority"), *left_state.own.priority),
        "other tags": not _folded(task.tags) ^ _folded(desired.get("tags") or ())
        <= left_state.own.tags,
        "other dates": _is_moved(task.due_ms, "due_days", left_state)
        or _is_moved(task.start_ms, "start_days", left_state),
        "another checklist": _checklists(task) != _wanted_checklists(desired),
        "a time estimate": bool(task.raw.get("time_estimate")),
        "points": task.raw.get("points") is not None,
        "links": bool(task.links),
        "other dependencies": _has_more_dependencies(task, left_state),
    }
    yield from (sign for sign, is_present in signs.items() if is_present)
    if names := ", ".join(_values(task, desired)):
        yield f"values of {names}"


def _is_another_status(task: Task, desired: Attributes) -> bool:
    first = desired.get("status")
    if first is None:
        return task.status.kind != "open"
    return fold_name(task.status.name) != fold_name(str(first))


def _folded(names: Any) -> set[str]:
    return {fold_name(name) for name in names}


def _is_moved(found_ms: int | None, key: str, left_state: Left) -> bool:
    days = left_state.attributes.get(key)
    if days is None or found_ms is None:
        return (days is None) != (found_ms is None)
    return bool(abs(found_ms - (left_state.made_ms + days * DAY_MS)) > SLACK_MS)


def _has_more_dependencies(task: Task, left_state: Left) -> bool:
    """Whether it waits for more tasks than the template wants, or a task of people for it."""
    desired = left_state.attributes.get("waits_for") or ()
    ends = {*task.depends_on, *task.blocks}
    return len(task.depends_on) > len(desired) or not ends <= left_state.runs_made


def _checklists(task: Task) -> dict[str, list[str]]:
    return {
        fold_name(checklist["name"]): sorted(map(_item, checklist.get("items") or ()))
        for checklist in task.raw.get("checklists") or ()
    }


def _item(item: Attributes) -> str:
    """Its text; marked if a person ticked or took it."""
    is_taken = item.get("resolved") or item.get("assignee")
    return f"{item['name']}{' (taken)' if is_taken else ''}"


def _wanted_checklists(desired: Attributes) -> dict[str, list[str]]:
    checklists = desired.get("checklists") or {}
    return {fold_name(name): sorted(items) for name, items in checklists.items()}


def _values(task: Task, desired: Attributes) -> Iterator[str]:
    """The fields whose values differ; those that are deferred may be set or not."""
    desired_values = {
        fold_name(name): value for name, value in (desired.get("fields") or {}).items()
    }
    waiting = _folded(desired.get(deferred.KEY, ()))
    for field in task.fields:
        name, live = fold_name(field.name), field.read() if field.value is not None else None
        if (
            field.type not in COMPUTED
            and name not in waiting
            and not _is_same(live, desired_values.get(name))
        ):
            yield field.name


def _is_same(live: Any, desired: Any) -> bool:
    if isinstance(live, list | tuple) and isinstance(desired, list | tuple):
        return sorted(map(str, live)) == sorted(map(str, desired))
    if isinstance(live, str) and isinstance(desired, str):
        return fold_name(live) == fold_name(desired)
    return bool(live == desired) or (not live and not desired)
