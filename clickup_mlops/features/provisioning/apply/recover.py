"""After a crash: find out what became of the step that was open, before anything is planned."""

from dataclasses import dataclass

from clickup_mlops.errors import NotFound
from clickup_mlops.features.provisioning.apply.journal import Journal, Writing, path_of
from clickup_mlops.features.provisioning.apply.resources import resources
from clickup_mlops.features.provisioning.apply.run import complete
from clickup_mlops.features.provisioning.apply.session import NotThere, Session
from clickup_mlops.features.provisioning.plan.model import Step
from clickup_mlops.features.provisioning.tables.provisions import OPEN, Run, StepRow
from clickup_mlops.features.provisioning.tree import Node, Path


@dataclass(frozen=True, slots=True)
class Recovered:
    """A step that was open. `found`: its object exists, and is complete now."""

    path: Path
    operation: str
    found: bool


def recover(session: Session, journal: Journal) -> list[Recovered]:
    """Close every run that was interrupted. Costs no call if there is none."""
    runs = journal.rows.interrupted(journal.workspace)
    if not runs:
        return []
    learn_journal(session, journal)
    return [recovered for run in runs for recovered in _run(session, journal, run)]


def learn_journal(session: Session, journal: Journal) -> None:
    """Give the session the ids of everything that earlier runs made or adopted."""
    for path, remembered in journal.remembered().items():
        session.learn(path, remembered.object_id)


def _run(session: Session, journal: Journal, run: Run) -> list[Recovered]:
    writing = Writing(journal, run.id, run.template)
    rows = [row for row in journal.rows.steps(run.id) if row.outcome == OPEN]
    recovered = [_step(session, writing, row) for row in rows]
    writing.finish("interrupted; recovered later")
    return recovered


def _step(session: Session, writing: Writing, row: StepRow) -> Recovered:
    path = path_of(row.path)
    if row.action != "create":
        # The next plan compares anyway, and an update is safe to repeat.
        writing.closed(row.id, "unknown; planned again")
        return Recovered(path, row.action, found=True)
    try:
        object_id = row.object_id or resources()[path[-1][0]].find(session, path)
        if object_id is not None:
            _complete(session, path, row, object_id)
    except (NotFound, NotThere):
        object_id = None  # people deleted it since, or its place
    if object_id is None:
        writing.failed(row.id, "it is not there")
        return Recovered(path, row.action, found=False)
    writing.made(row.id, object_id)  # an undo finds it by the step
    writing.done(row.id, path, object_id, row.after)
    return Recovered(path, row.action, found=True)


def _complete(session: Session, path: Path, row: StepRow, object_id: str) -> None:
    session.learn(path, object_id)
    resource = resources()[path[-1][0]]
    complete(resource, session, step_of(path, row), object_id, fresh=False)


def step_of(path: Path, row: StepRow) -> Step:
    """The planned step again, from the journal."""
    want = Node(path, row.after)
    return Step("create", path, want, None, "", how="api")
