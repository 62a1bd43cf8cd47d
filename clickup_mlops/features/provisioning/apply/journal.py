"""The journal of runs and steps, in terms of plans: what is recorded, and when."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from typing import Final

import orjson

from clickup_mlops.features.provisioning.fields import Refused
from clickup_mlops.features.provisioning.plan import tolerated
from clickup_mlops.features.provisioning.plan.abilities import Known
from clickup_mlops.features.provisioning.plan.model import Plan, Step
from clickup_mlops.features.provisioning.tables.provisions import (
    DONE,
    FAILED,
    Provisions,
    Remembered,
    Run,
    StepRow,
)
from clickup_mlops.features.provisioning.template.instance import Instance
from clickup_mlops.features.provisioning.tree import Attributes, JsonTable, Node, Path, parts_of

_REFUSED: Final = "refused"
"""What is remembered of a field that the undocumented call did not create."""
_LEFTOVER: Final = "leftover"
"""What is remembered of a task that came with a ClickUp template and is not wanted: its id."""

SEARCHED: Final = 1_000
"""Newest runs that are searched."""


class Journal:
    """The journal of what provisioning did in one workspace."""

    def __init__(self, rows: Provisions, workspace: str, now_ms: Callable[[], int]) -> None:
        self.rows, self.workspace, self._now_ms = rows, workspace, now_ms

    def begin(self, kind: str, template: str, plan: JsonTable) -> "Writing":
        """Start a run: `apply`, `adopt` or `undo`."""
        run = Run(self.workspace, template, kind, plan)
        return Writing(self, self.rows.begin(run, self._now_ms()), template)

    def known(self) -> Known:
        """Everything that is known from before."""
        remembered = self._all()
        marks = {path: mark for path, mark in remembered.items() if not mark.object_id}
        return Known(
            {path: mark for path, mark in remembered.items() if mark.object_id},
            frozenset(path for path, mark in marks.items() if not mark.desired),
            {
                path: Refused(**mark.desired[_REFUSED])
                for path, mark in marks.items()
                if _REFUSED in mark.desired
            },
            {p: mark.desired[_LEFTOVER] for p, mark in marks.items() if _LEFTOVER in mark.desired},
        )

    def remembered(self) -> dict[Path, Remembered]:
        """The objects of earlier runs by path."""
        return {
            path: remembered for path, remembered in self._all().items() if remembered.object_id
        }

    def _all(self) -> dict[Path, Remembered]:
        return {
            path_of(text): remembered
            for text, remembered in self.rows.remembered(self.workspace).items()
        }

    def confirm(self, template: str, paths: Iterable[Path]) -> None:
        """A person confirmed that these are done."""
        self.rows.remember(
            Remembered(self.workspace, text_of(path), "", template, {}, 0) for path in paths
        )

    def named(self, template: str, instance: Instance) -> frozenset[Path]:
        """The paths that runs of this instance of a template named, and runs of no other."""
        mine: set[Path] = set()
        other_paths: set[Path] = set()
        for run in self.rows.runs(self.workspace, limit=SEARCHED):
            paths = [_path_of_step(step) for step in run.plan.get("steps", ())]
            values = run.plan.get("instance")
            is_mine = run.template == template and instance.has_made(values, parts_of(paths))
            (mine if is_mine else other_paths).update(paths)
        return frozenset(mine - other_paths)

    def notice(self, plan: Plan) -> None:
        """Remember the fields that people made as a manual step: a rename is then seen as one."""
        remembered = self.remembered()
        self.rows.remember(
            Remembered(self.workspace, text_of(s.path), s.have.id, plan.template, _desired_of(s), 0)
            for s in plan.steps
            if s.operation == "keep" and s.path[-1][0] == "field" and s.path not in remembered
            if s.have is not None and s.have.id
        )

    def manage(self, template: str, want: Node, object_id: str) -> None:
        """From now on this object is what the template wants there."""
        attributes = dict(want.attributes)
        managed = Remembered(self.workspace, text_of(want.path), object_id, template, attributes, 0)
        self.rows.remember([managed])

    def tolerate(self, steps: Iterable[Step]) -> None:
        """Remember the present values of what differs as accepted."""
        remembered = self.remembered()
        self.rows.remember(
            replace(
                remembered[step.path],
                desired=tolerated.accepting(remembered[step.path].desired, step.changes),
            )
            for step in steps
            if step.path in remembered
        )

    def accept(self, plan: Plan) -> None:
        """From now on the plan's template is what people's changes are compared with."""
        remembered = self.remembered()
        self.rows.remember(
            replace(
                remembered[step.path], desired=dict(step.want.attributes), template=plan.template
            )
            for step in plan.steps
            if step.path in remembered
        )

    def forget(self, paths: Iterable[Path]) -> None:
        """Forget which objects these paths mean."""
        self.rows.forget(self.workspace, [text_of(path) for path in paths])

    def now_ms(self) -> int:
        """The time."""
        return self._now_ms()


class Writing:
    """A run in progress."""

    def __init__(self, journal: Journal, run_id: int, template: str) -> None:
        self.journal, self.run_id, self.template = journal, run_id, template

    def begin(
        self,
        operation: str,
        path: Path,
        before: Attributes | None,
        after: Attributes | None,
        object_id: str | None = None,
    ) -> int:
        """Record a step before its first call; its number."""
        row = StepRow(
            self.run_id, text_of(path), operation, _plain(before), _plain(after), object_id or ""
        )
        return self.journal.rows.begin_step(row, self.journal.now_ms())

    def made(self, step: int, object_id: str) -> None:
        """The step's object exists."""
        self.journal.rows.made(step, object_id)

    def done(self, step: int, path: Path, object_id: str, desired: Attributes) -> None:
        """The step is complete; its path means this object."""
        completed = Remembered(
            self.journal.workspace,
            text_of(path),
            object_id,
            self.template,
            _plain(desired),
            self.run_id,
        )
        self.journal.rows.finish_step(step, DONE, self.journal.now_ms(), [completed])

    def refused(self, step: int, path: Path, why: Refused) -> None:
        """ClickUp refused the call; remembered, so that it is tried once."""
        refusal = Remembered(
            self.journal.workspace,
            text_of(path),
            "",
            self.template,
            {_REFUSED: asdict(why)},
            self.run_id,
        )
        now_ms = self.journal.now_ms()
        self.journal.rows.finish_step(step, f"manual: {why.reason}", now_ms, [refusal])

    def left_over(self, task_ids: Mapping[Path, str]) -> None:
        """Remember tasks (ids by path) that came with a ClickUp template and are not wanted."""
        self.journal.rows.remember(
            Remembered(
                self.journal.workspace,
                text_of(path),
                "",
                self.template,
                {_LEFTOVER: object_id},
                self.run_id,
            )
            for path, object_id in task_ids.items()
        )

    def closed(self, step: int, outcome: str) -> None:
        """The step ended and leaves nothing to remember."""
        self.journal.rows.finish_step(step, outcome, self.journal.now_ms())

    def failed(self, step: int, why: str) -> None:
        """The step certainly did not happen."""
        self.closed(step, f"{FAILED}: {why}")

    def finish(self, outcome: str = DONE) -> None:
        """Close the run."""
        self.journal.rows.finish(self.run_id, outcome, self.journal.now_ms())


def text_of(path: Path) -> str:
    """A path as the store keeps it."""
    return orjson.dumps([list(part) for part in path]).decode()


def path_of(text: str) -> Path:
    """The path that `text_of` wrote."""
    return tuple((kind, name) for kind, name in orjson.loads(text))


def _path_of_step(step: JsonTable) -> Path:
    return tuple((kind, name) for kind, name in step["path"])


def _desired_of(step: Step) -> JsonTable:
    return dict(step.want.attributes)


def _plain(value: Attributes | None) -> JsonTable | None:
    return None if value is None else dict(value)
