"""Undo an apply: what it created is removed, what it changed is restored, newest first.

What people added content to since stays, with everything that it is in, unless its removal is
requested; so does what a later run found there and depends on, as templates share a space, until
that run is undone. What ClickUp's API cannot undo is listed. The undo is a journalled run itself,
and can be repeated after a crash.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from clickup_mlops.errors import ApiError, InputError, NotFound
from clickup_mlops.provision.apply.journal import Journal, Writing, path_of
from clickup_mlops.provision.apply.recover import learn_journal
from clickup_mlops.provision.apply.resources import Impossible, Resource, resources
from clickup_mlops.provision.apply.session import Session
from clickup_mlops.provision.plan import deferred, safety
from clickup_mlops.provision.plan.model import Plan, Step
from clickup_mlops.provision.tree import Attributes, Kind, Node, Path, Tree, fold
from clickup_mlops.store.tables.provisions import DONE, Run, StepRow

FREE_STANDING: Final[frozenset[Kind]] = frozenset({"channel", "webhook", "policy"})
"""Kinds that are not deleted with the place that their path is in."""
UNDONE: Final = "undone"
RUNS: Final = 1_000
"""Newest runs that are searched."""
_LIST: Final = "`provision undo --list` shows the runs."


@dataclass
class Undone:
    """What an undo did, and what it left with the reason."""

    run_id: int = 0
    removed: list[Path] = field(default_factory=list)
    restored: list[Path] = field(default_factory=list)
    kept: list[tuple[Path, str]] = field(default_factory=list)
    impossible: list[tuple[Path, str]] = field(default_factory=list)


@dataclass(frozen=True)
class UndoPlan:
    """What an undo will do: removals, without what is deleted with them, and restorations."""

    run: Run
    removals: Sequence[StepRow]
    cascaded: Sequence[StepRow]
    restorations: Sequence[StepRow]
    kept: Sequence[tuple[Path, str]]

    @property
    def size(self) -> int:
        """How many objects are deleted or changed."""
        return len(self.removals) + len(self.cascaded) + len(self.restorations)


def newest(journal: Journal, run_id: int | None = None) -> Run:
    """The run to undo: by number, else the newest that was not undone.

    Raises:
        InputError: there is none, or that number is no run that can be undone.
    """
    if run_id is not None:
        return _numbered(journal, run_id)
    run = next(_not_undone(journal), None)
    if run is None:
        raise InputError("there is nothing to undo", hint=_LIST)
    return run


def _numbered(journal: Journal, run_id: int) -> Run:
    run = journal.rows.run(run_id)
    if run is None or run.workspace != journal.workspace:
        raise InputError(f"there is no run {run_id}", hint=_LIST)
    if run.kind == "undo":
        raise InputError(f"run {run_id} is an undo itself: apply the template again", hint=_LIST)
    return run


def _not_undone(journal: Journal) -> Iterator[Run]:
    """The runs that were not undone, newest first."""
    for run in journal.rows.runs(journal.workspace, limit=RUNS):
        if run.kind != "undo" and not run.outcome.startswith(UNDONE):
            yield run


def desired(run: Run) -> Tree:
    """What the run was to make: the part of the workspace that undoing it is about."""
    return {step.path: step.want for step in Plan.from_dict(run.plan).steps}


def plan(
    run: Run, session: Session, journal: Journal, have: Tree, *, content_too: bool = False
) -> UndoPlan:
    """Find out what can be undone. Reads each object that would be removed; writes nothing.

    `content_too`: also remove what people added content to.
    """
    learn_journal(session, journal)
    rows = [row for row in reversed(journal.rows.steps(run.id)) if row.outcome == DONE]
    made = [row for row in rows if row.action == "create"]
    kept = _used_by_later_runs(journal, run, made)
    if not content_too:
        kept |= _added_content(session, [row for row in made if path_of(row.path) not in kept])
    blocked = {path[:end] for path in kept for end in range(1, len(path) + 1)}
    free = [row for row in made if path_of(row.path) not in blocked]
    removed = {path_of(row.path) for row in free}
    changed = [row for row in rows if row.action == "update" and path_of(row.path) not in removed]
    same, moved = _unchanged(changed, have)
    return UndoPlan(
        run,
        [row for row in free if not _is_cascaded(row, removed)],
        [row for row in free if _is_cascaded(row, removed)],
        same,
        [*kept.items(), *moved],
    )


def undo(
    plan: UndoPlan, session: Session, journal: Journal, *, allowed: int | None = None
) -> Undone:
    """Execute the plan of an undo.

    Raises:
        UnsafePlan: a large part of what is known would be deleted or changed, and `allowed` is
            not its number; nothing was written.
    """
    learn_journal(session, journal)
    safety.check(safety.Radius(plan.size, max(plan.size, len(session.ids))), allowed)
    writing = journal.begin("undo", plan.run.template, {"undoes": plan.run.id})
    undone = Undone(writing.run_id, kept=list(plan.kept))
    undo_run = _UndoRun(session, writing, undone)
    for row in plan.restorations:
        undo_run.restore(row)
    for row in plan.removals:
        undo_run.remove(row)
    gone = set(undone.removed)
    undone.removed += [
        path
        for path in map(_path, plan.cascaded)
        if any(path[:n] in gone for n in range(len(path)))
    ]
    adopted = [row for row in journal.rows.steps(plan.run.id) if row.action == "adopt"]
    journal.forget([*undone.removed, *map(_path, adopted)])
    writing.finish()
    journal.rows.finish(plan.run.id, f"{UNDONE} by run {writing.run_id}", journal.now_ms())
    return undone


def _used_by_later_runs(journal: Journal, run: Run, made: Iterable[StepRow]) -> dict[Path, str]:
    """What later runs found there already, by their plans: they depend on it."""
    found: dict[Path, Run] = {}
    for other in _not_undone(journal):
        if other.id > run.id:
            steps = Plan.from_dict(other.plan).steps
            found |= {fold(step.path): other for step in steps if step.have is not None}
    return {
        path: f"run {by.id} of {by.template} depends on it: undo that run first"
        for path in map(_path, made)
        if (by := found.get(fold(path)))
    }


def _added_content(session: Session, made: Iterable[StepRow]) -> dict[Path, str]:
    """What people added to each object; nothing for objects that are gone."""
    content = {}
    for row in made:
        path = path_of(row.path)
        try:
            added = _resource(path).touched(session, path, row.object_id, row.after)
        except (NotFound, InputError):
            continue  # it, or its place, was removed by an earlier undo
        if added:
            content[path] = f"content was added since: {added}"
    return content


def _is_cascaded(row: StepRow, removed: set[Path]) -> bool:
    path = path_of(row.path)
    if path[-1][0] in FREE_STANDING:
        return False
    return any(path[:end] in removed for end in range(1, len(path)))


def _unchanged(rows: Iterable[StepRow], have: Tree) -> tuple[list[StepRow], list[tuple[Path, str]]]:
    live = {node.id: node for node in have.values()}
    same: list[StepRow] = []
    moved: list[tuple[Path, str]] = []
    for row in rows:
        node = live.get(row.object_id)
        if node is not None and _is_as_left(node, row.after):
            same.append(row)
        else:
            moved.append((path_of(row.path), "it was changed in ClickUp since"))
    return same, moved


def _is_as_left(node: Node, left: Attributes) -> bool:
    fields = {deferred.VALUE + name: v for name, v in (node.attributes.get("fields") or {}).items()}
    values = {**node.attributes, **fields, "name": node.path[-1][1]}
    return all(values.get(name) == value for name, value in left.items())


class _UndoRun:
    """The undo while it runs: each change is recorded, tried and closed."""

    def __init__(self, session: Session, writing: Writing, undone: Undone) -> None:
        self._session, self._writing, self._undone = session, writing, undone

    def restore(self, row: StepRow) -> None:
        """Give an object its former values."""
        path = path_of(row.path)
        changes = {name: (row.after[name], old) for name, old in row.before.items()}
        node = Node(path, row.before, row.object_id)
        step = Step("update", path, node, node, "undo", changes, 1, "api")
        number = self._writing.begin("restore", path, row.after, row.before, row.object_id)
        if self._tried(
            number, path, lambda: _resource(path).update(self._session, step, row.object_id)
        ):
            self._undone.restored.append(path)

    def remove(self, row: StepRow) -> None:
        """Delete an object."""
        path = path_of(row.path)
        number = self._writing.begin("remove", path, row.after, None, row.object_id)
        if self._tried(
            number, path, lambda: _resource(path).remove(self._session, path, row.object_id)
        ):
            self._undone.removed.append(path)

    def _tried(self, number: int, path: Path, act: Callable[[], None]) -> bool:
        try:
            act()
        except NotFound:
            pass  # a person, or an interrupted undo, removed it before
        except (Impossible, InputError) as problem:
            self._writing.closed(number, f"impossible: {problem}")
            self._undone.impossible.append((path, str(problem)))
            return False
        except ApiError as problem:
            self._writing.failed(number, str(problem))
            raise
        self._writing.closed(number, DONE)
        return True


def _resource(path: Path) -> Resource:
    return resources()[path[-1][0]]


def _path(row: StepRow) -> Path:
    return path_of(row.path)
