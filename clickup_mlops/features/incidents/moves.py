"""`/incident join` and `/incident split`: people say which tasks are one incident.

After a crash the command is executed again: what was begun is finished, and nothing is done twice.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, Final, Protocol

from clickup_mlops.automations.effect_client import EffectClient
from clickup_mlops.automations.model import Change
from clickup_mlops.clickup.blocks import escape_markdown
from clickup_mlops.clickup.model import Task
from clickup_mlops.commands.model import Request
from clickup_mlops.errors import Forbidden, NotFound
from clickup_mlops.features.incidents.incident import LEAVING, QUESTION, Incident
from clickup_mlops.features.incidents.service import IncidentService
from clickup_mlops.features.incidents.subject import SUBJECTS, of, subject
from clickup_mlops.features.incidents.tables.incidents import Incidents
from clickup_mlops.store import Store

BY: Final = "/incident"
_KIND: Final = "incident"
_URL: Final = re.compile(r"https?://[^/\s]+/t/(?:\d+/)?([\w-]+)/?(?:[?#]\S*)?")


class Write(Protocol):
    """Writes a change about the task of a command, in the command's name."""

    def __call__(self, change: Change, by: str) -> None:
        """Raises: as `write_change`."""


class IncidentMoves:
    """Each method gives the answer to a command."""

    def __init__(self, store: Store, clickup: EffectClient, write: Write) -> None:
        self._store, self._clickup, self._write = store, clickup, write

    def target(self, name: str) -> Incident | str:
        """The open incident of a task, by its id, address or custom id; or why there is none."""
        address = _URL.fullmatch(name)
        task = self._task(address[1] if address else name.removeprefix("#"))
        if task is None:
            return f"There is no task `{name:.80}` that the bot can see."
        incident = self._store.table(Incidents).open_of(task)
        if incident is not None:
            return incident
        return "That task is part of no open incident: write `/incident yes` there first."

    def join(self, task: Task, target: Incident, request: Request, cause: str) -> str:
        """The task's incident becomes a part of the target, or the task joins it."""
        current = self._store.table(Incidents).open_of(task.id)
        is_retry = self._is_begun(task, cause)
        if current is None or (current.id == target.id and is_retry == "enter"):
            self._do(task, _plan_entry(task, target, request, cause))
        sources = self._store.table(Incidents).joined_to(target.id, task.id) if is_retry else []
        if current is not None and current.id != target.id:
            sources = [*sources, current]
        for source in sources:
            self._do(task, _plan_merge(source, target))
            for message in self._directions(task, source, target):
                self._write(message, BY)
        room = f"people meet in the chat channel `{target.room}`" if target.room else "no room yet"
        return f"This task is part of the incident **{escape_markdown(target.title)}**; {room}."

    def split(self, task: Task, request: Request, cause: str) -> str:
        """The task leaves its incident for one of its own."""
        incident_id = f"{task.id}-{request.at_ms}"
        current = self._store.table(Incidents).open_of(task.id)
        if current is None:
            return "This task is part of no open incident."
        begun = self._store.journal.latest(task.id, _KIND)
        if current.id == incident_id and begun is not None and begun.after:
            self._do(task, _build_change(begun.after, "split"))
            return _format_split(current)
        if current.task_id == task.id:
            return (
                "The incident began with this task: write `/incident split` on the task that is "
                "about something else."
            )
        tasks = self._store.table(Incidents).tasks(current.id)
        if sum(task_of_incident.left_ms is None for task_of_incident in tasks) < 2:
            return "This task is the only one of its incident."
        desired = _derive_incident(task, current, incident_id, request.at_ms, cause)
        self._do(task, _build_change(desired, f"split from: {current.title:.80}"))
        created = self._store.table(Incidents).open_of(task.id)
        return _format_split(created) if created is not None else "The incident is over."

    def _do(self, task: Task, change: Change) -> None:
        """Unless it was done to the end."""
        after, incidents = change.after, self._clickup.service(IncidentService)
        if "merge" in after:
            incident_id = incidents.find_merge(task.id, after)
        elif "separate" in after:
            incident_id = incidents.find_separation(task.id, after)
        else:
            incident_id = incidents.find_entry(task.id, after)
        if incident_id is None:
            self._write(change, BY)

    def _is_begun(self, task: Task, cause: str) -> str:
        """What an earlier try of the command has begun; empty: there was none."""
        row = self._store.journal.latest(task.id, _KIND)
        if row is None or row.automation != BY or row.cause != cause or not row.after:
            return ""
        return "merge" if "merge" in row.after else "enter"

    def _directions(self, task: Task, source: Incident, target: Incident) -> Iterator[Change]:
        """A message to the room that is left, if people were sent there, once."""
        kind, head = f"chat:room/{source.id}/moved", f"chat:room/{source.id}"
        first = self._store.journal.latest_done(source.task_id, head)
        is_thread = bool(source.details.get("thread"))
        is_same = source.room == target.room and not is_thread
        if first is None or is_same or self._store.journal.latest_done(task.id, kind) is not None:
            return
        url = f"https://app.clickup.com/t/{target.task_id}"
        text = (
            f"**This incident is a part of another one:** {escape_markdown(target.title)} {url}\n\n"
            f"Go to the chat channel `{target.room}`."
        )
        reply = {"reply_to": first.receipt} if is_thread and first.receipt else {}
        after = {"channel": source.room, "text": text, **reply}
        yield Change(kind, None, after, f"#{source.room}: go to #{target.room}", {"text": text})

    def _task(self, name: str) -> str | None:
        """Its id: calls, unless it is in the mirror."""
        if self._store.mirror.get(name) is not None:
            return name
        reads = (self._by_custom_id, self._by_id)
        for read in reads if "-" in name else reads[::-1]:
            with suppress(NotFound, Forbidden):
                return read(name).id
        return None

    def _by_custom_id(self, name: str) -> Task:
        return self._clickup.tasks.get_by_custom_id(name, self._clickup.workspace_id)

    def _by_id(self, name: str) -> Task:
        return self._clickup.tasks.get(name)


def _format_split(incident: Incident) -> str:
    return f"This task has an incident of its own; its room is the chat channel `{incident.room}`."


def _build_change(after: Mapping[str, Any], text: str) -> Change:
    return Change(_KIND, None, after, text, {"title": after["title"]})


def _plan_merge(source: Incident, target: Incident) -> Change:
    after = {"merge": source.id, "incident": target.id, "title": target.title}
    text = f'join the incident "{source.title:.80}" to "{target.title:.80}"'
    return Change(_KIND, None, after, text, {"title": target.title})


def _plan_entry(task: Task, target: Incident, request: Request, cause: str) -> Change:
    labels = of(target).get("labels", {})
    separate = _derive_incident(task, target, f"{task.id}-{request.at_ms}", request.at_ms, cause)
    about = {SUBJECTS: {task.id: subject(task, labels, ())}}
    desired = {name: value for name, value in separate.items() if name != "separate"} | about
    desired["incident"] = target.id
    return _build_change(desired, f"join the incident: {target.title:.80}")


def _derive_incident(
    task: Task, current: Incident, incident_id: str, at_ms: int, cause: str
) -> Mapping[str, Any]:
    """An incident of the task, with lead, roles and rhythm of the current one; what was named after
    that one's first task is named after this one.
    """
    named = {
        name: value.replace(current.task_id, task.id) if isinstance(value, str) else value
        for name, value in current.details.items()
        if name not in (SUBJECTS, QUESTION, LEAVING, "apart", "from")
    }
    return {
        **named,
        "separate": current.id,
        "id": incident_id,
        "key": task.id,
        "title": task.name,
        "lead": current.lead,
        "room": current.room.replace(current.task_id, task.id),
        "opened_ms": at_ms,
        "window_ms": 0,
        "chain": [(cause, BY)],
    }
