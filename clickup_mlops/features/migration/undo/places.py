"""Folders and Lists that a migration created: they are removed if nothing is in them."""

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from clickup_mlops.errors import NotFound
from clickup_mlops.features.migration.journal import Journal, read_written
from clickup_mlops.features.migration.tables.migration_steps import JournaledStep
from clickup_mlops.features.provisioning.apply import contents
from clickup_mlops.features.provisioning.apply.created_objects import Left, listed
from clickup_mlops.features.provisioning.apply.session import Reading
from clickup_mlops.features.provisioning.tree import Kind

if TYPE_CHECKING:
    from clickup_mlops.clickup.client import ClickUp
    from clickup_mlops.clickup.model import Task


class PlaceRemoval:
    """Removes places, with what is read of the workspace for all of them."""

    def __init__(self, clickup: "ClickUp", team_id: str, journal: Journal) -> None:
        self._clickup, self._journal = clickup, journal
        self._reading = Reading(clickup, team_id)

    def remove(self, step: JournaledStep) -> str:
        """Delete the place that a step created; why it stays, or nothing."""
        with suppress(NotFound):  # a person, or an interrupted undo, removed it before
            if signs := self._contents(step):
                return signs
            self._delete(step)
        self._journal.undone([step])
        return ""

    def _delete(self, step: JournaledStep) -> None:
        if read_written(step).get("list"):
            self._clickup.lists.delete(step.target)
        else:
            self._clickup.folders.delete(step.target)

    def _contents(self, step: JournaledStep) -> str:
        kind: Kind = "list" if read_written(step).get("list") else "folder"
        inside = self._in_list(step) if kind == "list" else self._in_folder(step)
        remains = Left({}, step.at_ms, step.at_ms, step.at_ms, frozenset(), frozenset())
        name = step.key.rpartition(" / ")[2]
        return listed(
            inside, contents.beside_tasks(self._reading, ((kind, name),), step.target, remains)
        )

    def _in_list(self, step: JournaledStep) -> str:
        tasks = everything_in(self._clickup, step.target, (False, True), multiple_lists=True)
        task = next(tasks, None)
        return "tasks" if task else ""

    def _in_folder(self, step: JournaledStep) -> str:
        folder = self._clickup.folders.get(step.target)
        lists = folder.lists or self._clickup.lists.of_folder(step.target, archived=True)
        below = contents.folders_in(self._reading, folder.space_id or "", step.target)
        return listed("Lists" if lists else "", "Folders" if below else "")


def everything_in(
    clickup: "ClickUp", list_id: str, archived: tuple[bool, ...], *, multiple_lists: bool = False
) -> "Iterator[Task]":
    """All tasks of a List, closed ones and subtasks too; `multiple_lists`: also those whose home is
    another List.
    """
    for is_archived in archived:
        yield from clickup.tasks.in_list(
            list_id,
            include_closed=True,
            subtasks=True,
            archived=is_archived,
            multiple_lists=multiple_lists,
        )
