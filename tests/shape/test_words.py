"""One word for one thing: the "not" column of CONTRIBUTING's word list is not used elsewhere."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[2]
HEADING = "## Word list"
ROOMS = ("cli", "commands", "operations", "provision", "web", "store")
"""Packages whose messages and help texts users read."""


def _sources() -> list[Path]:
    """What users read: documentation, automations, templates, alerts, the dashboard."""
    result = [
        ROOT / "README.md",
        ROOT / "CHANGELOG.md",
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "automations").glob("*.toml"),
        *(ROOT / "templates").glob("*.toml"),
        *(ROOT / "deploy").rglob("*.yml"),
        *(ROOT / "deploy").rglob("*.json"),
        *(file for room in ROOMS for file in (ROOT / "clickup_mlops" / room).rglob("*.py")),
    ]
    return sorted(result)


def _word_list() -> Iterator[tuple[str, str]]:
    """Each word that is not used, with the term to use instead."""
    _, _, table = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition(HEADING)
    for line in table.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 3 and cells[0] != "term" and not cells[0].startswith("-"):
            for word in filter(None, map(str.strip, cells[2].split(","))):
                yield word, cells[0]


INSTEAD = dict(_word_list())
AVOIDED = re.compile(
    rf"\b(?:{'|'.join(sorted(INSTEAD, key=len, reverse=True))})s?\b", re.IGNORECASE
)

PERCENT = re.compile(r"(?<=[\d}]) %(?=$|[\s.,;:)\"'`|<\\-])(?! [\d({_]| \w+\()")
"""A number, a blank and a percent sign; not the remainder of a division."""


def test_the_word_list_is_read() -> None:
    """An empty list would make the test below pass for nothing."""
    assert INSTEAD["take back"] == "undo"
    assert AVOIDED.search("the bot takes back what it wrote")


@pytest.mark.parametrize("file", _sources(), ids=lambda file: str(file.relative_to(ROOT)))
def test_one_word_for_one_thing(file: Path) -> None:
    """No text for users has a word of the last column."""
    text = " ".join(file.read_text(encoding="utf-8").split())

    texts = {
        match[0]: text[max(0, match.start() - 30) : match.end() + 30]
        for match in AVOIDED.finditer(text)
    }
    assert not texts, f"{texts}; see the word list in CONTRIBUTING.md"


def test_a_percent_sign_stands_close_to_its_number() -> None:
    """Computed numbers are shown like `40%`; so are those in texts and automations."""
    code = (ROOT / "clickup_mlops").rglob("*.*")
    files = [
        *(path for path in code if path.suffix in (".py", ".html")),
        *(ROOT / "automations").glob("*.toml"),
    ]
    # What people of the sandbox write is theirs.
    output = [path for path in files if "sandbox" not in path.parts]

    lines = {
        str(file.relative_to(ROOT)): line.strip()
        for file in output
        for line in file.read_text(encoding="utf-8").splitlines()
        if PERCENT.search(line)
    }
    assert output and not lines
