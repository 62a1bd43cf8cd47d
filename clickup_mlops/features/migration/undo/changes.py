"""What people did to a task since it was moved.

The task's values are compared with what the journal says was written. Comments, files and replies
cost calls of their own: they are only read if the task changed after its creation. The time of our
last write says nothing: a write of a run, a delta or an automation hides what people did before it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from clickup_mlops.clickup.model import read_objects
from clickup_mlops.features.migration import journal as journals
from clickup_mlops.features.migration.journal import KINDS, Journal, read_written
from clickup_mlops.features.provisioning.apply.created_objects import CLOCKS_MS, Own
from clickup_mlops.json_types import JsonObject

if TYPE_CHECKING:
    from clickup_mlops.clickup.client import ClickUp
    from clickup_mlops.clickup.content import Comment
    from clickup_mlops.clickup.model import Task

Automated = Callable[[str], Own]
"""What automations wrote to a task, by its id."""
_RELATIONSHIPS: Final = ("tasks", "list_relationship")


@dataclass(slots=True)
class Written:
    """What runs wrote to one task: its tracked time (ms), and whether it was archived."""

    time_ms: int = 0
    archived: bool = False


@dataclass(slots=True)
class Writes:
    """What the journal says of each task, by the task's id; `tasks`: task by item."""

    tasks: dict[str, str] = field(default_factory=dict)
    of: dict[str, Written] = field(default_factory=dict)

    @classmethod
    def read(cls, journal: Journal) -> "Writes":
        """All closed steps, once: about a hundred bytes for each task."""
        writes = cls()
        for kind in KINDS:
            for step in journal.of(kind):
                if kind == "task":
                    writes.tasks[str(read_written(step).get("item"))] = step.target
                if kind != "place":
                    writes._note(kind, read_written(step))
        return writes

    def _note(self, kind: str, wrote: Mapping[str, Any]) -> None:
        task_id = self.tasks.get(str(wrote.get("item")))
        if task_id is not None:
            entry = self.of.setdefault(task_id, Written())
            entry.time_ms += int(wrote.get("duration_ms") or 0)
            entry.archived = entry.archived or kind == "archive"


class PeopleChanges:
    """Looks for signs of people's work. `me`: the user of the token, whose comments are ours."""

    def __init__(
        self, clickup: "ClickUp", journal: Journal, writes: Writes, me: int, automated: Automated
    ) -> None:
        self._clickup, self._journal, self._writes = clickup, journal, writes
        self._me, self._own = me, automated
        self.ours: Final = frozenset(writes.tasks.values())
        """The ids of the tasks that were moved."""

    def signs(self, task: "Task", before: JsonObject) -> str:
        """What people did to it, to read; empty: nothing. `before`: what was written."""
        return ", ".join(dict.fromkeys(filter(None, self._all(task, before))))

    def _all(self, task: "Task", before: Mapping[str, Any]) -> Iterator[str]:
        automatic, wrote = self._own(task.id), self._writes.of.get(task.id, Written())
        yield from self._values(task, before, automatic, wrote)
        yield from self._relations(task)
        if task.raw.get("checklists"):
            yield "checklist"
        if int(task.raw.get("time_spent") or 0) > wrote.time_ms:
            yield "tracked time"
        if task.updated_ms > task.created_ms + CLOCKS_MS:
            yield from self._contents(task)

    def _values(
        self, task: "Task", before: JsonObject, automatic: Own, wrote: Written
    ) -> Iterator[str]:
        now = journals.values(task)
        expected = {**before, "archived": wrote.archived}
        related = {f"field {field.id}" for field in task.fields if field.type in _RELATIONSHIPS}
        names = {f"field {field.id}": f'field "{field.name}"' for field in task.fields}
        for name in journals.changed(expected, now):
            if name not in related and not _is_automatic(name, automatic, expected, now):
                yield names.get(name, name)

    def _relations(self, task: "Task") -> Iterator[str]:
        """Ties to tasks that were not moved."""
        if not self.ours.issuperset((*task.depends_on, *task.blocks)):
            yield "dependency"
        if not self.ours.issuperset(task.links):
            yield "link"
        for custom in task.fields:
            if custom.type in _RELATIONSHIPS and not self.ours.issuperset(custom.read() or ()):
                yield f'field "{custom.name}"'

    def _contents(self, task: "Task") -> Iterator[str]:
        if any(self._is_foreign(comment) for comment in self._comments(task)):
            yield "comment"
        files = read_objects(self._clickup.tasks.get(task.id).raw, "attachments", "id")
        if any(not self._journal.has_created(str(file["id"])) for file in files):
            yield "file"

    def _comments(self, task: "Task") -> "Iterator[Comment]":
        for comment in self._clickup.comments.of_task(task.id):
            yield comment
            if comment.reply_count:
                yield from self._clickup.comments.replies(comment.id)

    def _is_foreign(self, comment: "Comment") -> bool:
        by_us = comment.user is not None and comment.user.id == self._me
        return not by_us and not self._journal.has_created(comment.id)


def _is_automatic(
    name: str, automatic: Own, before: Mapping[str, Any], now: Mapping[str, Any]
) -> bool:
    """Whether automations alone explain the value."""
    if name == "tags":
        return set(before.get("tags") or ()) ^ set(now["tags"]) <= automatic.tags
    return name == "priority" and now["priority"] in automatic.priority
