"""The documentation stays short enough to be read."""

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

DOCS = Path(__file__).parents[2] / "docs"
HOW_TOS = sorted((DOCS / "how-to").glob("*.md"))
PATHS = sorted((DOCS / "paths").glob("*.md"))
WRITTEN = [DOCS / folder for folder in ("paths", "tutorial", "how-to", "explanation")]
NOT_READ = re.compile(r"^ *```.*?^ *```|<!--.*?-->", re.DOTALL | re.MULTILINE)
HOW_TO_WORDS = 400
PATH_WORDS = 600
"""Two printed pages, with their tables."""
READ_WORDS = 50_000
"""Of all pages that people write; the reference is generated."""


def words(page: Path) -> int:
    """How many words a reader reads; code is looked at, comments are invisible."""
    text = NOT_READ.sub("", page.read_text(encoding="utf-8"))
    return sum(any(map(str.isalnum, word)) for word in text.split())


@pytest.mark.parametrize("page", HOW_TOS, ids=lambda page: page.stem)
def test_a_how_to_has_at_most_400_words(page: Path) -> None:
    """What explains or lists belongs on a page of another kind."""
    assert words(page) <= HOW_TO_WORDS


@pytest.mark.parametrize("page", PATHS, ids=lambda page: page.stem)
def test_a_path_has_at_most_two_pages(page: Path) -> None:
    """It says in which order to read the others."""
    assert words(page) <= PATH_WORDS


def test_there_is_a_path_for_each_role() -> None:
    """And the front page leads to each."""
    front = (DOCS / "index.md").read_text(encoding="utf-8")

    assert [page.stem for page in PATHS] == ["ml-engineer", "platform-admin", "team-lead"]
    assert [page.name for page in PATHS if f"(paths/{page.name})" not in front] == []


def test_the_written_pages_do_not_grow_back() -> None:
    """A page that is added makes another one shorter."""
    assert sum(words(page) for folder in WRITTEN for page in folder.glob("*.md")) <= READ_WORDS


def test_every_picture_is_on_a_page() -> None:
    """One that nobody sees would be downloaded and renewed for nothing."""
    pages = [DOCS.parent / "README.md", *DOCS.rglob("*.md")]
    text = "".join(page.read_text(encoding="utf-8") for page in pages)
    assert [
        picture.name for picture in (DOCS / "images").iterdir() if picture.name not in text
    ] == []
