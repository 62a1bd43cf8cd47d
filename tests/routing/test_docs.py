"""The pages about routing say what the code does."""

import re
import tomllib
from pathlib import Path

import pytest

from clickup_mlops.routing.decision import TIERS, WORKLOADS, format_priority
from clickup_mlops.routing.policy import Policy

DOCS = Path(__file__).parents[2] / "docs"
BLOCKS = re.findall(
    r"```toml\n(.*?)```", (DOCS / "how-to/tune-routing.md").read_text("utf-8"), re.DOTALL
)


def test_the_table_on_the_page_is_the_default_policy() -> None:
    """Cell by cell."""
    priorities = Policy().priorities
    levels = {
        workload: [format_priority(priorities.number(workload, tier)) for tier in TIERS]
        for workload in WORKLOADS
    }
    rows = [f"| {workload} | {' | '.join(names)} |" for workload, names in levels.items()]

    page = (DOCS / "explanation/routing.md").read_text("utf-8")
    assert "\n".join(rows) in page


def test_the_bound_on_the_page_is_the_default_bound() -> None:
    """Two steps."""
    days = Policy().ageing.step.days

    page = (DOCS / "explanation/routing.md").read_text("utf-8")
    assert f"`routing.ageing.step` ({days} days)" in page
    assert f"**the bound is two steps, {2 * days} days**" in page


@pytest.mark.parametrize("block", BLOCKS)
def test_settings_shown_in_the_how_to_are_accepted(block: str) -> None:
    """Each block can be copied as it stands, and changes something."""
    assert Policy.model_validate(tomllib.loads(block)["routing"]) != Policy()
