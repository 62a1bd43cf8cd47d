"""Undo a migration: first find out what can be removed, then remove it, children first.

What people changed stays, with all that it is under, unless it is forced. Each removal is
recorded: an undo that was interrupted is simply repeated.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from clickup_mlops.bot.write.undo.engine import GONE, Failure, State, UndoEngine
from clickup_mlops.errors import (
    ApiError,
    InputError,
    NotFound,
    RetryableApiError,
    Unauthorized,
)
from clickup_mlops.features.migration.batches import batches
from clickup_mlops.features.migration.journal import KINDS, Journal, read_written
from clickup_mlops.features.migration.places import Places
from clickup_mlops.features.migration.run.finding import Sought, find_task, marker
from clickup_mlops.features.migration.tables.migration_steps import (
    BEGUN,
    DONE,
    FAILED,
    JournaledStep,
)
from clickup_mlops.features.migration.undo.changes import Automated, PeopleChanges, Writes
from clickup_mlops.features.migration.undo.places import PlaceRemoval, everything_in
from clickup_mlops.features.provisioning.apply.created_objects import no_own
from clickup_mlops.json_types import JsonObject

if TYPE_CHECKING:
    from clickup_mlops.clickup.client import ClickUp
    from clickup_mlops.clickup.model import Task

BATCH: Final = 500
Progress = Callable[[str, int, int], None]
"""Called with what is done (`look`, `remove`), how many are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class Removal:
    """A task to delete, with its time entries. `is_gone`: it is not in ClickUp any more."""

    item_id: str
    task_id: str
    is_gone: bool = False
    name: str = ""
    parent_id: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """A task that stays, and why."""

    item_id: str
    task_id: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class UndoPlan:
    """What an undo will do. `removals` in their order; `places`: Folders and Lists that the run
    created, which are deleted if they are empty then. `calls`: at most so many.
    """

    removals: tuple[Removal, ...] = ()
    kept: tuple[Kept, ...] = ()
    places: tuple[JournaledStep, ...] = ()
    entries: int = 0

    @property
    def calls(self) -> int:
        """A call for each task and time entry, two for each place."""
        live = sum(not removal.is_gone for removal in self.removals)
        return live + self.entries + 2 * len(self.places)

    def counts(self) -> dict[State, int]:
        """How many tasks and places would end in each state."""
        return {"would": len(self.removals) + len(self.places), "kept": len(self.kept)}


@dataclass
class Undone:
    """What an undo removed and left; `places` by their paths, those that stay with the reason."""

    removed: int = 0
    entries: int = 0
    places: list[str] = field(default_factory=list)
    kept: tuple[Kept, ...] = ()
    places_kept: dict[str, str] = field(default_factory=dict)

    def counts(self) -> dict[State, int]:
        """How many tasks and places ended in each state."""
        kept_count = len(self.kept) + len(self.places_kept)
        return {"undone": self.removed + len(self.places), "kept": kept_count}


def quiet(_kind: str, _count: int, _total: int) -> None:
    """Reports to nobody."""


@dataclass(frozen=True, slots=True)
class Undoing:
    """What an undo works with. `id_field` as in the mapping; `own`: what automations wrote."""

    clickup: "ClickUp"
    team_id: str
    journal: Journal
    places: Places
    id_field: str = ""
    own: Automated = no_own
    progress: Progress = quiet

    def plan(self, *, force: bool = False, limit: int | None = None) -> UndoPlan:
        """Find out what can be removed; writes nothing to ClickUp. `force`: also what people
        changed. `limit`: at most so many tasks.

        Raises:
            InputError: nothing was moved; ApiError: ClickUp cannot be read.
        """
        self._settle()
        writes = Writes.read(self.journal)
        # Lists first: a Folder is only empty without them.
        places = sorted(
            self.journal.of("place"), key=lambda step: not read_written(step).get("list")
        )
        if not writes.tasks and not places:
            raise InputError(
                "this migration has made nothing, or it is undone already",
                hint="`name` in the mapping says which migration it is.",
            )
        signs = self._signs(writes, force)
        chosen = list(_sorted_out(reversed(writes.tasks.items()), signs))
        removals = [task for task in chosen if isinstance(task, Removal)][:limit]
        retained = [task for task in chosen if isinstance(task, Kept)]
        items = {removal.item_id for removal in removals}
        entries = sum(read_written(step).get("item") in items for step in self.journal.of("time"))
        return UndoPlan(tuple(removals), tuple(retained), tuple(places), entries)

    def _settle(self) -> None:
        """Find the tasks whose creation was interrupted; those that are there are done."""
        for step in list(self.journal.of("task", BEGUN)):
            about = read_written(step)
            item_id, list_id = str(about["item"]), str(about["list"])
            id_field = self.places.by_list(list_id).fields.get(self.id_field)
            line = marker(self.id_field, item_id)
            sought = Sought(item_id, str(about["name"]), list_id, id_field, line, step.at_ms)
            matches = find_task(self.clickup, self.team_id, sought)
            for task in [
                candidate for candidate in matches if not self.journal.has_created(candidate.id)
            ][:1]:
                wrote = {"item": item_id, "list": list_id, "parent": task.parent_id}
                self.journal.complete(step.key, task.id, step.source_hash, wrote)

    # Finding out

    def _signs(self, writes: Writes, force: bool) -> "dict[str, _Sign]":
        """By the task's id, for those that are there."""
        me = self.clickup.authorization.user().id
        changes = PeopleChanges(self.clickup, self.journal, writes, me, self.own)
        signs: dict[str, _Sign] = {}
        ours, total = changes.ours, len(writes.tasks)
        for task in self._live(ours):
            if task.id in ours:
                before = self._before(task.id)
                reason = "" if force else changes.signs(task, before)
                signs[task.id] = _Sign(task.name, task.parent_id, reason)
                self.progress("look", len(signs), total)
            elif task.parent_id in ours and not force:
                signs[task.id] = _Sign(task.name, task.parent_id, "somebody added it")
        return signs

    def _live(self, ours: frozenset[str]) -> "Iterator[Task]":
        """The tasks of the Lists that were written to, by the hundred; then those elsewhere."""
        missing = set(ours)
        lists = dict.fromkeys(
            str(read_written(step).get("list")) for step in self.journal.of("task")
        )
        has_archived = next(self.journal.of("archive"), None) is not None
        for list_id in lists:
            with suppress(NotFound):  # the List is gone, with its tasks
                for task in everything_in(self.clickup, list_id, (False, True)[: 1 + has_archived]):
                    missing.discard(task.id)
                    yield task
        for task_id in missing:
            try:
                yield self.clickup.tasks.get(task_id)
            except NotFound:
                continue

    def _before(self, task_id: str) -> JsonObject:
        step = self.journal.of_target(task_id)
        return read_written(step) if step else {}

    # Removing

    def undo(self, plan: UndoPlan) -> Undone:
        """Do what the plan says. A task that ClickUp does not delete stays, and is listed.

        Raises:
            Unauthorized, RetryableApiError, StoreUnavailable: undo again to continue.
        """
        undone, refused = Undone(kept=plan.kept), dict[str, str]()
        entries = self._entries({removal.item_id for removal in plan.removals})
        for number, removal in enumerate(plan.removals):
            self.progress("remove", number, len(plan.removals))
            reason = refused.get(removal.task_id) or self._remove_task(
                removal, entries.get(removal.item_id, ()), undone
            )
            if reason:
                refused[removal.parent_id] = f'its subtask "{removal.name}" stays'
                retained = Kept(removal.item_id, removal.task_id, removal.name, reason)
                undone.kept = (*undone.kept, retained)
        self._forget()
        removing = PlaceRemoval(self.clickup, self.team_id, self.journal)
        for step in plan.places:
            path = step.key.partition(":")[2]
            if reason := removing.remove(step):
                undone.places_kept[path] = reason
            else:
                undone.places.append(path)
        return undone

    def _remove_task(
        self, removal: Removal, entries: Iterable[JournaledStep], undone: Undone
    ) -> str:
        """Remove a task; why it stays, or nothing."""

        def write(removal: Removal) -> None:
            undone.entries += self._remove_entries(entries)
            if not removal.is_gone:
                self.clickup.tasks.delete(removal.task_id)

        outcome = UndoEngine(_TaskJournal(self.journal), write, _explain).perform(removal)
        undone.removed += outcome.state == "undone"
        return outcome.why

    def _entries(self, items: set[str]) -> dict[str, list[JournaledStep]]:
        entries: dict[str, list[JournaledStep]] = {}
        for step in self.journal.of("time"):
            item_id = str(read_written(step).get("item"))
            if item_id in items:
                entries.setdefault(item_id, []).append(step)
        return entries

    def _remove_entries(self, steps: Iterable[JournaledStep]) -> int:
        removed = 0
        for step in steps:
            try:
                self.clickup.time_entries.delete(self.team_id, step.target)
                removed += 1
            except NotFound:
                pass  # a person, or an interrupted undo, removed it before
            self.journal.undone([step])
        return removed

    def _forget(self) -> None:
        """What was in tasks that are removed is undone with them."""
        for kind in KINDS:
            for state in (DONE, BEGUN, FAILED):
                if kind not in ("place", "task"):
                    steps = self.journal.of(kind, state)
                    orphaned = (step for step in steps if self.journal.task(_item(step)) is None)
                    for batch in batches(orphaned, BATCH):
                        self.journal.undone(batch)


class _TaskJournal:
    """A task's own step is marked: what was begun and not marked is removed again."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def begin(self, _removal: Removal) -> None:
        """Nothing: to delete twice is the same as once."""

    def undone(self, removal: Removal) -> None:
        """Mark the step that created the task."""
        step = self._journal.get(f"task:{removal.item_id}")
        if step is not None:
            self._journal.undone([step])

    def failed(self, _removal: Removal, _failure: Failure) -> None:
        """Nothing: it is tried again by the next undo."""


def _explain(problem: Exception) -> Failure | None:
    if isinstance(problem, NotFound):
        return GONE
    if not isinstance(problem, ApiError) or isinstance(problem, (Unauthorized, RetryableApiError)):
        return None
    return Failure("refused", f"ClickUp does not delete it: {problem}")


@dataclass(frozen=True, slots=True)
class _Sign:
    """A live task: why it stays, or nothing."""

    name: str
    parent_id: str | None
    reason: str


def _item(step: JournaledStep) -> str:
    return str(read_written(step).get("item"))


def _sorted_out(
    steps: Iterable[tuple[str, str]], signs: "dict[str, _Sign]"
) -> Iterator[Removal | Kept]:
    """Children come before their parents: what is kept keeps all that it is under."""
    ours = dict.fromkeys(signs)
    above = {
        entry.parent_id or "": f'its subtask "{entry.name}" stays: {entry.reason}'
        for entry in signs.values()
        if entry.reason == "somebody added it" and entry.parent_id in ours
    }
    for item_id, task_id in steps:
        sign = signs.get(task_id)
        if sign is None:
            yield Removal(item_id, task_id, is_gone=True)
            continue
        reason = f"people changed it since: {sign.reason}" if sign.reason else above.get(task_id)
        if not reason:
            yield Removal(item_id, task_id, name=sign.name, parent_id=sign.parent_id or "")
            continue
        above.setdefault(sign.parent_id or "", f'its subtask "{sign.name}" stays')
        yield Kept(item_id, task_id, sign.name, reason)
