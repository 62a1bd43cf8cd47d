"""Apply a plan exactly: step by step, journalled, safe to interrupt at any call.

A crash leaves at most one step open in the journal. `recover` closes it by reading what is there;
then a new plan holds what is left. A create without an answer is resolved the same way at once:
the container is read again, and only what is not there is created again.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from clickup_mlops.errors import ApiError, Forbidden, RetryableApiError, UncertainWrite
from clickup_mlops.features.provisioning.apply.journal import Journal, Writing
from clickup_mlops.features.provisioning.apply.resources import (
    Copied,
    NotAllowed,
    Resource,
    resources,
)
from clickup_mlops.features.provisioning.apply.resources import task as starters
from clickup_mlops.features.provisioning.apply.session import Session
from clickup_mlops.features.provisioning.plan import cost, deferred, preflight, safety
from clickup_mlops.features.provisioning.plan.model import Plan, Step
from clickup_mlops.features.provisioning.tree import JsonTable, Path, show

TRIES: Final = 3
"""How often an object is created that is not there after an unanswered call."""
GRACE_S: Final = 1.0
"""Seconds until an unanswered call has certainly ended in ClickUp; reading then decides."""

Progress = Callable[[Step, int, int], None]
"""Called before each step: the step, how many are done, how many there are."""


@dataclass
class Applied:
    """What an apply did. `calls` were used; the plan says how many were expected. Some of
    the `manual` steps are so because ClickUp `refused` them.
    """

    run_id: int
    done: list[Step] = field(default_factory=list)
    manual: list[Step] = field(default_factory=list)
    refused: list[Step] = field(default_factory=list)
    calls: int = 0

    def count(self, step: Step, refused: Step | None) -> None:
        """Count a step that was executed, or that came back refused."""
        if refused is None:
            self.done.append(step)
            return
        self.refused.append(refused)
        self.manual.append(refused)

    @property
    def wrote(self) -> bool:
        """Whether anything was written into ClickUp."""
        return any(step.operation != "adopt" for step in self.done)


def no_progress(step: Step, completed: int, total: int) -> None:
    """The progress callback that does nothing."""


def apply(
    plan: Plan,
    session: Session,
    journal: Journal,
    *,
    max_changes: int | None = None,
    kind: str = "apply",
    progress: Progress = no_progress,
) -> Applied:
    """Make the planned changes. A second apply of the same template changes nothing.

    `allowed` is the number of existing objects that may be changed if that is a large part of them.

    Raises:
        Blocked: the plan has problems; nothing was written.
        UnsafePlan: too much would change; nothing was written.
        ApiError: ClickUp refused a step. What was done stays and is in the journal; apply again.
    """
    preflight.check(plan)
    safety.check(safety.of(plan), max_changes)
    learn_plan(session, plan)
    journal.notice(plan)
    work = [step for step in plan.work if step.operation != "manual"]
    manual = [step for step in plan.work if step.operation == "manual"]
    if not work:
        return Applied(0, manual=manual)
    run = journal.begin(kind, plan.template, plan.to_dict())
    applied, before = Applied(run.run_id, manual=manual), session.clickup.calls
    for number, step in enumerate(work):
        progress(step, number, len(work))
        applied.count(step, _execute(_Execution(session, run, step), applied))
    run.left_over(dict(_leftovers(applied.done, session)))
    run.finish()
    applied.calls = session.clickup.calls - before
    return applied


def _leftovers(completed: Iterable[Step], session: Session) -> Iterator[tuple[Path, str]]:
    """Tasks in new Lists that came with a ClickUp template, such as those of another instance."""
    known_ids = set(session.ids.values())
    for step in completed:
        if step.operation == "create" and step.path[-1][0] == "list" and cost.is_copied(step.how):
            for task in starters.there(session, session.id(step.path)):
                if task.id not in known_ids and task.parent_id is None:
                    yield (*step.path, ("task", task.name)), task.id


def _execute(execution: "_Execution", applied: Applied) -> Step | None:
    try:
        return execution.execute()
    except Forbidden as problem:
        if applied.wrote:
            raise
        raise _forbidden(execution.step) from problem


def _forbidden(step: Step) -> preflight.Blocked:
    """No call shows beforehand whether a member may make Spaces: the first write does."""
    return preflight.Blocked(
        f"the token may not {step.operation} {show(step.path)}; nothing was written",
        hint="Use the token of a user who may do that in ClickUp itself: a view-only member "
        "may not, and a custom role may be narrower than the role it is based on.",
    )


def learn_plan(session: Session, plan: Plan) -> None:
    """Give the session the ids of everything that the plan found."""
    for step in plan.steps:
        if step.have is not None and step.have.id is not None:
            session.learn(step.path, step.have.id)


class _Execution:
    """One step while it is executed."""

    def __init__(self, session: Session, run: Writing, step: Step) -> None:
        self.session, self.run, self.step = session, run, _without_missing(step, session)
        self.resource: Resource = resources()[step.path[-1][0]]
        self.exists = step.have is not None

    def execute(self) -> Step | None:
        """Record, call, close. Returns the step as a manual one if ClickUp refuses it."""
        # Before it is recorded: what is open in the journal is what may have been created.
        self.step = self._adopted_copy()
        after = dict(self.step.want.attributes)
        number = self._record(after)
        try:
            object_id = self._call(number)
        except NotAllowed as problem:
            self.run.refused(number, self.step.path, problem.refused)
            self.session.mark_missing(self.step.path)
            why = f"the undocumented call is refused: {problem.refused.reason}"
            return replace(self.step, operation="manual", why=why, calls=0, how=f"manual: {why}")
        except ApiError as problem:
            self._refused(number, problem)
            raise
        self.run.done(number, self.step.path, object_id, after)
        return None

    def _record(self, after: JsonTable) -> int:
        step, have = self.step, self.step.have
        object_id = have.id if have else None
        if step.operation == "update":
            # What undo needs: only what is changed, and what it was before.
            before = {name: old for name, (old, _) in step.changes.items()}
            after = {name: new for name, (_, new) in step.changes.items()}
            return self.run.begin(step.operation, step.path, before, after, object_id)
        return self.run.begin(step.operation, step.path, None, after, object_id)

    def _call(self, number: int) -> str:
        have = self.step.have
        if have is None:
            return self._create(number)
        object_id = have.id or ""
        if self.step.operation == "update":
            self.resource.update(self.session, self.step, object_id)
        return object_id

    def _create(self, number: int) -> str:
        object_id = create_once(self.resource, self.session, self.step)
        self.run.made(number, object_id)
        self.exists = True
        self.session.learn(self.step.path, object_id)
        complete(self.resource, self.session, self.step, object_id)
        return object_id

    def _adopted_copy(self) -> Step:
        """The step; without a creation if its place's ClickUp template brought the object along."""
        step = self.step
        if not step.how.startswith(cost.UNLESS_COPIED) or not isinstance(self.resource, Copied):
            return step
        object_id = self.resource.copied(self.session, step)
        if object_id is None:
            return step
        self.session.learn(step.path, object_id)
        return replace(step, operation="adopt", have=replace(step.want, id=object_id))

    def _refused(self, number: int, problem: ApiError) -> None:
        # The outcome of a broken connection is unknown, and a new object may lack parts: `recover`
        # resolves both.
        unknown = isinstance(problem, UncertainWrite | RetryableApiError)
        if not unknown and not (self.exists and self.step.have is None):
            self.run.failed(number, str(problem))
            self.run.finish(f"failed at {show(self.step.path)}: {problem}")


def _without_missing(step: Step, session: Session) -> Step:
    """A starter task without values of the fields that ClickUp has just refused to make."""
    missing = session.missing(step.path)
    if step.path[-1][0] != "task" or not missing:
        return step
    want = replace(step.want, attributes=deferred.without(step.want.attributes, missing))
    return replace(step, want=want)


def create_once(resource: Resource, session: Session, step: Step) -> str:
    """Create it; without an answer, check whether it is there before trying again.

    Raises:
        UncertainWrite: no answer, again and again.
    """
    for _ in range(TRIES - 1):
        try:
            return resource.create(session, step)
        except UncertainWrite:
            session.sleep(GRACE_S)
            if object_id := resource.find(session, step.path):
                return object_id
    return resource.create(session, step)


def complete(
    resource: Resource, session: Session, step: Step, object_id: str, *, fresh: bool = True
) -> None:
    """Add what belongs to a new object; without an answer, read what is there and go on.

    Raises:
        UncertainWrite: no answer, again and again.
    """
    for _ in range(TRIES - 1):
        try:
            return resource.complete(session, step, object_id, fresh=fresh)
        except UncertainWrite:
            session.sleep(GRACE_S)
            fresh = False
    return resource.complete(session, step, object_id, fresh=fresh)
