"""Every automation in `automations/`: each of its examples is a test. Found by folder."""

import re

import pytest

from clickup_mlops import content
from clickup_mlops.automations.examples import mismatch, run
from clickup_mlops.automations.load import load
from clickup_mlops.automations.model import Example, Rule
from clickup_mlops.routing.classifier.classify import load as load_classifier
from clickup_mlops.routing.policy import Policy
from clickup_mlops.routing.router import Router

RULES = load(content.folder("automations"))
CASES = [
    pytest.param(rule, example, id=f"{rule.name}: {example.name}")
    for rule in RULES
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


def test_a_fresh_install_surprises_nobody() -> None:
    """Only the order of work is on; whoever talks to people waits to be chosen."""
    modes = {rule.name: rule.mode for rule in RULES}
    assert len(modes) >= 12
    assert {name for name, mode in modes.items() if mode != "off"} == {"inference_first"}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_each_has_several_situations_in_which_it_acts_and_stays_quiet(rule: Rule) -> None:
    """At least two of each, none twice."""
    acting = [bool(example.expect) for example in rule.examples]
    assert min(acting.count(True), acting.count(False)) >= 2
    assert len({example.name for example in rule.examples}) == len(acting)


def test_the_fields_that_they_read_are_in_the_templates() -> None:
    """Spelled alike, so that what `provision` makes is what they look at."""
    folder = content.folder("automations")
    texts = "\n".join(path.read_text("utf-8") for path in content.files(folder))
    read = {
        *re.findall(r'task\.fields\[\\?"([^"\\]+)', texts),
        *re.findall(r"fields\.(\w+)", texts),
    }
    read |= set(re.findall(r'"([^"\n]+)" in task\.fields', texts))
    made = "\n".join(path.read_text("utf-8") for path in content.files(content.folder("templates")))
    assert len(read) > 10
    assert {name for name in read if f'name = "{name}"' not in made} == set()
