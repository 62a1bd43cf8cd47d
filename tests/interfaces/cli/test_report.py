"""`report list` and `report build`."""

import json
from pathlib import Path

import pytest

from clickup_mlops.features.reports.cli.report.build import FORMATS, KINDS
from clickup_mlops.features.reports.operations import building as reports
from clickup_mlops.store import Store
from tests.features.reports import seeded
from tests.interfaces.cli.conftest import Cli
from tests.pango import needs_pango

WEEK = ("report", "build", "weekly", "--period", "2026-W48", "--zone", seeded.ZONE)


@pytest.fixture
def filled(cli: Cli) -> Cli:
    """With a store in which something has happened; nobody is to be asked."""
    Path("config.toml").write_text(
        f'[clickup]\ntoken = "pk_1"\nworkspace_id = "{seeded.WORKSPACE}"\n'
        'base_url = "http://127.0.0.1:9"\n'
    )
    with Store.open("sqlite:///clickup-mlops.db") as store:
        seeded.fill(store, 12)
    return cli


def test_what_the_command_offers_is_what_there_is() -> None:
    """It names kinds and formats without importing them."""
    assert list(KINDS) == [kind.every for kind in reports.kinds()]
    assert {*FORMATS} == {*reports.formats()}


def test_kinds_are_listed_with_their_sections(cli: Cli) -> None:
    assert "2026-W48" in cli("report", "list").out
    result = json.loads(cli("report", "list", "--json").out)["reports"]
    assert [entry["every"] for entry in result] == [*KINDS]
    assert result[1]["sections"]["lane"] == "Inference lane"


def test_markdown_is_printed_and_asks_nobody(filled: Cli) -> None:
    """ClickUp is away, and it is built all the same."""
    ran = filled(*WEEK)

    assert ran.code == 0
    assert ran.out.startswith("# Weekly report 2026-W48\n")
    assert "## Inference lane" in ran.out


def test_only_the_wanted_sections(filled: Cli) -> None:
    ran = filled(*WEEK, "--section", "lane", "--section", "incidents", "--format", "json")

    assert [section["key"] for section in json.loads(ran.out)["sections"]] == ["lane", "incidents"]


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("a.html", b"<!doctype"),
        pytest.param("a.pdf", b"%PDF-", marks=needs_pango),
    ],
)
def test_a_file_has_the_format_of_its_suffix(filled: Cli, name: str, begins: bytes) -> None:
    ran = filled(*WEEK, "--output", name)

    assert (ran.code, ran.out) == (0, "")
    assert Path(name).read_bytes().startswith(begins)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("weekly", "--period", "2026-11"), "names no weekly period"),
        (("daily", "--zone", "Mars"), "no time zone"),
        (("weekly", "--section", "lame"), "no section 'lame'"),
        (("incident",), "which incident?"),
        (("weekly", "--format", "pdf"), "to a file"),
        (("weekly", "--output", "report.docx"), "no format has this suffix"),
    ],
)
def test_what_cannot_be_built_is_one_line_with_a_hint(
    filled: Cli, arguments: tuple[str, ...], words: str
) -> None:
    ran = filled("report", "build", *arguments)

    assert ran.code == 1
    assert words in ran.err
    assert "Hint" in ran.err
