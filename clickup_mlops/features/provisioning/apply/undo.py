"""Undo an apply: what it created is removed, what it changed is restored, newest first.

What people changed or added to since stays, with everything that it is in, unless it is named; so
does what a later run found there and depends on, as templates share a space, until that run is
undone. What ClickUp's API cannot undo is listed. The undo is a journalled run itself,
and can be repeated after a crash.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from clickup_mlops.bot.write.undo.engine import GONE, Failure, State, UndoEngine
from clickup_mlops.errors import ApiError, InputError, NotFound
from clickup_mlops.features.provisioning.apply import contents
from clickup_mlops.features.provisioning.apply.inspect import Automated, Looking
from clickup_mlops.features.provisioning.apply.journal import SEARCHED, Journal, Writing, path_of
from clickup_mlops.features.provisioning.apply.recover import learn_journal
from clickup_mlops.features.provisioning.apply.resources import Impossible, Resource, resources
from clickup_mlops.features.provisioning.apply.session import Session
from clickup_mlops.features.provisioning.plan import deferred
from clickup_mlops.features.provisioning.plan.model import Plan, Step
from clickup_mlops.features.provisioning.tables.provisions import DONE, Run, StepRow
from clickup_mlops.features.provisioning.tree import (
    Attributes,
    Kind,
    Node,
    Path,
    Tree,
    fold,
    fold_name,
    spellings,
)

FREE_STANDING: Final[frozenset[Kind]] = frozenset({"channel", "webhook", "policy"})
"""Kinds that are not deleted with the place that their path is in."""
NOT_AUTOMATED: Final = Automated()
UNDONE: Final = "undone"
_LIST: Final = "`provision undo --list` shows the runs."


@dataclass
class Undone:
    """What an undo did, and what it left with the reason."""

    run_id: int = 0
    removed: list[Path] = field(default_factory=list)
    restored: list[Path] = field(default_factory=list)
    kept: list[tuple[Path, str]] = field(default_factory=list)
    impossible: list[tuple[Path, str]] = field(default_factory=list)
    unseen: Sequence[str] = ()

    def counts(self) -> dict[State, int]:
        """How many objects ended in each state."""
        undone, kept = (*self.removed, *self.restored), (*self.kept, *self.impossible)
        return {"undone": len(undone), "kept": len(kept)}


@dataclass(frozen=True)
class UndoPlan:
    """What an undo will do: removals, without what is deleted with them, and restorations.

    `kept` stays whatever is named; `changed` by people stays unless it is named. `unseen` are the
    kinds of objects in the removed places that no call shows: a person has to look for them.
    """

    run: Run
    removals: Sequence[StepRow]
    cascaded: Sequence[StepRow]
    restorations: Sequence[StepRow]
    kept: Sequence[tuple[Path, str]]
    changed: Sequence[tuple[Path, str]] = ()
    unseen: Sequence[str] = ()

    @property
    def size(self) -> int:
        """How many objects are deleted or changed."""
        return len(self.removals) + len(self.cascaded) + len(self.restorations)

    def counts(self) -> dict[State, int]:
        """How many objects would end in each state."""
        return {"would": self.size, "kept": len(self.kept) + len(self.changed)}


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
    for run in journal.rows.runs(journal.workspace, limit=SEARCHED):
        if run.kind != "undo" and not run.outcome.startswith(UNDONE):
            yield run


def desired(run: Run) -> Tree:
    """What the run was to make: the part of the workspace that undoing it is about."""
    return {step.path: step.want for step in Plan.from_dict(run.plan).steps}


def plan(
    run: Run,
    session: Session,
    journal: Journal,
    have: Tree,
    *,
    also: Collection[str] = (),
    automated: Automated = NOT_AUTOMATED,
) -> UndoPlan:
    """Find out what can be undone. Reads each object that would be removed; writes nothing.

    `also`: the paths (as `show` prints them, with or without the kind) of what is removed though
    people changed it, with all that is in it. `automated` knows what automations wrote.

    Raises:
        InputError: one of these paths is not among what the run made.
    """
    learn_journal(session, journal)
    rows = [row for row in reversed(journal.rows.steps(run.id)) if row.outcome == DONE]
    created = [row for row in rows if row.action == "create"]
    removable = [*created, *_came_along(rows, set(map(_path, created)))]
    named = _named(also, removable)
    retained = _used_by_later_runs(journal, run, created)
    looking = Looking(session, journal, run, removable, automated)
    changed = looking.changed(retained)
    theirs = {path: why for path, why in changed.items() if not _is_within(path, named)}
    blocked = {path[:end] for path in (*retained, *theirs) for end in range(1, len(path) + 1)}
    free = [row for row in created if _path(row) not in blocked | looking.gone]
    removed = {_path(row) for row in free}
    updates = [row for row in rows if row.action == "update" and _path(row) not in removed]
    unchanged, moved = _unchanged(updates, have)
    return UndoPlan(
        run,
        [row for row in free if not _is_cascaded(row, removed)],
        [row for row in free if _is_cascaded(row, removed)],
        unchanged,
        [*retained.items(), *moved],
        [*theirs.items()],
        (*contents.UNSEEN, *sorted(session.unseen)) if any(map(_is_place, free)) else (),
    )


def _came_along(rows: Iterable[StepRow], created: set[Path]) -> Iterator[StepRow]:
    """What ClickUp templates brought with the places that the run made: it is deleted with them."""
    return (row for row in rows if row.action == "adopt" and _is_cascaded(row, created))


def _named(also: Collection[str], rows: Iterable[StepRow]) -> set[Path]:
    by_spelling = {text: path for path in map(_path, rows) for text in spellings(path)}
    unknown = [spelling for spelling in also if fold_name(spelling) not in by_spelling]
    if unknown:
        raise InputError(
            f"the run did not make {', '.join(unknown)}",
            hint='Write the path as it is listed, for example --also "ML / Intake".',
        )
    return {by_spelling[fold_name(spelling)] for spelling in also}


def _is_within(path: Path, named: Collection[Path]) -> bool:
    return any(path[:end] in named for end in range(1, len(path) + 1))


def undo(plan: UndoPlan, session: Session, journal: Journal) -> Undone:
    """Execute the plan of an undo."""
    learn_journal(session, journal)
    writing = journal.begin("undo", plan.run.template, {"undoes": plan.run.id})
    undone = Undone(writing.run_id, kept=[*plan.kept, *plan.changed], unseen=plan.unseen)
    undo_run = _UndoRun(session, writing, undone)
    for row in plan.restorations:
        undo_run.restore(row)
    for row in plan.removals:
        undo_run.remove(row)
    removed = set(undone.removed)
    undone.removed += [path for path in map(_path, plan.cascaded) if _is_within(path[:-1], removed)]
    adopted = [row for row in journal.rows.steps(plan.run.id) if row.action == "adopt"]
    journal.forget([*undone.removed, *map(_path, adopted)])
    writing.finish()
    journal.rows.finish(plan.run.id, f"{UNDONE} by run {writing.run_id}", journal.now_ms())
    return undone


def _used_by_later_runs(journal: Journal, run: Run, created: Iterable[StepRow]) -> dict[Path, str]:
    """What later runs found there already, by their plans: they depend on it."""
    by_path: dict[Path, Run] = {}
    for later_run in _not_undone(journal):
        if later_run.id > run.id:
            steps = Plan.from_dict(later_run.plan).steps
            by_path |= {fold(step.path): later_run for step in steps if step.have is not None}
    return {
        path: f"run {by.id} of {by.template} depends on it: undo that run first"
        for path in map(_path, created)
        if (by := by_path.get(fold(path)))
    }


def _is_cascaded(row: StepRow, removed: set[Path]) -> bool:
    path = path_of(row.path)
    if path[-1][0] in FREE_STANDING:
        return False
    return any(path[:end] in removed for end in range(1, len(path)))


def _unchanged(rows: Iterable[StepRow], have: Tree) -> tuple[list[StepRow], list[tuple[Path, str]]]:
    live = {node.id: node for node in have.values()}
    unchanged: list[StepRow] = []
    moved: list[tuple[Path, str]] = []
    for row in rows:
        node = live.get(row.object_id)
        if node is not None and _is_as_left(node, row.after):
            unchanged.append(row)
        else:
            moved.append((path_of(row.path), "it was changed in ClickUp since"))
    return unchanged, moved


def _is_as_left(node: Node, attributes: Attributes) -> bool:
    fields = {deferred.VALUE + name: v for name, v in (node.attributes.get("fields") or {}).items()}
    values = {**node.attributes, **fields, "name": node.path[-1][1]}
    return all(values.get(name) == value for name, value in attributes.items())


@dataclass(frozen=True, slots=True)
class _Inverse:
    """A step of a run that is undone: its object is removed, or gets its former values."""

    operation: Literal["remove", "restore"]
    row: StepRow

    @property
    def path(self) -> Path:
        """Of the object."""
        return _path(self.row)


class _RunJournal:
    """The steps of the undo, which is a run of its own."""

    def __init__(self, writing: Writing) -> None:
        self._writing, self._numbers = writing, dict[Path, int]()

    def begin(self, step: _Inverse) -> None:
        """Record it before its call."""
        row, after = step.row, step.row.before if step.operation == "restore" else None
        self._numbers[step.path] = self._writing.begin(
            step.operation, step.path, row.after, after, row.object_id
        )

    def undone(self, step: _Inverse) -> None:
        """Close it."""
        self._writing.closed(self._numbers[step.path], DONE)

    def failed(self, step: _Inverse, failure: Failure) -> None:
        """Close it with the reason."""
        number = self._numbers[step.path]
        if failure.kind == "refused":
            self._writing.closed(number, f"impossible: {failure.reason}")
        else:
            self._writing.failed(number, failure.reason)


class _UndoRun:
    """The undo while it runs: each change is recorded, tried and closed."""

    def __init__(self, session: Session, writing: Writing, undone: Undone) -> None:
        self._session, self._undone = session, undone
        self._engine = UndoEngine(_RunJournal(writing), self._write, _explain)

    def restore(self, row: StepRow) -> None:
        """Give an object its former values."""
        self._perform(_Inverse("restore", row), self._undone.restored)

    def remove(self, row: StepRow) -> None:
        """Delete an object."""
        self._perform(_Inverse("remove", row), self._undone.removed)

    def _perform(self, step: _Inverse, paths: list[Path]) -> None:
        outcome = self._engine.perform(step)
        if outcome.state == "undone":
            paths.append(step.path)
        else:
            self._undone.impossible.append((step.path, outcome.why))

    def _write(self, step: _Inverse) -> None:
        path, row = step.path, step.row
        if step.operation == "remove":
            _resource(path).remove(self._session, path, row.object_id)
            return
        changes = {name: (row.after[name], old) for name, old in row.before.items()}
        node = Node(path, row.before, row.object_id)
        update = Step("update", path, node, node, "undo", changes, 1, "api")
        _resource(path).update(self._session, update, row.object_id)


def _explain(problem: Exception) -> Failure | None:
    if isinstance(problem, NotFound):
        return GONE
    if isinstance(problem, (Impossible, InputError)):
        return Failure("refused", str(problem))
    return Failure("fatal", str(problem)) if isinstance(problem, ApiError) else None


def _is_place(row: StepRow) -> bool:
    return _path(row)[-1][0] in ("space", "folder", "list")


def _resource(path: Path) -> Resource:
    return resources()[path[-1][0]]


def _path(row: StepRow) -> Path:
    return path_of(row.path)
