"""What has been done of a migration: each step is recorded before its call and closed after it.

After a crash, the steps that are begun are the only ones whose effect is not known.

`written` of a closed step is an object with `item`, the id of the item whose task it is about, and:

| kind | more in `written`, `target` |
| --- | --- |
| task | the task's values as ClickUp gave them back, see `values`; the task's id |
| comment | `hash` of its text; the comment's id |
| file | `name`, `size` (bytes), `sha256`; the attachment's id |
| dependency, link | `other`, the other task's id; the task's id |
| relation | `field` (name), `others` (ids of tasks); the task's id |
| time | `start_ms`, `duration_ms`, `user`; the entry's id |
| watchers | `users`; the task's id |
| archive | nothing; the task's id |
| place | of a Folder or List that was created: `list` (whether it is one), no `item`; its id |
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

import orjson

from clickup_mlops.features.migration.tables.migration_steps import (
    BEGUN,
    DONE,
    FAILED,
    UNDONE,
    JournaledStep,
    MigrationSteps,
)
from clickup_mlops.json_types import Json, JsonObject

if TYPE_CHECKING:
    from clickup_mlops.clickup.model import Task

KINDS: Final = (
    "place",
    "task",
    "dependency",
    "link",
    "relation",
    "comment",
    "file",
    "time",
    "watchers",
    "archive",
)
"""Kinds of steps, in the order in which a run does them."""

_UNSET: Final[tuple[Json, ...]] = (None, "", [], {})


class Journal:
    """The steps of one migration. Every method is one transaction. Thread-safe.

    Raises StoreUnavailable.
    """

    def __init__(self, steps: MigrationSteps, name: str, now_ms: Callable[[], int]) -> None:
        self._steps, self._name, self._now_ms = steps, name, now_ms

    def get(self, key: str) -> JournaledStep | None:
        """What is known of a step; None: it was never begun, or is undone."""
        step = self._steps.get(self._name, key)
        return None if step is None or step.state == UNDONE else step

    def target(self, key: str) -> str | None:
        """The id of what a step made; None if it is not done."""
        step = self.get(key)
        return step.target if step is not None and step.state == DONE else None

    def task(self, item_id: str) -> str | None:
        """The id of an item's task."""
        return self.target(f"task:{item_id}")

    def of_target(self, target: str) -> JournaledStep | None:
        """The first step that made or changed the object with this id."""
        return self._steps.of_target(self._name, target)

    def has_created(self, target: str) -> bool:
        """Whether a step has made the object with this id."""
        step = self.of_target(target)
        return step is not None and step.state == DONE

    def begin(self, key: str, source_hash: str, values: JsonObject) -> None:
        """Record that a step is about to be done; on disk when this returns."""
        self._save(key, BEGUN, source_hash=source_hash, written=orjson.dumps(values))

    def complete(self, key: str, target: str, source_hash: str, values: JsonObject) -> None:
        """Close a step that had its effect."""
        body = orjson.dumps(values)
        self._save(key, DONE, target=target, source_hash=source_hash, written=body)

    def failed(self, key: str, reason: str, source_hash: str, values: JsonObject) -> None:
        """Close a step that was refused: it had no effect."""
        body = orjson.dumps(values)
        self._save(key, FAILED, error=reason, source_hash=source_hash, written=body)

    def undone(self, steps: Iterable[JournaledStep]) -> None:
        """Mark steps whose effect was removed."""
        now = self._now_ms()
        self._steps.put(self._name, [replace(step, state=UNDONE, at_ms=now) for step in steps])

    def of(self, kind: str, state: str = DONE) -> Iterator[JournaledStep]:
        """The steps of a kind in a state, in the order in which they were first begun."""
        return self._steps.of(self._name, kind, state)

    def failures(self) -> Iterator[JournaledStep]:
        """The steps that were refused, with the reason in `error`."""
        for kind in KINDS:
            yield from self.of(kind, FAILED)

    def counts(self) -> dict[tuple[str, str], int]:
        """How many steps there are, by kind and state."""
        return self._steps.counts(self._name)

    def _save(self, key: str, state: str, **more: Any) -> None:
        kind = key.partition(":")[0]
        step = JournaledStep(key, kind, state, at_ms=self._now_ms(), **more)
        self._steps.put(self._name, [step])


def read_written(step: JournaledStep) -> Mapping[str, Any]:
    """What a step wrote, or was about to write; empty if that is not known."""
    values_written = orjson.loads(step.written)
    return values_written if isinstance(values_written, dict) else {}


def values(task: "Task", field_values: JsonObject | None = None) -> JsonObject:
    """A task's values, to see later whether anybody has changed them. `sent`: values of fields, by
    id, that were written with it: they count where the answer does not have them.

    `list` (id), `name`, `text` (hash of the description without format), `status`, `priority`,
    `assignees` (user ids), `tags`, `due_ms`, `start_ms`, `parent` (id), `archived`, `updated_ms`,
    and `fields`: value (see `clickup.fields`) by the custom field's id, as far as it has one.
    """
    fields = {key: _plain(value) for key, value in (field_values or {}).items()}
    fields |= {
        entry.id: _plain(entry.read()) for entry in task.fields if entry.read() not in _UNSET
    }
    return {
        "list": task.list_id,
        "name": task.name,
        "text": text_hash(task.text),
        "status": task.status.name,
        "priority": task.priority,
        "assignees": sorted(entry.id for entry in task.assignees),
        "tags": sorted(task.tags),
        "due_ms": task.due_ms,
        "start_ms": task.start_ms,
        "parent": task.parent_id,
        "archived": bool(task.raw.get("archived")),
        "updated_ms": task.updated_ms,
        "fields": fields,
    }


def _plain(value: Any) -> Any:
    """Without the order of a list, which ClickUp changes; numbers as numbers with a fraction."""
    if isinstance(value, list | tuple):
        return sorted(map(str, value))
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return float(value) if is_whole else value


def text_hash(text: str) -> str:
    """A hash that ignores blanks and line ends, which ClickUp changes."""
    return sha256(" ".join(text.split()).encode()).hexdigest()[:32]


def changed(before: JsonObject, now: JsonObject) -> list[str]:
    """The names of values that differ, `updated_ms` left out; fields as `field <id>`."""
    plain = set(before) & set(now) - {"updated_ms", "fields"}
    names = [name for name in sorted(plain) if before[name] != now[name]]
    old, new = _fields(before), _fields(now)
    both = dict.fromkeys([*old, *new])
    return [
        *names,
        *(f"field {field_id}" for field_id in both if old.get(field_id) != new.get(field_id)),
    ]


def _fields(task_values: Mapping[str, Any]) -> dict[str, Any]:
    return dict(task_values.get("fields") or {})
