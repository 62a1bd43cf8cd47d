"""What replaces automations, dashboards and views of the source."""

import pytest

from clickup_mlops import content
from clickup_mlops.features.migration import replacements
from clickup_mlops.features.migration.records import Manual
from clickup_mlops.features.migration.replacements import inventory, replacement

CASES = [
    ("automation", "When a sev1 incident opens, page the on-call", "automation", "live_incident"),
    ("automation", "When GPU hours exceed the budget, notify", "automation", "gpu_budget"),
    ("automation", "When a pipeline run failed create an item", "automation", "pipeline_failed"),
    ("automation", "When status changes to Done, archive the item", "native", ""),
    ("automation", "When an item is created call a webhook", "native", ""),
    ("dashboard", "Inference costs", "native", ""),
    ("view", "Kanban by stage", "native", ""),
    ("integration", "Slack: post to #ml", "native", ""),
    ("integration", "The team's own scheduler", "none", ""),
    ("workdoc template", "Model card", "native", ""),
    ("something else", "x", "none", ""),
]


@pytest.mark.parametrize(("kind", "name", "how", "automation"), CASES)
def test_each_names_what_to_look_at_first(kind: str, name: str, how: str, automation: str) -> None:
    """One of ours by its name, ClickUp itself, or openly nothing."""
    result = replacement(Manual(kind, name))

    assert (result.how, result.automation) == (how, automation)
    assert result.what


def test_named_automations_exist() -> None:
    """Only automations that are shipped are named."""
    shipped = {file.stem for file in content.find_folder("automations").glob("*.toml")}

    named = {rule.automation for rule in replacements._RULES if rule.automation}

    assert named <= shipped


def test_the_inventory_is_sorted() -> None:
    """The order of the source does not matter: the same things give the same list."""
    value = [("b", Manual("view", "1")), ("a", Manual("view", "2")), ("a", Manual("form", "3"))]

    assert inventory(value) == inventory(reversed(value))
    assert [board_file.board for board_file in inventory(value)] == ["a", "a", "b"]
