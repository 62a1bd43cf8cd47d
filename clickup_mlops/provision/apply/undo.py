"""Take back an apply: what it made is removed, what it changed is restored, newest first.

What people put something into since is left alone, with everything that it sits in, unless that is
asked for; so is what a later run found there and counts on, as templates share a space, until that
run is undone. What ClickUp's API cannot take back is listed. The undo is a journalled run itself,
and after a crash it can simply be asked for again.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from clickup_mlops.errors import ApiError, InputError, NotFound
from clickup_mlops.provision.apply.journal import Journal, Writing, path_of
from clickup_mlops.provision.apply.recover import remind
from clickup_mlops.provision.apply.session import Site
from clickup_mlops.provision.apply.steps import Impossible, Maker, makers
from clickup_mlops.provision.plan import deferred, safety
from clickup_mlops.provision.plan.model import Plan, Step
from clickup_mlops.provision.tree import Kind, Node, Path, Tree, fold
from clickup_mlops.store.tables.provisions import DONE, Run, StepRow

FREE_STANDING: Final[frozenset[Kind]] = frozenset({"channel", "webhook", "policy"})
"""Kinds that do not vanish with the place that their path is in."""
UNDONE: Final = "undone"
RUNS: Final = 1_000
"""Newest runs that are looked through."""
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
class Way:
    """What an undo is going to do: removals without what vanishes with them, and restorations."""

    run: Run
    removals: Sequence[StepRow]
    vanishing: Sequence[StepRow]
    restorations: Sequence[StepRow]
    kept: Sequence[tuple[Path, str]]

    @property
    def size(self) -> int:
        """How many objects are deleted or changed."""
        return len(self.removals) + len(self.vanishing) + len(self.restorations)


def newest(journal: Journal, run_id: int | None = None) -> Run:
    """The run to undo: by number, else the newest that was not undone.

    Raises:
        InputError: there is none, or that number is no run that can be undone.
    """
    if run_id is not None:
        return _numbered(journal, run_id)
    run = next(_standing(journal), None)
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


def _standing(journal: Journal) -> Iterator[Run]:
    """The runs that were not undone, newest first."""
    for run in journal.rows.runs(journal.workspace, limit=RUNS):
        if run.kind != "undo" and not run.outcome.startswith(UNDONE):
            yield run


def want(run: Run) -> Tree:
    """What the run wanted: the part of the workspace that undoing it is about."""
    return {step.path: step.want for step in Plan.from_dict(run.plan).steps}


def look(run: Run, site: Site, journal: Journal, have: Tree, *, content_too: bool = False) -> Way:
    """Find out what can be taken back. Reads each object that would be removed; writes nothing.

    `content_too`: also remove what people put content into.
    """
    remind(site, journal)
    rows = [row for row in reversed(journal.rows.steps(run.id)) if row.outcome == DONE]
    made = [row for row in rows if row.action == "create"]
    signs = _counted_on(journal, run, made)
    if not content_too:
        signs |= _signs(site, [row for row in made if path_of(row.path) not in signs])
    blocked = {path[:end] for path in signs for end in range(1, len(path) + 1)}
    free = [row for row in made if path_of(row.path) not in blocked]
    going = {path_of(row.path) for row in free}
    changed = [row for row in rows if row.action == "update" and path_of(row.path) not in going]
    same, moved = _still_ours(changed, have)
    return Way(
        run,
        [row for row in free if not _goes_with(row, going)],
        [row for row in free if _goes_with(row, going)],
        same,
        [*signs.items(), *moved],
    )


def undo(way: Way, site: Site, journal: Journal, *, allowed: int | None = None) -> Undone:
    """Do it.

    Raises:
        UnsafePlan: a large part of what is known would be deleted or changed, and `allowed` is
            not its number; nothing was written.
    """
    remind(site, journal)
    safety.check(safety.Radius(way.size, max(way.size, len(site.ids))), allowed)
    writing = journal.begin("undo", way.run.template, {"undoes": way.run.id})
    undone = Undone(writing.run_id, kept=list(way.kept))
    doing = _Undoing(site, writing, undone)
    for row in way.restorations:
        doing.restore(row)
    for row in way.removals:
        doing.remove(row)
    gone = set(undone.removed)
    undone.removed += [
        path
        for path in map(_path, way.vanishing)
        if any(path[:n] in gone for n in range(len(path)))
    ]
    adopted = [row for row in journal.rows.steps(way.run.id) if row.action == "adopt"]
    journal.forget([*undone.removed, *map(_path, adopted)])
    writing.finish()
    journal.rows.finish(way.run.id, f"{UNDONE} by run {writing.run_id}", journal.now_ms())
    return undone


def _counted_on(journal: Journal, run: Run, made: Iterable[StepRow]) -> dict[Path, str]:
    """What later runs found there already, as they said in their plans: it is theirs as well."""
    found: dict[Path, Run] = {}
    for other in _standing(journal):
        if other.id > run.id:
            steps = Plan.from_dict(other.plan).steps
            found |= {fold(step.path): other for step in steps if step.have is not None}
    return {
        path: f"run {by.id} of {by.template} counts on it: undo that one first"
        for path in map(_path, made)
        if (by := found.get(fold(path)))
    }


def _signs(site: Site, made: Iterable[StepRow]) -> dict[Path, str]:
    """What people put into each object; objects that are gone have no sign."""
    signs = {}
    for row in made:
        path = path_of(row.path)
        try:
            sign = _maker(path).touched(site, path, row.object_id, row.after)
        except (NotFound, InputError):
            continue  # it, or the place that it was in, went with an earlier undo
        if sign:
            signs[path] = f"people put something into it: {sign}"
    return signs


def _goes_with(row: StepRow, going: set[Path]) -> bool:
    path = path_of(row.path)
    if path[-1][0] in FREE_STANDING:
        return False
    return any(path[:end] in going for end in range(1, len(path)))


def _still_ours(
    rows: Iterable[StepRow], have: Tree
) -> tuple[list[StepRow], list[tuple[Path, str]]]:
    live = {node.id: node for node in have.values()}
    same: list[StepRow] = []
    moved: list[tuple[Path, str]] = []
    for row in rows:
        node = live.get(row.object_id)
        if node is not None and _as_left(node, row.after):
            same.append(row)
        else:
            moved.append((path_of(row.path), "people changed it since"))
    return same, moved


def _as_left(node: Node, left: Mapping[str, Any]) -> bool:
    fields = {deferred.VALUE + name: v for name, v in (node.attributes.get("fields") or {}).items()}
    values = {**node.attributes, **fields, "name": node.path[-1][1]}
    return all(values.get(name) == value for name, value in left.items())


class _Undoing:
    """The undo while it runs: each change is noted, tried and closed."""

    def __init__(self, site: Site, writing: Writing, undone: Undone) -> None:
        self._site, self._writing, self._undone = site, writing, undone

    def restore(self, row: StepRow) -> None:
        """Give an object its former values."""
        path = path_of(row.path)
        changes = {name: (row.after[name], old) for name, old in row.before.items()}
        node = Node(path, row.before, row.object_id)
        step = Step("update", path, node, node, "undo", changes, 1, "api")
        number = self._writing.begin("restore", path, row.after, row.before, row.object_id)
        if self._tried(number, path, lambda: _maker(path).update(self._site, step, row.object_id)):
            self._undone.restored.append(path)

    def remove(self, row: StepRow) -> None:
        """Delete an object."""
        path = path_of(row.path)
        number = self._writing.begin("remove", path, row.after, None, row.object_id)
        if self._tried(number, path, lambda: _maker(path).remove(self._site, path, row.object_id)):
            self._undone.removed.append(path)

    def _tried(self, number: int, path: Path, act: Callable[[], None]) -> bool:
        try:
            act()
        except NotFound:
            pass  # somebody, or an undo that was cut off, was quicker
        except (Impossible, InputError) as problem:
            self._writing.closed(number, f"impossible: {problem}")
            self._undone.impossible.append((path, str(problem)))
            return False
        except ApiError as problem:
            self._writing.failed(number, str(problem))
            raise
        self._writing.closed(number, DONE)
        return True


def _maker(path: Path) -> Maker:
    return makers()[path[-1][0]]


def _path(row: StepRow) -> Path:
    return path_of(row.path)
