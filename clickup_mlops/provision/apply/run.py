"""Carry out a plan exactly: step by step, journalled, stoppable at any call.

A crash leaves at most one step open in the journal. `settle` closes it by looking at what is there;
then a new plan holds what is left. A create without an answer is settled the same way at once:
the container is read again, and only what is not there is made again.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

from clickup_mlops.errors import ApiError, Forbidden, RetryableApiError, UncertainWrite
from clickup_mlops.provision.apply.journal import Journal, Writing
from clickup_mlops.provision.apply.session import Site
from clickup_mlops.provision.apply.steps import Maker, NotAllowed, Rides, makers
from clickup_mlops.provision.plan import cost, deferred, preflight, safety
from clickup_mlops.provision.plan.model import Plan, Step
from clickup_mlops.provision.tree import show

TRIES: Final = 3
"""How often an object is made that is not there after an unanswered call."""
SETTLE_S: Final = 1.0
"""Seconds until an unanswered call has certainly ended on ClickUp's side; then the look counts."""

Progress = Callable[[Step, int, int], None]
"""Called before each step: the step, how many are done, how many there are."""


@dataclass
class Applied:
    """What an apply did. `calls` were used; the plan says how many were meant to be. Of the
    `manual` steps some are so because ClickUp `refused` them.
    """

    run_id: int
    done: list[Step] = field(default_factory=list)
    manual: list[Step] = field(default_factory=list)
    refused: list[Step] = field(default_factory=list)
    calls: int = 0

    def note(self, step: Step, refused: Step | None) -> None:
        """A step was carried out, or came back refused."""
        if refused is None:
            self.done.append(step)
            return
        self.refused.append(refused)
        self.manual.append(refused)

    @property
    def wrote(self) -> bool:
        """Whether anything was written into ClickUp."""
        return any(step.action != "adopt" for step in self.done)


def quiet(step: Step, done: int, total: int) -> None:
    """Progress for nobody."""


def apply(
    plan: Plan,
    site: Site,
    journal: Journal,
    *,
    allowed: int | None = None,
    kind: str = "apply",
    progress: Progress = quiet,
) -> Applied:
    """Make the workspace as planned. A second apply of the same template does nothing.

    `allowed` is the number of existing objects that may be changed if that is a large part of them.

    Raises:
        Blocked: the plan has problems; nothing was written.
        UnsafePlan: too much would change; nothing was written.
        ApiError: ClickUp refused a step. What was done stays and is in the journal; apply again.
    """
    preflight.check(plan)
    safety.check(safety.of(plan), allowed)
    know(site, plan)
    work = [step for step in plan.work if step.action != "manual"]
    manual = [step for step in plan.work if step.action == "manual"]
    if not work:
        return Applied(0, manual=manual)
    run = journal.begin(kind, plan.template, plan.to_dict())
    applied, before = Applied(run.run_id, manual=manual), site.clickup.calls
    for number, step in enumerate(work):
        progress(step, number, len(work))
        applied.note(step, _tried(_Doing(site, run, step), applied))
    run.finish()
    applied.calls = site.clickup.calls - before
    return applied


def _tried(doing: "_Doing", applied: Applied) -> Step | None:
    try:
        return doing.carry_out()
    except Forbidden as problem:
        if applied.wrote:
            raise
        raise _not_at_all(doing.step) from problem


def _not_at_all(step: Step) -> preflight.Blocked:
    """No call tells beforehand whether a member may make Spaces: the first write does."""
    return preflight.Blocked(
        f"the token may not {step.action} {show(step.path)}; nothing was written",
        hint="Use the token of somebody who may do that in ClickUp's own pages: a view-only member "
        "may not, and a custom role may be narrower than the one that it was made from.",
    )


def know(site: Site, plan: Plan) -> None:
    """Tell the site the ids of everything that the plan found."""
    for step in plan.steps:
        if step.have is not None and step.have.id is not None:
            site.learn(step.path, step.have.id)


class _Doing:
    """One step while it is carried out."""

    def __init__(self, site: Site, run: Writing, step: Step) -> None:
        self.site, self.run, self.step = site, run, _without_refused(step, site)
        self.maker: Maker = makers()[step.path[-1][0]]
        self.exists = step.have is not None

    def carry_out(self) -> Step | None:
        """Note it, do it, close it. A step comes back if ClickUp does not let us: a person must."""
        # Before it is noted: what is open in the journal is what may have been created.
        self.step = self._adopted_copy()
        after = dict(self.step.want.attributes)
        number = self._noted(after)
        try:
            object_id = self._do(number)
        except NotAllowed as problem:
            self.run.refused(number, self.step.path, problem.refused)
            self.site.lacks(self.step.path)
            why = f"the undocumented call is refused: {problem.refused.reason}"
            return replace(self.step, action="manual", why=why, calls=0, how=f"manual: {why}")
        except ApiError as problem:
            self._refused(number, problem)
            raise
        self.run.done(number, self.step.path, object_id, after)
        return None

    def _noted(self, after: dict[str, Any]) -> int:
        step, have = self.step, self.step.have
        if step.action == "update":
            # What undo needs: only what is changed, and what it was before.
            before = {name: old for name, (old, _) in step.changes.items()}
            after = {name: new for name, (_, new) in step.changes.items()}
            return self.run.begin(step.action, step.path, before, after, have.id if have else None)
        return self.run.begin(step.action, step.path, None, after, have.id if have else None)

    def _do(self, number: int) -> str:
        have = self.step.have
        if have is None:
            return self._create(number)
        object_id = have.id or ""
        if self.step.action == "update":
            self.maker.update(self.site, self.step, object_id)
        return object_id

    def _create(self, number: int) -> str:
        object_id = make_once(self.maker, self.site, self.step)
        self.run.made(number, object_id)
        self.exists = True
        self.site.learn(self.step.path, object_id)
        complete(self.maker, self.site, self.step, object_id)
        return object_id

    def _adopted_copy(self) -> Step:
        """The step; without a creation if its place's ClickUp template brought the object along."""
        step = self.step
        if not step.how.startswith(cost.UNLESS_COPIED) or not isinstance(self.maker, Rides):
            return step
        object_id = self.maker.copied(self.site, step)
        if object_id is None:
            return step
        self.site.learn(step.path, object_id)
        return replace(step, action="adopt", have=replace(step.want, id=object_id))

    def _refused(self, number: int, problem: ApiError) -> None:
        # After a broken line nobody knows, and a new object may lack parts: both are for `settle`.
        unknown = isinstance(problem, UncertainWrite | RetryableApiError)
        if not unknown and not (self.exists and self.step.have is None):
            self.run.failed(number, str(problem))
            self.run.finish(f"stopped at {show(self.step.path)}: {problem}")


def _without_refused(step: Step, site: Site) -> Step:
    """A starter task without values of the fields that ClickUp has just refused to make."""
    lacking = site.lacking(step.path)
    if step.path[-1][0] != "task" or not lacking:
        return step
    want = replace(step.want, attributes=deferred.without(step.want.attributes, lacking))
    return replace(step, want=want)


def make_once(maker: Maker, site: Site, step: Step) -> str:
    """Create it; without an answer, look whether it is there before doing it again.

    Raises:
        UncertainWrite: no answer, again and again.
    """
    for _ in range(TRIES - 1):
        try:
            return maker.create(site, step)
        except UncertainWrite:
            site.sleep(SETTLE_S)
            if found := maker.find(site, step.path):
                return found
    return maker.create(site, step)


def complete(maker: Maker, site: Site, step: Step, object_id: str, *, fresh: bool = True) -> None:
    """Add what belongs to a new object; without an answer, look what is there and go on.

    Raises:
        UncertainWrite: no answer, again and again.
    """
    for _ in range(TRIES - 1):
        try:
            return maker.complete(site, step, object_id, fresh=fresh)
        except UncertainWrite:
            site.sleep(SETTLE_S)
            fresh = False
    return maker.complete(site, step, object_id, fresh=fresh)
