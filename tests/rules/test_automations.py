"""Every automation in `automations/`: each of its examples is a test. Found by folder."""

import pytest

from clickup_mlops import content
from clickup_mlops.routing.classify import load as load_classifier
from clickup_mlops.routing.policy import Policy
from clickup_mlops.routing.router import Router
from clickup_mlops.rules.examples import mismatch, run
from clickup_mlops.rules.load import load
from clickup_mlops.rules.model import Example, Rule

CASES = [
    pytest.param(rule, example, id=f"{rule.name}: {example.name}")
    for rule in load(content.folder("automations"))
    for example in rule.examples
]


@pytest.fixture(scope="module")
def router() -> Router:
    """Routing as it is shipped."""
    return Router(Policy(), load_classifier())


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_an_example_does_what_it_says(rule: Rule, example: Example, router: Router) -> None:
    """The actions of the example, in order, and no others."""
    assert mismatch(example, run(rule, example, router)) == ""
