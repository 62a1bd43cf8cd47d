"""What the tasks of an incident are about now: people fill in fields, and more alerts fire."""

from collections.abc import Iterable, Mapping
from typing import Any

from clickup_mlops.bot.handle.alerts import list_subjects
from clickup_mlops.clickup.model import Task
from clickup_mlops.features.incidents import subject
from clickup_mlops.features.incidents.incident import Incident
from clickup_mlops.features.incidents.tables.incidents import MOST_COMPARED, Incidents
from clickup_mlops.store import Store


def read_subjects(
    store: Store, incident: Incident, labels: Iterable[str]
) -> dict[str, Mapping[str, Any]]:
    """Subjects of the tasks that are affected, by their ids."""
    tasks = store.table(Incidents).tasks(incident.id)
    affected = [task.task_id for task in tasks if task.left_ms is None][:MOST_COMPARED]
    rows = store.mirror.get_many(affected) if affected else {}
    return {
        name: subject.subject(Task.parse(row.raw), labels, list_subjects(store, name))
        for name, row in rows.items()
    }


def list_asking(store: Store, incident: Incident) -> list[Incident]:
    """The open incidents that ask whether they are the same outage as this one, oldest first."""
    candidates = store.table(Incidents).open(incident.workspace, MOST_COMPARED)
    return [other for other in candidates if other.original_id == incident.id]


def list_turned(store: Store, part: Incident, incident: Incident) -> list[Incident]:
    """The open incidents that ask about this one, and did about the part that was joined to it."""
    asking = list_asking(store, incident)
    return [turned for turned in asking if turned.former_originals[-1:] == (part.id,)]


def list_joined(store: Store, incident: Incident) -> list[str]:
    """Ids of the affected tasks that joined it by themselves, without its first one: those whose
    incident was joined to it hear of that.
    """
    incidents = store.table(Incidents)
    return [
        task.task_id
        for task in incidents.tasks(incident.id)
        if task.left_ms is None
        and task.task_id != incident.task_id
        and not incidents.joined_to(incident.id, task.task_id)
    ]


def find_match(store: Store, desired: Incident) -> Incident | None:
    """The other open incident that a task joins which wants to open this one."""
    labels = subject.of(desired).get("labels", ())
    incidents = store.table(Incidents).open(desired.workspace, MOST_COMPARED)
    return subject.match(
        desired,
        [
            subject.with_subjects(incident, read_subjects(store, incident, labels))
            for incident in incidents
            if incident.id != desired.id
        ],
    )
