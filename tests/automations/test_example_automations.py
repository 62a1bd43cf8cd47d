"""The automations of `automations/examples/` do what their examples say; they run live in
`tests/flows/test_example_automations.py`.
"""

from pathlib import Path

import pytest

from clickup_mlops.automations.examples import difference, run
from clickup_mlops.automations.load import load
from clickup_mlops.automations.model import Automation, Example
from clickup_mlops.routing.classifier.classify import load as load_classifier
from clickup_mlops.routing.policy import Policy
from clickup_mlops.routing.router import Router

ROOT = Path(__file__).parents[2]
AUTOMATIONS = load(ROOT / "automations" / "examples")
CASES = [
    pytest.param(automation, example, id=f"{automation.name}: {example.name}")
    for automation in AUTOMATIONS
    for example in automation.examples
]


@pytest.mark.parametrize(("automation", "example"), CASES)
def test_an_example_automation_does_what_it_says(automation: Automation, example: Example) -> None:
    router = Router(Policy(), load_classifier())
    assert difference(example, run(automation, example, router)) == []


def test_each_runs_live() -> None:
    """Its name is in the flow test."""
    flows = (ROOT / "tests/flows/test_example_automations.py").read_text("utf-8")
    assert [automation.name for automation in AUTOMATIONS if automation.name not in flows] == []
