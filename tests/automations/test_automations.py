"""Every automation in `automations/`: each of its examples is a test. Found by folder."""

import re

import pytest

from clickup_mlops import content
from clickup_mlops.automations.examples import mismatch, run
from clickup_mlops.automations.load import load
from clickup_mlops.automations.model import Automation, Example
from clickup_mlops.routing.classifier.classify import load as load_classifier
from clickup_mlops.routing.policy import Policy
from clickup_mlops.routing.router import Router

AUTOMATIONS = load(content.find_folder("automations"))
CASES = [
    pytest.param(automation, example, id=f"{automation.name}: {example.name}")
    for automation in AUTOMATIONS
    for example in automation.examples
]


@pytest.fixture(scope="module")
def router() -> Router:
    """Routing as it is shipped."""
    return Router(Policy(), load_classifier())


@pytest.mark.parametrize(("automation", "example"), CASES)
def test_an_example_does_what_it_says(
    automation: Automation, example: Example, router: Router
) -> None:
    """The actions of the example, in order, and no others."""
    assert mismatch(example, run(automation, example, router)) == ""


def test_a_fresh_install_surprises_nobody() -> None:
    """Only the order of work is on; whoever talks to people waits to be chosen."""
    modes = {automation.name: automation.mode for automation in AUTOMATIONS}
    assert len(modes) >= 12
    assert {name for name, mode in modes.items() if mode != "off"} == {"inference_first"}


@pytest.mark.parametrize("automation", AUTOMATIONS, ids=lambda automation: automation.name)
def test_each_has_several_situations_in_which_it_acts_and_stays_quiet(
    automation: Automation,
) -> None:
    """At least two of each, none twice."""
    acting = [bool(example.expect) for example in automation.examples]
    assert min(acting.count(True), acting.count(False)) >= 2
    assert len({example.name for example in automation.examples}) == len(acting)


def test_the_fields_that_they_read_are_in_the_templates() -> None:
    """Spelled alike, so that what `provision` makes is what they look at."""
    folder = content.find_folder("automations")
    texts = "\n".join(path.read_text("utf-8") for path in content.list_toml_files(folder))
    read = {
        *re.findall(r'task\.fields\[\\?"([^"\\]+)', texts),
        *re.findall(r'task\.fields\.(?:number|text)\(\\?"([^"\\]+)', texts),
        *re.findall(r"fields\.(\w+)\b(?!\()", texts),
    }
    read |= set(re.findall(r'"([^"\n]+)" in task\.fields', texts))
    created = "\n".join(
        path.read_text("utf-8")
        for path in content.list_toml_files(content.find_folder("templates"))
    )
    assert len(read) > 10
    assert {name for name in read if f'name = "{name}"' not in created} == set()
