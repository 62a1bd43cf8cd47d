"""The page about automations says what the code does."""

import re
from pathlib import Path

import pytest

from clickup_mlops.automations.examples import AroundTable, ExampleTable, TaskTable, mismatch, run
from clickup_mlops.automations.load import find_actions, read
from clickup_mlops.routing.policy import Policy
from clickup_mlops.routing.router import Router

DOCS = Path(__file__).parents[2] / "docs"
ACTIONS = (DOCS / "explanation/actions.md").read_text("utf-8")
PAGE = (DOCS / "how-to/write-an-automation.md").read_text("utf-8")
KEYS = (DOCS / "explanation/automation-files.md").read_text("utf-8")


@pytest.mark.parametrize("page", [PAGE, ACTIONS], ids=["how-to", "actions"])
def test_the_automation_on_the_page_works(tmp_path: Path, page: str) -> None:
    """It loads, and its examples hold."""
    (text,) = re.findall(r"```toml\n(summary.*?)```", page, re.DOTALL)
    (tmp_path / "of_the_page.toml").write_text(text, encoding="utf-8")
    automation = read(tmp_path / "of_the_page.toml", find_actions())

    for example in automation.examples:
        assert mismatch(example, run(automation, example, Router(Policy()))) == ""


def test_every_key_of_an_example_is_on_the_page() -> None:
    """Of the example itself, its task and what is around it."""
    models = (ExampleTable, TaskTable, AroundTable)
    keys = {key for model in models for key in model.model_fields} - {"name"}

    assert {key for key in keys if f"`{key}`" not in KEYS} == set()
