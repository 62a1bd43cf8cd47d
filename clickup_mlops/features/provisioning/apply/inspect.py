"""Looks at what a run made, before it is undone: what is gone, and what people changed."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

from clickup_mlops.errors import InputError, NotFound
from clickup_mlops.features.provisioning.apply.created_objects import Left, Own, no_own
from clickup_mlops.features.provisioning.apply.journal import SEARCHED, Journal, path_of
from clickup_mlops.features.provisioning.apply.resources import resources
from clickup_mlops.features.provisioning.apply.session import Session
from clickup_mlops.features.provisioning.plan.cost import is_copied
from clickup_mlops.features.provisioning.plan.model import Plan
from clickup_mlops.features.provisioning.tables.provisions import Run, StepRow
from clickup_mlops.features.provisioning.tree import Path, fold, fold_name

FILLED_MS: Final = 60_000
"""A new place has its standard views after this time at the latest."""


@dataclass(frozen=True, slots=True)
class Automated:
    """What automations did: what they wrote to a task (by its id), whether they added a tag, and
    the ids of Docs that the bot wrote.
    """

    own: Callable[[str], Own] = no_own
    is_tag: Callable[[str], bool] = lambda _name: False
    docs: frozenset[str] = frozenset()


class Looking:
    """Looks at the objects that a run made, to see what people did to them since."""

    def __init__(
        self,
        session: Session,
        journal: Journal,
        run: Run,
        rows: Sequence[StepRow],
        automated: Automated,
    ) -> None:
        self._session, self._automated, self._made = session, automated, rows
        self._latest = {
            remembered.object_id: remembered for remembered in journal.remembered().values()
        }
        self._written_ms = _last_writes(journal, run)
        self._ended_ms = run.finished_ms or run.begun_ms
        steps = Plan.from_dict(run.plan).steps
        self._copied = {step.path for step in steps if is_copied(step.how)}
        desired_paths = {fold(step.path) for step in steps}
        self._by_hand = frozenset(desired_paths - {fold(path_of(row.path)) for row in rows})
        came_along = (row.object_id for row in rows)
        self._runs_made = journal.rows.made_ids(journal.workspace).union(came_along, automated.docs)
        self._tags = {
            fold_name(tag) for step in steps for tag in step.want.attributes.get("tags") or ()
        }
        self.gone: set[Path] = set()

    def changed(self, retained: Collection[Path]) -> dict[Path, str]:
        """What people did to each, without those that are `kept` anyway; notes what is `gone`."""
        reasons: dict[Path, str] = {}
        rows = [row for row in self._made if path_of(row.path) not in retained]
        for row in rows:  # an earlier undo forgot them
            self._session.learn(path_of(row.path), row.object_id)
        for row in rows:
            path, signs = path_of(row.path), self._signs(row)
            if signs is None:
                self.gone.add(path)
            elif signs:
                reasons[path] = f"people changed it since: {signs}"
        return reasons

    def _signs(self, row: StepRow) -> str | None:
        path = path_of(row.path)
        latest = self._latest.get(row.object_id)
        attributes = latest.desired if latest else row.after
        written_ms = max(self._ended_ms, self._written_ms.get(row.object_id, 0))
        left_state = Left(
            attributes,
            row.begun_ms,
            written_ms,
            self._filled_ms(row, path),
            self._by_hand,
            self._runs_made,
            self._automated.own(row.object_id),
            from_template=path in self._copied,
            came_along=row.action == "adopt",
            is_bots_tag=self._is_bots_tag,
        )
        try:
            return resources()[path[-1][0]].touched(self._session, path, row.object_id, left_state)
        except (NotFound, InputError):
            return None  # it, or its place, was removed by a person or an earlier undo

    def _filled_ms(self, row: StepRow, path: Path) -> int:
        """ClickUp fills a copy of a template while the run goes on."""
        if path in self._copied:
            return self._ended_ms
        return min(row.finished_ms or row.begun_ms, row.begun_ms + FILLED_MS)

    def _is_bots_tag(self, name: str) -> bool:
        return fold_name(name) in self._tags or self._automated.is_tag(name)


def _last_writes(journal: Journal, run: Run) -> dict[str, int]:
    """When later runs last wrote to each object."""
    later = [
        later_run
        for later_run in journal.rows.runs(journal.workspace, limit=SEARCHED)
        if later_run.id > run.id
    ]
    rows = [row for later_run in later for row in journal.rows.steps(later_run.id)]
    return {row.object_id: row.finished_ms or row.begun_ms for row in sorted(rows, key=_number)}


def _number(row: StepRow) -> int:
    return row.id
