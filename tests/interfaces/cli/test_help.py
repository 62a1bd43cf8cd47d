"""`help`: the pages that came with the installation, and the hints that name them."""

import re
from pathlib import Path

from clickup_mlops.operations import pages
from tests.interfaces.cli.conftest import Cli

ROOT = Path(__file__).parents[3]
NAMED = re.compile(r"clickup-mlops help ([a-z][\w/-]*)")


def test_a_page_is_printed_by_its_name_or_with_its_folder(cli: Cli) -> None:
    """Of two pages with one name the how-to is meant."""
    assert cli("help", "write-an-automation").out.startswith("# Write an automation")
    assert cli("help", "audit").out == cli("help", "how-to/audit").out
    assert cli("help", "explanation/audit").out != cli("help", "audit").out
    assert cli("help", "gpu_budget").out.startswith("# ")


def test_without_a_topic_all_pages_are_listed(cli: Cli) -> None:
    """Each with its title."""
    out = cli("help").out

    assert "how-to/undo" in out
    assert "Write an automation" in out


def test_a_wrong_topic_names_the_nearest(cli: Cli) -> None:
    """As everywhere."""
    ran = cli("help", "undoo")

    assert (ran.code, 'Did you mean "undo"?' in ran.err) == (1, True)


def test_every_hint_names_a_page_that_is_there() -> None:
    """And none names a file that an installation does not have."""
    sources = [*(ROOT / "clickup_mlops").rglob("*.py"), *(ROOT / "deploy").rglob("*.yml")]
    texts = {path: path.read_text(encoding="utf-8") for path in sources}
    named = {topic for text in texts.values() for topic in NAMED.findall(text)}

    assert len(named) >= 8
    assert [pages.page(topic).topic for topic in sorted(named)]
    assert not [path for path, text in texts.items() if re.search(r"docs/[\w-]+/[\w-]+\.md", text)]
