"""CONTRIBUTING's table is true: what each row's example adds to a copy of the project works there.

The files are read from the page that the row links to, and the check from its last column.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[2]
ROW = re.compile(
    r"^\| (?P<title>.+?) \| .*?\]\((?P<page>docs/[^)]+)\).*? \| `(?P<check>test .+?)` \|$"
)
BLOCK = re.compile(r"(?P<before>.*?)^```\w+\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
FILE = re.compile(r"`((?:automations|clickup_mlops|templates|tests)/[\w/ .]+\.\w+)`")
SERVICES = ("CLICKUP_MLOPS_TEST_POSTGRES", "CLICKUP_MLOPS_TEST_REDIS")
SHAPE = ("tests/shape/test_size.py", "tests/shape/test_docs.py", "tests/shape/test_generated.py")


@dataclass(frozen=True)
class Row:
    """What is added, the page and section with its example, and pytest's arguments."""

    title: str
    page: str
    check: tuple[str, ...]

    def files(self) -> Iterator[tuple[str, str, bool]]:
        """Path, text, and whether the text is appended to a file that exists."""
        for block in BLOCK.finditer(self._section()):
            if paths := FILE.findall(block["before"]):
                yield paths[-1], block["text"], "Append" in block["before"]

    def _section(self) -> str:
        name, _, anchor = self.page.partition("#")
        page = (ROOT / name).read_text(encoding="utf-8")
        if not anchor:
            return page
        sections = re.split(r"^(?=## )", page, flags=re.MULTILINE)
        (section,) = (text for text in sections if _anchor(text) == anchor)
        return section


def _anchor(section: str) -> str:
    heading = section.partition("\n")[0].removeprefix("## ")
    return re.sub(r"[^\w-]+", "-", heading.lower())


def _rows() -> list[Row]:
    lines = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").splitlines()
    matches = filter(None, map(ROW.match, lines))
    return [Row(row["title"], row["page"], tuple(row["check"].split()[1:])) for row in matches]


ROWS = _rows()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with every row's addition, and its reference generated again."""
    folder = tmp_path_factory.mktemp("contributing") / "project"
    ignored = shutil.ignore_patterns(".git", ".venv", ".*_cache", "__pycache__", "site")
    shutil.copytree(ROOT, folder, ignore=ignored)
    for row in ROWS:
        for path, text, is_appended in row.files():
            _add(folder / path, text, is_appended)
    _run(folder, "tools/generate.py")
    return folder


def _add(file: Path, text: str, is_appended: bool) -> None:
    assert file.exists() == is_appended, file
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as stream:
        stream.write(text)


def _environment() -> dict[str, str]:
    """Without services: what an addition does there is what its neighbours do."""
    return {key: value for key, value in os.environ.items() if key not in SERVICES}


def _run(folder: Path, *arguments: str) -> str:
    outcome = subprocess.run(
        [sys.executable, "-W", "ignore", *arguments],
        cwd=folder,
        env=_environment() | {"PYTHONPATH": str(folder), "CLICKUP_MLOPS_TEST_EXAMPLES": "5"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert outcome.returncode == 0, outcome.stdout[-8_000:]
    return outcome.stdout


def test_every_addition_has_an_example() -> None:
    """With at least one file, and a check."""
    assert len(ROWS) >= 14
    assert [row.title for row in ROWS if not list(row.files())] == []


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_every_addition_works_and_turns_nothing_else_red(project: Path) -> None:
    """In one copy: each row's documented check, and the tests of the project's shape."""
    checks = dict.fromkeys(argument for row in ROWS for argument in row.check)
    _run(project, "-m", "pytest", "-q", "-p", "no:cacheprovider", *checks, *SHAPE)
