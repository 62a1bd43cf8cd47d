"""Looks at what a run made, before it is undone: what is gone, and what people changed."""

from collections.abc import Callable, Iterable

from clickup_mlops.errors import InputError, NotFound
from clickup_mlops.provision.apply.journal import SEARCHED, Journal, path_of
from clickup_mlops.provision.apply.left import Left, Own
from clickup_mlops.provision.apply.resources import resources
from clickup_mlops.provision.apply.session import Session
from clickup_mlops.provision.plan.model import Plan
from clickup_mlops.provision.tree import Path, fold
from clickup_mlops.store.tables.provisions import Run, StepRow

Automated = Callable[[str], Own]
"""What automations wrote to an object, by its id."""


class Looking:
    """Looks at the objects that a run made, to see what people did to them since."""

    def __init__(self, session: Session, journal: Journal, run: Run, own: Automated) -> None:
        self._session, self._own = session, own
        self._latest = {one.object_id: one for one in journal.remembered().values()}
        self._written_ms = _last_writes(journal, run)
        self._ended_ms = run.finished_ms or run.begun_ms
        self._wanted = frozenset(fold(one.path) for one in Plan.from_dict(run.plan).steps)
        self.gone: set[Path] = set()

    def changed(self, made: Iterable[StepRow]) -> dict[Path, str]:
        """What people did to each; notes what is `gone`."""
        found: dict[Path, str] = {}
        rows = list(made)
        for row in rows:  # an earlier undo forgot them
            self._session.learn(path_of(row.path), row.object_id)
        for row in rows:
            path, signs = path_of(row.path), self._signs(row)
            if signs is None:
                self.gone.add(path)
            elif signs:
                found[path] = f"people changed it since: {signs}"
        return found

    def _signs(self, row: StepRow) -> str | None:
        path = path_of(row.path)
        latest = self._latest.get(row.object_id)
        attributes = latest.desired if latest else row.after
        written_ms = max(self._ended_ms, self._written_ms.get(row.object_id, 0))
        left = Left(
            attributes,
            row.begun_ms,
            written_ms,
            self._wanted,
            self._own(row.object_id),
            came_along=row.action == "adopt",
        )
        try:
            return resources()[path[-1][0]].touched(self._session, path, row.object_id, left)
        except (NotFound, InputError):
            return None  # it, or its place, was removed by a person or an earlier undo


def _last_writes(journal: Journal, run: Run) -> dict[str, int]:
    """When later runs last wrote to each object."""
    later = [one for one in journal.rows.runs(journal.workspace, limit=SEARCHED) if one.id > run.id]
    rows = [row for one in later for row in journal.rows.steps(one.id)]
    return {row.object_id: row.finished_ms or row.begun_ms for row in sorted(rows, key=_number)}


def _number(row: StepRow) -> int:
    return row.id
