"""Nobody can forget who may see what: tables say it, and pages read through it."""

import re
from pathlib import Path

import pytest
from sqlalchemy import Table

from clickup_mlops.store.database.readers import is_declared
from clickup_mlops.store.tables import complete_schema

PACKAGE = Path(__file__).parents[2] / "clickup_mlops"
MAKES_DATA = {
    "ports/sections/history.py",  # of a page, for its reader
    "features/reports/build.py",  # of a report, for its readers
    "features/incidents/picture.py",  # of one incident, for its task
}
PAGES = [
    path for room in ("pages", "sections") for path in PACKAGE.glob(f"features/*/{room}/**/*.py")
]
ACTIONS = [
    path for path in PACKAGE.glob("features/*/page_actions/*.py") if path.name != "__init__.py"
]
OF_NO_LIST = {"choose"}
"""What they do concerns no List: how automations are set."""
TABLES = complete_schema().sorted_tables


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_each_table_says_who_sees_its_rows(table: Table) -> None:
    """One that does not is hidden from everybody who does not see the whole Workspace."""
    assert is_declared(table), "info=readers_of_task(), or another of store/database/readers.py"


def test_data_of_pages_is_made_for_a_reader_in_one_place() -> None:
    """Whoever makes `Data` decides what its sections read."""
    makers = {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if re.search(r"(?<!class )\bData\(", path.read_text(encoding="utf-8"))
    }
    assert makers == MAKES_DATA


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_section_reaches_the_whole_store(path: Path) -> None:
    """Only `data.store`, which has what the reader may see."""
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\bbot\.(store|core|client)\b|\.running\b|_bot\b", text)


@pytest.mark.parametrize("path", ACTIONS, ids=lambda path: path.stem)
def test_each_button_asks_what_its_presser_sees(path: Path) -> None:
    """Whoever presses it may have written any number into the form."""
    assert path.stem in OF_NO_LIST or "viewer.access" in path.read_text(encoding="utf-8")
