"""Is the workspace up to date, manual steps included? Manual steps are completed as soon as ClickUp
shows them; those that no call can see are confirmed by a person.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from clickup_mlops.errors import InputError
from clickup_mlops.features.provisioning.apply.journal import Journal
from clickup_mlops.features.provisioning.plan import messages
from clickup_mlops.features.provisioning.plan.diff import UNSEEN
from clickup_mlops.features.provisioning.plan.model import Plan, Step
from clickup_mlops.features.provisioning.tree import Path, fold_name, show


@dataclass(frozen=True)
class Verification:
    """The manual steps completed since the last apply, those still open, and the drift that `apply`
    corrects.
    """

    completed: tuple[Path, ...]
    manual: tuple[Step, ...]
    drift: tuple[Step, ...]

    @property
    def is_done(self) -> bool:
        """Whether nothing is open."""
        return not self.manual and not self.drift


def verify(plan: Plan, journal: Journal) -> Verification:
    """Compare a new plan with the manual steps of earlier runs."""
    manual = tuple(step for step in plan.work if step.operation == "manual")
    drift = tuple(step for step in plan.work if step.operation != "manual")
    open_ = {step.path for step in plan.work}
    earlier = _manual_steps(journal, plan.template)
    desired_paths = {step.path for step in plan.steps}
    completed = tuple(path for path in earlier if path in desired_paths and path not in open_)
    return Verification(completed, manual, drift)


def confirm(plan: Plan, journal: Journal, names: Iterable[str]) -> list[Path]:
    """Record a person's confirmation that these automations or dashboards exist, or that these
    tasks, which came with a ClickUp template, stay.

    Raises:
        InputError: a name is not one of those that no call can see; lists them.
    """
    leftovers = [step.path for step in plan.steps if step.why == messages.LEFTOVER]
    unseen = [step.path for step in plan.steps if step.path[-1][0] in UNSEEN]
    confirmed = [path for name in names for path in _find_by_name(name, [*unseen, *leftovers])]
    journal.confirm(plan.template, [path for path in confirmed if path in unseen])
    journal.forget([path for path in confirmed if path in leftovers])
    return confirmed


def _find_by_name(name: str, unseen: list[Path]) -> list[Path]:
    matches = [path for path in unseen if fold_name(path[-1][1]) == fold_name(name)]
    if not matches:
        listed = ", ".join(show(path) for path in unseen) or "none"
        raise InputError(f'"{name}" is not a step to confirm', hint=f"Steps to confirm: {listed}.")
    return matches


def _manual_steps(journal: Journal, template: str) -> list[Path]:
    """The manual steps of this template's runs, each once."""
    runs = journal.rows.runs(journal.workspace, limit=100)
    plans = [
        Plan.from_dict(run.plan)
        for run in runs
        if run.template == template and run.kind in ("apply", "adopt")
    ]
    steps = [step for plan in reversed(plans) for step in plan.steps]
    return list(dict.fromkeys(step.path for step in steps if step.operation == "manual"))
