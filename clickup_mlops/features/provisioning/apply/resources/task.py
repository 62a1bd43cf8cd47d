"""Starter tasks with subtasks, checklists, dependencies and relative dates."""

from collections.abc import Iterable
from typing import Any

from clickup_mlops.clickup.content import Checklist
from clickup_mlops.clickup.model import FieldDefinition, Task
from clickup_mlops.features.provisioning.apply import contents, starter_changes
from clickup_mlops.features.provisioning.apply.created_objects import Left, listed
from clickup_mlops.features.provisioning.apply.session import Session, attributes, id_of
from clickup_mlops.features.provisioning.plan import deferred
from clickup_mlops.features.provisioning.plan.model import Step
from clickup_mlops.features.provisioning.tree import Attributes, JsonTable, Path, fold_name

DAY_MS = 86_400_000


class Tasks:
    """The calls for tasks."""

    def create(self, session: Session, step: Step) -> str:
        """One call: everything but checklists and dependencies. Dates count from now."""
        desired = step.want.attributes
        kind, parent_id = session.parent(step.path)
        created = session.clickup.tasks.create(
            session.within(step.path, "list"),
            step.path[-1][1],
            markdown=desired.get("description") or None,
            parent_id=parent_id if kind == "task" else None,
            **attributes(desired, "status", "priority", "tags"),
            **_dates(desired, session.now_ms()),
            fields=_values(session, step),
        )
        return created.id

    def complete(self, session: Session, step: Step, object_id: str, *, fresh: bool) -> None:
        """Checklists, then dependencies on tasks that are there already."""
        task = None if fresh else session.clickup.tasks.get(object_id)
        checklists = session.clickup.checklists.of(task) if task else ()
        for name, items in (step.want.attributes.get("checklists") or {}).items():
            _fill(session, object_id, name, items, checklists)
        waits = set(task.depends_on) if task else set()
        for name in step.want.attributes.get("waits_for") or ():
            other_id = session.task(step.path, name)
            if other_id and other_id not in waits:
                session.clickup.relations.wait_for(object_id, other_id)

    def copied(self, session: Session, step: Step) -> str | None:
        """By name in the list, below the same parent. It is left unchanged."""
        list_id = session.within(step.path, "list")
        return _named(session, step.path, there(session, list_id))

    def find(self, session: Session, path: Path) -> str | None:
        """By name in the list, below the same parent."""
        return _named(session, path, _there(session, session.within(path, "list")))

    def update(self, session: Session, step: Step, object_id: str) -> None:
        """Only what is compared: name, description, and values that could not be set before."""
        changed = {name: after for name, (_, after) in step.changes.items()}
        values = deferred.values(changed)
        definitions = session.definitions(step.path) if values else {}
        for name, value in values.items():
            _set(session, object_id, definitions[fold_name(name)], value)
        attributes_changed = {
            name: after for name, after in changed.items() if not name.startswith(deferred.VALUE)
        }
        if "description" in attributes_changed:
            attributes_changed["markdown"] = attributes_changed.pop("description") or ""
        if attributes_changed:
            session.clickup.tasks.update(object_id, **attributes_changed)

    def remove(self, session: Session, path: Path, object_id: str) -> None:
        """To ClickUp's trash, from which a person can bring it back."""
        session.clickup.tasks.delete(object_id)

    def touched(self, session: Session, path: Path, object_id: str, left_state: Left) -> str | None:
        """Comments, files, time, goals, subtasks, people at work, and whatever they changed."""
        task = session.clickup.tasks.get(object_id, include_subtasks=True, include_markdown=True)
        edited = "it was edited" if left_state.is_after(task.updated_ms) else ""
        comments = next(session.clickup.comments.of_task(object_id), None)
        work = listed(
            "comments" if comments else "",
            "tracked time" if task.raw.get("time_spent") else "",
            *contents.goals(session, object_id),
        )
        if left_state.came_along:
            return work or edited  # how the rest came nobody knows
        subtasks = any(
            row["id"] not in left_state.runs_made for row in task.raw.get("subtasks") or ()
        )
        changes = listed(
            work,
            "files" if task.raw.get("attachments") else "",
            "subtasks" if subtasks else "",
            starter_changes.of(task, path, left_state),
        )
        return changes or edited


def there(session: Session, list_id: str) -> Iterable[Task]:
    """The tasks of a new List, as they were read the first time in this run."""
    return session.once(("tasks", list_id), lambda: _there(session, list_id))


def _there(session: Session, list_id: str) -> Iterable[Task]:
    return session.clickup.tasks.in_list(list_id, include_closed=True, subtasks=True)


def _named(session: Session, path: Path, tasks: Iterable[Task]) -> str | None:
    kind, parent_id = session.parent(path)
    above = parent_id if kind == "task" else None
    return id_of((task for task in tasks if task.parent_id == above), path)


def _values(session: Session, step: Step) -> list[tuple[FieldDefinition, Any]]:
    values = step.want.attributes.get("fields") or {}
    definitions = session.definitions(step.path) if values else {}
    # A field that a person has yet to make cannot have a value; the task is useful without.
    return [
        (definitions[fold_name(name)], value)
        for name, value in values.items()
        if fold_name(name) in definitions
    ]


def _set(session: Session, task_id: str, field: FieldDefinition, value: object) -> None:
    if value is None:
        session.clickup.fields.clear(task_id, field)
    else:
        session.clickup.fields.set(task_id, field, value)


def _dates(desired: Attributes, now_ms: int) -> JsonTable:
    dates: JsonTable = {}
    for ours, theirs in (("due_days", "due"), ("start_days", "start")):
        if desired.get(ours) is not None:
            dates[f"{theirs}_ms"] = now_ms + int(desired[ours] * DAY_MS)
            dates["dates_have_time"] = False
    return dates


def _fill(
    session: Session, task_id: str, name: str, items: Iterable[str], checklists: Iterable[Checklist]
) -> None:
    calls = session.clickup.checklists
    existing = next(
        (checklist for checklist in checklists if fold_name(checklist.name) == fold_name(name)),
        None,
    )
    checklist_id = existing.id if existing else calls.create(task_id, name).id
    have = {fold_name(item.name) for item in existing.items} if existing else set()
    for item in items:
        if fold_name(item) not in have:
            calls.add_item(checklist_id, item)


RESOURCE = Tasks()
