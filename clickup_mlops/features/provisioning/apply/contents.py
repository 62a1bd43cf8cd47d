"""What is in a place that no run made: it would be deleted with the place, so the place stays."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from clickup_mlops.clickup.goals import Goal
from clickup_mlops.clickup.hierarchy import Folder, TaskList, View, Webhook
from clickup_mlops.clickup.model import parse_number
from clickup_mlops.errors import Forbidden, PlanLimit
from clickup_mlops.features.provisioning import fields
from clickup_mlops.features.provisioning.apply.created_objects import (
    CLOCKS_MS,
    Left,
    foreign,
    listed,
)
from clickup_mlops.features.provisioning.apply.session import Reading, Session
from clickup_mlops.features.provisioning.tree import Kind, Level, Path, fold_name, level_of
from clickup_mlops.spelling import format_count

UNSEEN: Final = ("dashboards", "ClickUp's own automations", "permissions and guests")
"""What may belong to a place and no call shows."""

_LIST_SETTINGS: Final[Mapping[str, str]] = {
    "due_date": "due date",
    "start_date": "start date",
    "priority": "priority",
    "assignee": "assignee",
    "status": "colour",
}
"""What people can set on a List and templates cannot."""


def of_place(session: Session, path: Path, object_id: str, left_state: Left) -> str:
    """The signs that every place can have: custom fields, and all of `beside_tasks`."""
    return listed(
        beside_tasks(session, path, object_id, left_state),
        foreign("field", _fields(session, path, object_id, left_state), left_state),
    )


def beside_tasks(reading: Reading, path: Path, object_id: str, left_state: Left) -> str:
    """The signs of views, Docs, chat channels and webhooks in a place; in a List also of comments,
    and of goals that count it.
    """
    return listed(
        foreign("view", _views(reading, path, object_id, left_state), left_state),
        foreign(
            "Doc", reading.clickup.docs.all(reading.workspace, parent_id=object_id), left_state
        ),
        foreign("archived Doc", _archived_docs(reading, object_id), left_state),
        foreign("channel", _channels(reading, object_id), left_state),
        _webhooks(reading, object_id, left_state),
        *(_about_list(reading, object_id) if path[-1][0] == "list" else ()),
    )


def _about_list(reading: Reading, list_id: str) -> Iterator[str]:
    if next(reading.clickup.comments.of_list(list_id), None):
        yield "comments"
    yield from goals(reading, list_id)


def of_list(session: Session, path: Path, task_list: TaskList, left_state: Left) -> str:
    """The signs that only Lists can have: tasks, settings, statuses."""
    tasks = len(_tasks(session, task_list.id) - left_state.runs_made)
    return listed(
        format_count(tasks, "task that people made", "tasks that people made") if tasks else "",
        *_settings(task_list, left_state),
        statuses(session, path, task_list, left_state),
    )


def goals(reading: Reading, object_id: str) -> Iterator[str]:
    """The signs of goals that count a List or a task."""
    for goal in _optional(reading, "goals", lambda: _all_goals(reading)):
        for key_result in goal.key_results:
            if object_id in (*key_result.list_ids, *key_result.task_ids):
                yield f'goal "{goal.name}"'
                break


def statuses(session: Session, path: Path, place: Folder | TaskList, left_state: Left) -> str:
    """The sign of statuses that neither the template wants nor the Space has."""
    if left_state.from_template or not place.raw.get("override_statuses"):
        return ""
    names = [str(status["status"]) for status in place.raw.get("statuses") or ()]
    space_id = session.within(path, "space")
    (space,) = session.once(("space", space_id), lambda: [session.clickup.spaces.get(space_id)])
    inherited = {fold_name(status.name) for status in space.statuses}
    added = [
        name
        for name in names
        if fold_name(name) not in inherited and not left_state.wants(path, "status", name)
    ]
    return f"status {', '.join(map(_quoted, added))}" if added else ""


def folders_in(reading: Reading, space_id: str, folder_id: str) -> list[Folder]:
    """The Folders directly in a Folder, archived ones too."""
    folders: Iterable[Folder] = reading.once(
        ("folders", space_id), lambda: _folders_of_space(reading, space_id)
    )
    return [folder for folder in folders if str(folder.raw.get("parent_folder") or "") == folder_id]


def _folders_of_space(reading: Reading, space_id: str) -> Iterator[Folder]:
    for archived in (False, True):
        yield from reading.clickup.folders.of_space(space_id, archived=archived)


def _views(reading: Reading, path: Path, object_id: str, left_state: Left) -> Iterator[View]:
    for view in reading.clickup.views.of(level_of(path), object_id):
        kind: Kind = "form" if view.type == "form" else "view"
        if not (
            left_state.wants(path, kind, view.name) or _came_with_place(reading, view, left_state)
        ):
            yield view


def _came_with_place(reading: Reading, view: View, left_state: Left) -> bool:
    """Whether it is a standard view, or one of the ClickUp template that the place is made from:
    the bot's user made it, while the place was being filled.
    """
    created_ms = parse_number(view.raw.get("date_created"))
    if created_ms is None or created_ms > left_state.filled_ms + CLOCKS_MS:
        return False
    (user,) = reading.once(("user", ""), lambda: [reading.clickup.authorization.user()])
    return str(view.raw.get("creator") or "") == str(user.id)


def _archived_docs(reading: Reading, object_id: str) -> list[Any]:
    docs = reading.once(
        ("archived Docs", ""), lambda: reading.clickup.docs.all(reading.workspace, archived=True)
    )
    return [doc for doc in docs if str((doc.raw.get("parent") or {}).get("id") or "") == object_id]


def _fields(session: Session, path: Path, object_id: str, left_state: Left) -> list[Any]:
    """Fields of the place itself: those are deleted with it, inherited ones are not."""
    inherited = {
        field.id
        for end in range(len(path))
        for field in _defined(session, level_of(path[:end]), session.id(path[:end]))
    }
    return [
        field
        for field in _defined(session, level_of(path), object_id)
        if field.id not in inherited and not left_state.wants(path, "field", field.name)
    ]


def _defined(session: Session, level: Level, place_id: str) -> tuple[Any, ...]:
    read: Mapping[Level, Any] = fields.readers(session.clickup)
    return session.once(("defined fields", place_id), lambda: read[level](place_id))


def _channels(reading: Reading, object_id: str) -> list[Any]:
    channels = _optional(
        reading, "chat channels", lambda: reading.clickup.chat.channels(reading.workspace)
    )
    return [
        channel
        for channel in channels
        if str((channel.raw.get("parent") or {}).get("id") or "") == object_id
    ]


def _webhooks(reading: Reading, object_id: str, left_state: Left) -> str:
    """The sign of webhooks of the token's user for this place: no call shows those of others."""
    hooks: Iterable[Webhook] = reading.once(
        ("webhooks", ""), lambda: reading.clickup.webhooks.list(reading.workspace)
    )
    endpoints = [
        _quoted(hook.endpoint)
        for hook in hooks
        if object_id in (hook.list_id, hook.folder_id, hook.space_id)
        if hook.id not in left_state.runs_made
    ]
    return f"webhook {', '.join(endpoints)}" if endpoints else ""


def _tasks(session: Session, list_id: str) -> set[str]:
    return {
        task.id
        for archived in (False, True)
        for task in session.clickup.tasks.in_list(
            list_id, include_closed=True, subtasks=True, archived=archived, multiple_lists=True
        )
    }


def _settings(task_list: TaskList, left_state: Left) -> Iterator[str]:
    if not left_state.from_template:
        yield from (name for key, name in _LIST_SETTINGS.items() if task_list.raw.get(key))


def _all_goals(reading: Reading) -> Iterator[Goal]:
    """Each is read again: the listing may leave out what it counts."""
    for goal in reading.clickup.goals.all(reading.workspace, include_completed=True):
        yield reading.clickup.goals.get(goal.id)


def _optional(
    reading: Reading, subject: str, reader: Callable[[], Iterable[Any]]
) -> tuple[Any, ...]:
    """What not every plan or role can read: nothing then, and it is noted as unseen."""

    def read() -> Iterable[Any]:
        try:
            return tuple(reader())
        except (Forbidden, PlanLimit):
            reading.unseen.add(subject)
            return ()

    return reading.once((subject, ""), read)


def _quoted(name: str) -> str:
    return f'"{name}"'
