"""Writes a plan's updates to ClickUp and remembers what was written.

Every write is repeatable: after a crash the next plan finds the new value there and writes nothing.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from clickup_mlops.clickup import blocks
from clickup_mlops.clickup.model import FieldValue, Task
from clickup_mlops.errors import (
    ClickUpMlopsError,
    InputError,
    RetryableApiError,
    StoreUnavailable,
    Unauthorized,
)
from clickup_mlops.features.migration.delta.decide import touched
from clickup_mlops.features.migration.delta.fields import (
    FIELD,
    RELATION,
    TAGS,
    WRITTEN,
    difference,
    live,
    named,
)
from clickup_mlops.features.migration.delta.model import About, DeltaPlan, Edit, Update
from clickup_mlops.features.migration.journal import read_written, text_hash, values
from clickup_mlops.features.migration.run.tools import Tools

Progress = Callable[[int, int], None]
"""Called with how many updates have been handled, of how many."""
_ENDS: Final = (Unauthorized, StoreUnavailable, RetryableApiError)
"""What ends it: nothing else would succeed either."""


@dataclass(slots=True)
class Performed:
    """How many fields and comments were written, and what was refused: one sentence each."""

    fields: int = 0
    comments: int = 0
    failed: list[str] = field(default_factory=list)


def perform(
    tools: Tools, plan: DeltaPlan, progress: Progress = lambda _count, _total: None
) -> Performed:
    """Write the updates and edits. What is refused is reported, and the rest goes on.

    Raises:
        Unauthorized, RetryableApiError, StoreUnavailable: perform the next plan to continue.
    """
    result = Performed()
    keeper = _Keeper(tools, plan)
    tasks = list(plan.by_task())
    total = len(tasks) + len(plan.edits)
    for count, (about, updates) in enumerate(tasks, 1):
        _task(tools, about, updates, keeper, result)
        progress(count, total)
    for count, edit in enumerate(plan.edits, len(tasks) + 1):
        _edit(tools, edit, keeper, result)
        progress(count, total)
    keeper.settle()
    return result


def _task(
    tools: Tools, about: About, updates: Mapping[str, Update], keeper: "_Keeper", result: Performed
) -> None:
    try:
        task = tools.clickup.tasks.get(about.task, include_markdown=True)
    except _ENDS:
        raise
    except ClickUpMlopsError as problem:
        keeper.failed(about.key, f'"{about.name}": {problem}', result)
        return
    meanwhile = _touched(tools, about, updates, task)
    for key in sorted(meanwhile):
        reason = "it was changed in ClickUp just now: the next delta lists it"
        keeper.failed(about.key, f'"{about.name}", {key}: {reason}', result)
    updates = {key: update for key, update in updates.items() if key not in meanwhile}
    writer = _Writer(tools, task)
    written_now = []
    for keys, write in writer.writes(updates):
        try:
            write()
            written_now += keys
        except _ENDS:
            raise
        except ClickUpMlopsError as problem:
            keeper.failed(about.key, f'"{about.name}", {", ".join(keys)}: {problem}', result)
    result.fields += len(written_now)
    keeper.wrote(about, written_now)


def _touched(
    tools: Tools, about: About, updates: Mapping[str, Update], task: Task
) -> frozenset[str]:
    """The fields that somebody has changed since the plan was made."""
    step = tools.journal.get(about.key)
    related = {}
    for key in updates:
        if key.startswith(RELATION):
            relation = tools.journal.get(f"relation:{about.item}:{key.removeprefix(RELATION)}")
            task_ids = read_written(relation).get("others") if relation else None
            related[key] = tuple(task_ids or ())
    before = read_written(step) if step else {}
    return touched(before, related, task) & set(updates) - {TAGS}


def _edit(tools: Tools, edit: Edit, keeper: "_Keeper", result: Performed) -> None:
    key = f"comment:{edit.update_id}"
    try:
        tools.clickup.comments.update(edit.comment, blocks.from_markdown(edit.markdown))
    except _ENDS:
        raise
    except ClickUpMlopsError as problem:
        keeper.failed(key, f'a comment of "{edit.about.name}": {problem}', result)
        return
    result.comments += 1
    keeper.edited(key, text_hash(edit.markdown))


class _Writer:
    """The calls that give a task new values."""

    def __init__(self, tools: Tools, task: Task) -> None:
        self._tools, self._task = tools, task

    def writes(
        self, updates: Mapping[str, Update]
    ) -> Iterator[tuple[list[str], Callable[[], None]]]:
        """The fields of each call, and the call: one for all attributes, one for each field."""
        attributes = self._attributes(updates)
        if attributes:
            keys = [key for key in updates if key in WRITTEN and key != TAGS]
            yield keys, lambda: self._update(attributes)
        for key, update in updates.items():
            if key == TAGS:
                yield [key], lambda update=update: self._tag(update)  # type: ignore[misc]
            elif key.startswith(FIELD):
                yield [key], lambda update=update: self._field(update.field, update.after)  # type: ignore[misc]
            elif key.startswith(RELATION):
                yield [key], lambda update=update: self._relation(update)  # type: ignore[misc]

    def _update(self, attributes: dict[str, Any]) -> None:
        self._tools.clickup.tasks.update(self._task.id, **attributes)

    def _attributes(self, updates: Mapping[str, Update]) -> dict[str, Any]:
        attributes: dict[str, Any] = {}
        for key, update in updates.items():
            if key in ("name", "status", "priority"):
                attributes[key] = update.after
            elif key == "text":
                attributes["markdown"] = update.after or ""
            elif key == "assignees":
                attributes["assignees_add"], attributes["assignees_rem"] = difference(
                    update.before, update.after
                )
            elif key in ("due", "start"):
                ms, has_time = update.after or (None, True)
                attributes[f"{key}_ms"] = ms
                attributes["dates_have_time"] = has_time and attributes.get("dates_have_time", True)
        return attributes

    def _tag(self, update: Update) -> None:
        """People's own tags stay."""
        add, rem = difference(update.before, update.after)
        current = live(self._task, TAGS)
        for name in set(add) - set(current):
            self._tools.clickup.tags.add(self._task.id, name)
        for name in set(rem) & set(current):
            self._tools.clickup.tags.remove(self._task.id, name)

    def _field(self, key: str, desired: Any) -> None:
        field_value = self._named(key.removeprefix(FIELD))
        fields = self._tools.clickup.fields
        if desired in (None, "", []):
            fields.clear(self._task.id, field_value.definition)
        elif field_value.type == "users":
            add, rem = difference(field_value.read(), desired)
            fields.set(self._task.id, field_value.definition, {"add": add, "rem": rem})
        else:
            fields.set(self._task.id, field_value.definition, desired)

    def _relation(self, update: Update) -> None:
        field_value = self._named(update.field.removeprefix(RELATION))
        add, rem = difference(field_value.read(), update.after)
        self._tools.clickup.fields.set(
            self._task.id, field_value.definition, {"add": add, "rem": rem}
        )

    def _named(self, name: str) -> FieldValue:
        field_value = named(self._task, name)
        if field_value is None:
            raise InputError(f'the List has no field "{name}"')
        return field_value


class _Keeper:
    """Updates the journal after the writes.

    A step whose item has anything left to decide keeps its old hash, so that the next plan looks at
    it again; the values that were written are remembered in any case.
    """

    def __init__(self, tools: Tools, plan: DeltaPlan) -> None:
        self._tools, self._plan = tools, plan
        self._open = set(plan.open_keys())
        self._settled_fields = {settled.key: settled.fields for settled in plan.settled}
        self._handled: set[str] = set()

    def failed(self, key: str, reason: str, result: Performed) -> None:
        """Something was refused."""
        self._open.add(key)
        result.failed.append(reason)

    def wrote(self, about: About, fields: list[str]) -> None:
        """These fields of a task have their new values."""
        all_fields = [*fields, *self._settled_fields.get(about.key, ())]
        task = self._tools.clickup.tasks.get(about.task, include_markdown=True)
        self._relations(about, task, all_fields)
        self._close(about.key, lambda before: _merged(before, values(task), task, all_fields))

    def edited(self, key: str, new_hash: str) -> None:
        """A comment has its new text."""
        self._close(key, lambda before: {**before, "hash": new_hash})

    def settle(self) -> None:
        """Remember the records whose change needed no write."""
        for settled in self._plan.settled:
            if settled.key in self._handled:
                continue
            step = self._tools.journal.get(settled.key)
            if settled.fields and step is not None:
                self.wrote(About(settled.key.partition(":")[2], "", step.target), [])
            else:
                self._close(settled.key, dict)

    def _close(self, key: str, change: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> None:
        self._handled.add(key)
        step = self._tools.journal.get(key)
        if step is None:
            return
        source_hash = step.source_hash if key in self._open else self._plan.hashes[key]
        self._tools.journal.complete(key, step.target, source_hash, change(read_written(step)))

    def _relations(self, about: About, task: Task, keys: list[str]) -> None:
        for key in keys:
            if key.startswith(RELATION):
                name = key.removeprefix(RELATION)
                step_key = f"relation:{about.item}:{name}"
                step, field_value = self._tools.journal.get(step_key), named(task, name)
                if step is not None and field_value is not None:
                    now = {**read_written(step), "others": list(field_value.read() or ())}
                    self._tools.journal.complete(step_key, step.target, step.source_hash, now)


def _merged(
    before: Mapping[str, Any], now: Mapping[str, Any], task: Task, keys: list[str]
) -> Mapping[str, Any]:
    """What was written before, with today's values of these fields alone."""
    merged, fields = dict(before), dict(before.get("fields") or {})
    for key in keys:
        if key in WRITTEN:
            merged[WRITTEN[key]] = now[WRITTEN[key]]
        elif (field_value := named(task, key.removeprefix(FIELD))) is not None:
            fields.pop(field_value.id, None)
            if field_value.id in now["fields"]:
                fields[field_value.id] = now["fields"][field_value.id]
    return {**merged, "fields": fields}
