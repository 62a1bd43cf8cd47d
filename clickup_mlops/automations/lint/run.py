"""`automations lint`: runs every check in `checks/` over the automations. Pure."""

from collections.abc import Mapping

from clickup_mlops import registry
from clickup_mlops.automations.lint import checks as checks_folder
from clickup_mlops.automations.lint.model import WEIGHTS, Check, Remark, Subject


def find_checks() -> Mapping[str, Check]:
    """Every check, by name: the files in `checks/` and those of other distributions."""
    return registry.find(checks_folder, "CHECK")


def lint(subject: Subject) -> tuple[Remark, ...]:
    """What the checks find, the worst first."""
    remarks = (remark for check in find_checks().values() for remark in check.look(subject))
    return tuple(
        sorted(
            remarks,
            key=lambda remark: (WEIGHTS.index(remark.weight), remark.automations, remark.check),
        )
    )
