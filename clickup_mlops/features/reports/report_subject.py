"""A milestone as what a report is about."""

from collections.abc import Iterator
from typing import Final

from clickup_mlops.clickup.model import Task
from clickup_mlops.errors import InputError
from clickup_mlops.ports.sections import period as periods
from clickup_mlops.ports.sections.subject import Ended, Subject, SubjectType
from clickup_mlops.store import Store

MOST: Final = 200
"""Milestones that are looked at: those that changed last."""


def _find(store: Store, _workspace: str, name: str, zone: str, now_ms: int) -> Subject:
    """A milestone's task; from its creation until it was closed, or until now.

    Raises:
        InputError: the task is not known, or there is no such time zone.
    """
    row = store.mirror.get(name)
    if row is None:
        raise InputError(
            f"task {name} is not known",
            hint="The bot knows tasks that it has read: `clickup-mlops backfill` reads them.",
        )
    task = Task.parse(row.raw)
    title = " ".join(task.name.split()) or task.id
    end_ms = task.closed_ms or now_ms
    return Subject(periods.of_task("milestone", title, task.created_ms, end_ms, zone), task.id)


def _ended(store: Store, workspace: str, _since_ms: int, _now_ms: int) -> Iterator[Ended]:
    for raw in store.flows.closed_milestones(workspace, MOST):
        task = Task.parse(raw)
        if task.closed_ms:
            yield Ended(task.id, task.closed_ms)


SUBJECT = SubjectType("milestone", _find, _ended)
