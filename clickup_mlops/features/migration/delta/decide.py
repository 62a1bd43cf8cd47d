"""Decides, field by field, what is to be done about an item that the source has changed. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clickup_mlops.clickup.model import Task
from clickup_mlops.features.migration.delta.fields import (
    BY_PEOPLE,
    FIELD,
    RELATION,
    TAGS,
    TIME,
    WRITTEN,
    Span,
    comparable,
    difference,
    is_equal,
    live,
    named,
    tracked,
)
from clickup_mlops.features.migration.delta.model import About, Conflict, Manual, Update
from clickup_mlops.features.migration.journal import changed, values

Values = Mapping[str, Any]
"""What `fields.desired` gives."""
_NEVER_EMPTY = ("name", "status")


@dataclass(frozen=True, slots=True)
class Situation:
    """An item whose record has changed.

    `old`: what the run wanted, None: not known any more. `new`: what is wanted now. `written`: the
    task's values at the run, `related`: the tasks in its relationship fields then; `task`: the task
    now; `tasks`: the tasks of the items that are named as parent, or in dependencies and links;
    `entries`: the time entries that are in ClickUp still, though not in the source.
    """

    about: About
    old: Values | None
    new: Values
    written: Mapping[str, Any]
    task: Task
    related: Mapping[str, tuple[str, ...]]
    tasks: Mapping[str, str]
    entries: Sequence[Span] = ()


Decision = Update | Conflict | Manual | str
"""What is to be done about a field; its name: nothing, it has the new value already."""


def decide(case: Situation) -> Iterator[Decision]:
    """What is to be done about each field that the source has changed."""
    changes = touched(case.written, case.related, case.task)
    for key in _changed(case):
        before, after = (case.old or {}).get(key), case.new.get(key)
        current = live(case.task, key)
        if key in BY_PEOPLE:
            if manual_step := _by_people(case, key, before, after):
                yield Manual(case.about, manual_step, case.about.key)
        elif after is None and key in _NEVER_EMPTY:
            continue
        elif key == TAGS:
            # Each tag is a call of its own: both sides' changes go together.
            add, rem = difference(before, after)
            is_there = set(add) <= set(current) and not set(rem) & set(current)
            yield key if is_there else Update(case.about, key, before, after)
        elif is_equal(key, after, current):
            yield key
        elif key in changes:
            yield Conflict(case.about, key, before, after, current, case.about.key)
        elif not key.startswith(RELATION) or key in case.related:
            yield Update(case.about, key, before, after)


def _changed(case: Situation) -> list[str]:
    """The fields that the source has changed; those that differ, if that is not known."""
    if case.old is None:
        return [
            key
            for key in case.new
            if key not in BY_PEOPLE and not is_equal(key, case.new[key], live(case.task, key))
        ]
    keys = dict.fromkeys([*case.old, *case.new])
    return [
        key
        for key in keys
        if comparable(key, case.old.get(key)) != comparable(key, case.new.get(key))
    ]


def touched(
    before: Mapping[str, Any], related: Mapping[str, tuple[str, ...]], task: Task
) -> frozenset[str]:
    """The fields that somebody has changed in ClickUp since these values were written."""
    names = set(changed(before, values(task)))
    touched_keys = {key for key, name in WRITTEN.items() if name in names}
    touched_keys |= {
        f"{FIELD}{field.name}" for field in task.fields if f"field {field.id}" in names
    }
    for key, task_ids in related.items():
        field_value = named(task, key.removeprefix(RELATION))
        if field_value is not None and set(field_value.read() or ()) != set(task_ids):
            touched_keys.add(key)
    return frozenset(touched_keys)


def _by_people(case: Situation, key: str, before: Any, after: Any) -> str:
    """What people have to do; empty: nothing, or it is done."""
    task = case.task
    if key == "list":
        is_there = not after or task.list_name.casefold() == str(after[-1]).casefold()
        return "" if is_there else f"it belongs into the List {' / '.join(after)}"
    if key == "parent":
        if task.parent_id == case.tasks.get(after or ""):
            return ""
        return f"its parent is item {after} now" if after else "it has no parent now"
    if key == TIME:
        entries = ", ".join(map(tracked, case.entries))
        return f"the source has no longer: {entries}" if entries else ""
    related_ids = task.depends_on if key == "waits_for" else task.links
    removed = sorted(
        item_id
        for item_id in {*(before or ())} - {*(after or ())}
        if case.tasks.get(item_id) in related_ids
    )
    sentence = "it does not wait for" if key == "waits_for" else "it is not linked to"
    return f"{sentence} item {', '.join(removed)} any more" if removed else ""
