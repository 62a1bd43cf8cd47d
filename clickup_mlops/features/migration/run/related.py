"""Dependencies, links, relationship fields. Twice is the same as once."""

from collections.abc import Mapping
from typing import Any

from clickup_mlops.errors import InputError
from clickup_mlops.features.migration.run.model import Made, NotReady
from clickup_mlops.features.migration.run.tools import Tools
from clickup_mlops.features.migration.steps import AddDependency, AddLink, SetRelation


class _Repeatable:
    """A call that may be repeated: nothing has to be found."""

    def find(self, about: Mapping[str, Any], since_ms: int) -> Made | None:
        """Doing it again changes nothing."""
        return None

    def close(self) -> None:
        """Nothing is open."""


def other_task(tools: Tools, item_id: str) -> str:
    """The task of an item that another one refers to.

    Raises:
        NotReady: it has none yet.
        InputError: it is no part of the migration, and never will have one.
    """
    task_id = tools.journal.task(item_id)
    if task_id is not None:
        return task_id
    row = tools.staged.row("item", item_id)
    if row is None or not tools.staged.is_seen(row):
        raise InputError(
            f"item {item_id} is no part of this migration",
            hint="Add its board to the mapping, then run with --retry.",
        )
    raise NotReady("the other item's task")


class Dependency(_Repeatable):
    """Makes a task wait for another. ClickUp refuses one that would close a circle."""

    def __init__(self, tools: Tools, step: AddDependency) -> None:
        self._clickup, self._item = tools.clickup, step.item_id
        self._task = tools.task(step.item_id)
        self._other = other_task(tools, step.waits_for)

    def about(self) -> Mapping[str, Any]:
        """Item and the other task."""
        return {"item": self._item, "other": self._other}

    def do(self) -> Made:
        """Add it."""
        self._clickup.relations.wait_for(self._task, self._other)
        return Made(self._task, self.about())


class Link(_Repeatable):
    """Links two tasks."""

    def __init__(self, tools: Tools, step: AddLink) -> None:
        self._clickup, self._item = tools.clickup, step.item_id
        self._task = tools.task(step.item_id)
        self._other = other_task(tools, step.other)

    def about(self) -> Mapping[str, Any]:
        """Item and the other task."""
        return {"item": self._item, "other": self._other}

    def do(self) -> Made:
        """Add it."""
        self._clickup.relations.link(self._task, self._other)
        return Made(self._task, self.about())


class Relation(_Repeatable):
    """Adds tasks to a relationship field. Items outside the migration are left out and noted."""

    def __init__(self, tools: Tools, step: SetRelation) -> None:
        self._clickup, self._step = tools.clickup, step
        self._task = tools.task(step.item_id)
        self._field = tools.place_of(step.item_id).fields.get(step.field)
        self._others: list[str] = []
        self._notes: list[str] = []
        for item_id in step.others:
            try:
                self._others.append(other_task(tools, item_id))
            except InputError as problem:
                self._notes.append(f'item {step.item_id}, field "{step.field}": {problem}')

    def about(self) -> Mapping[str, Any]:
        """Item, field and the other tasks."""
        step = self._step
        return {"item": step.item_id, "field": step.field, "others": self._others}

    def do(self) -> Made:
        """Add them."""
        if self._field is None:
            raise InputError(f'the List has no field "{self._step.field}"')
        if self._others:
            self._clickup.fields.set(self._task, self._field, self._others)
        return Made(self._task, self.about(), tuple(self._notes))
