"""Plain text in a description: what people wrote makes no heading, list or link of its own."""

import pytest

from clickup_mlops.features.migration.columns._text import link, markdown, paragraphs
from clickup_mlops.features.migration.html import shortened
from clickup_mlops.features.migration.records import Column

COLUMN = Column("c", "Note", "long_text")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("# a", "\\# a"),
        ("- a", "\\- a"),
        ("1. a", "1\\. a"),
        ("12) a", "12\\) a"),
        ("> a", "\\> a"),
        ("* a", "\\* a"),
        ("  a: 1", "\u00a0\u00a0a: 1"),
        ("a # b", "a # b"),
    ],
)
def test_a_line_of_text_begins_no_block(text, line) -> None:
    """A pasted configuration stays what it was."""
    assert paragraphs(COLUMN, f"x\n\n{text}") == ("**Note:**", "x", line)


def test_a_text_of_one_line_stands_beside_its_title() -> None:
    """And a blank one is no paragraph; a column without a title has its id."""
    assert paragraphs(COLUMN, " a_b ") == ("**Note:** a\\_b",)
    assert paragraphs(COLUMN, " \n ") == ()
    assert paragraphs(Column("c", " ", "text"), "x") == ("**c:** x",)


def test_an_address_in_a_text_stays_a_link() -> None:
    """Marks around it are escaped, those in it are not."""
    assert markdown("a_b https://e.org/a_b *c*") == "a\\_b https://e.org/a_b \\*c\\*"


@pytest.mark.parametrize(
    ("address", "label", "expected"),
    [
        ("https://e.org/(a)", "a_b", "[a\\_b](https://e.org/%28a%29)"),
        ("https://e.org", "", "[https://e.org](https://e.org)"),
        ("e.org", "a", "a: e.org"),
        ("e.org", "e.org", "e.org"),
    ],
)
def test_a_link_is_one_if_its_address_is_of_the_web(address, label, expected) -> None:
    """Anything else is text."""
    assert link(address, label) == expected


def test_a_text_that_fits_is_not_cut() -> None:
    """The limit itself fits."""
    assert shortened("a b", 3) == "a b"
    assert shortened("aaa bbb", 6) == "aaa …"
