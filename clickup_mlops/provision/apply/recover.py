"""After a crash: find out what became of the step that was open, before anything is planned."""

from dataclasses import dataclass

from clickup_mlops.errors import NotFound
from clickup_mlops.provision.apply.journal import Journal, Writing, path_of
from clickup_mlops.provision.apply.run import complete
from clickup_mlops.provision.apply.session import Site
from clickup_mlops.provision.apply.steps import makers
from clickup_mlops.provision.plan.model import Step
from clickup_mlops.provision.tree import Node, Path
from clickup_mlops.store.tables.provisions import OPEN, Run, StepRow


@dataclass(frozen=True, slots=True)
class Settled:
    """An open step and what became of it: `made` (and completed now) or `nothing`."""

    path: Path
    action: str
    found: bool


def settle(site: Site, journal: Journal) -> list[Settled]:
    """Close every run that was cut off. Costs no call if there is none."""
    runs = journal.rows.interrupted(journal.workspace)
    if not runs:
        return []
    remind(site, journal)
    return [settled for run in runs for settled in _run(site, journal, run)]


def remind(site: Site, journal: Journal) -> None:
    """Tell the site the ids of everything that earlier runs left."""
    for path, one in journal.remembered().items():
        site.learn(path, one.object_id)


def _run(site: Site, journal: Journal, run: Run) -> list[Settled]:
    writing = Writing(journal, run.id, run.template)
    rows = [row for row in journal.rows.steps(run.id) if row.outcome == OPEN]
    settled = [_step(site, writing, row) for row in rows]
    writing.finish("interrupted; settled later")
    return settled


def _step(site: Site, writing: Writing, row: StepRow) -> Settled:
    path = path_of(row.path)
    if row.action != "create":
        # The next plan compares anyway, and doing it again does no harm.
        writing.closed(row.id, "unknown; planned again")
        return Settled(path, row.action, found=True)
    object_id = _found(site, path, row)
    if object_id is None:
        writing.failed(row.id, "it never happened")
        return Settled(path, row.action, found=False)
    site.learn(path, object_id)
    step = step_of(path, row)
    complete(makers()[path[-1][0]], site, step, object_id, fresh=False)
    writing.done(row.id, path, object_id, row.after)
    return Settled(path, row.action, found=True)


def _found(site: Site, path: Path, row: StepRow) -> str | None:
    try:
        return row.object_id or makers()[path[-1][0]].find(site, path)
    except NotFound:
        return None  # what it was to be made in is gone too


def step_of(path: Path, row: StepRow) -> Step:
    """The planned step again, from the journal."""
    want = Node(path, row.after)
    return Step(
        action="create", path=path, want=want, have=None, why="", changes={}, calls=0, how="api"
    )
