"""Is everything as wanted, what a person had to do included? Manual items are ticked off as soon as
ClickUp shows them; for those that no call can see, a person's word is taken.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from clickup_mlops.errors import InputError
from clickup_mlops.provision.apply.journal import Journal
from clickup_mlops.provision.plan.diff import UNSEEN
from clickup_mlops.provision.plan.model import Plan, Step
from clickup_mlops.provision.tree import Path, fold_name, show


@dataclass(frozen=True)
class Verdict:
    """What a person has done since the last apply, what is still open for a person, and what is
    open for `apply`.
    """

    ticked: tuple[Path, ...]
    manual: tuple[Step, ...]
    drift: tuple[Step, ...]

    @property
    def is_done(self) -> bool:
        """Whether nothing is open."""
        return not self.manual and not self.drift


def verdict(plan: Plan, journal: Journal) -> Verdict:
    """Compare a new plan with what earlier runs left to a person."""
    manual = tuple(step for step in plan.work if step.action == "manual")
    drift = tuple(step for step in plan.work if step.action != "manual")
    still = {step.path for step in plan.work}
    asked = _left_to_people(journal, plan.template)
    wanted = {step.path for step in plan.steps}
    ticked = tuple(path for path in asked if path in wanted and path not in still)
    return Verdict(ticked, manual, drift)


def tick(plan: Plan, journal: Journal, names: Iterable[str]) -> list[Path]:
    """Take a person's word that these automations or dashboards are there.

    Raises:
        InputError: a name is not one of those that no call can see; lists them.
    """
    unseen = [step.path for step in plan.steps if step.path[-1][0] in UNSEEN]
    done = [path for name in names for path in _called(name, unseen)]
    journal.confirm(plan.template, done)
    return done


def _called(name: str, unseen: list[Path]) -> list[Path]:
    found = [path for path in unseen if fold_name(path[-1][1]) == fold_name(name)]
    if not found:
        known = ", ".join(show(path) for path in unseen) or "there are none"
        raise InputError(
            f'"{name}" is nothing that a person must confirm', hint=f"What can be: {known}."
        )
    return found


def _left_to_people(journal: Journal, template: str) -> list[Path]:
    """The manual steps of this template's runs, each once."""
    runs = journal.rows.runs(journal.workspace, limit=100)
    plans = [
        Plan.from_dict(run.plan)
        for run in runs
        if run.template == template and run.kind in ("apply", "adopt")
    ]
    steps = [step for plan in reversed(plans) for step in plan.steps]
    return list(dict.fromkeys(step.path for step in steps if step.action == "manual"))
