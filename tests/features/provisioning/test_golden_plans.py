"""The plan of each shipped template for an empty workspace, as people see it.

After an intended change, `python tests/features/provisioning/test_golden_plans.py` writes the
files again; read the difference before you commit it.
"""

from pathlib import Path

import pytest

from clickup_mlops import content
from clickup_mlops.features.provisioning.plan import diff, render
from clickup_mlops.features.provisioning.plan.abilities import Abilities
from clickup_mlops.features.provisioning.plan.model import Plan
from clickup_mlops.features.provisioning.template import desired, load

TEMPLATES = content.find_folder("templates")
GOLDEN = Path(__file__).parents[2] / "cases" / "provision" / "plans"


def planned(name: str) -> Plan:
    want = desired.tree(load.load(TEMPLATES, name))
    return diff.plan(want, {}, Abilities(), template=name)


def plan_text(name: str) -> str:
    return render.text(planned(name), show_all=True) + "\n"


@pytest.mark.parametrize("name", load.names(TEMPLATES))
def test_the_plan_for_an_empty_workspace_is_the_golden_one(name: str) -> None:
    """Nothing about a template's plan changes without somebody having looked at it."""
    assert plan_text(name) == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


def test_there_is_no_golden_plan_without_its_template() -> None:
    """A renamed template leaves nothing behind."""
    assert {file.stem for file in GOLDEN.glob("*.txt")} == set(load.names(TEMPLATES))


def test_a_plan_survives_its_file() -> None:
    """`--out` and `apply --plan`: what is read is what was planned."""
    plan = planned("realtime_inference")

    assert Plan.from_dict(plan.to_dict()) == plan


if __name__ == "__main__":
    for each in load.names(TEMPLATES):
        (GOLDEN / f"{each}.txt").write_text(plan_text(each), encoding="utf-8")
