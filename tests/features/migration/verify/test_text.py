"""Texts of both sides in one form."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.clickup import blocks
from clickup_mlops.features.migration.verify.text import (
    ANYTHING,
    letters,
    line,
    of_html,
    plain,
    shows,
)

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60)


@given(TEXT)
def test_escaped_text_is_the_text(text: str) -> None:
    """What was made Markdown so that it shows as it is, has the same letters."""
    assert letters(f"**Title:** {blocks.escape_markdown(text)}") == f"Title:{plain(text)}"


@given(TEXT, TEXT)
def test_another_text_has_other_letters(first: str, second: str) -> None:
    """Unless only marks and blanks differ."""
    if plain(first) != plain(second):
        assert not shows(plain(first), plain(second)) or plain(second) in plain(first)


@given(TEXT, TEXT, TEXT)
def test_a_text_is_shown_by_what_contains_it(before: str, text: str, after: str) -> None:
    """Wherever it stands."""
    assert shows(plain(before) + plain(text) + plain(after), plain(text))


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>a &amp; b</p>", "a&b"),
        ("a &lt;b&gt;", "ab"),
        ("plain text", "plaintext"),
        ("<a href='https://x'>label</a>", "label"),
        ("<a data-mention-id='1'>@<b>Ann</b></a> hi", f"{ANYTHING}hi"),
        ("<a class='mention' href='https://x' data-mention-id='1'>@Ann</a> hi", f"{ANYTHING}hi"),
        ("<img src='x'>", ANYTHING),
        ("<style>a{}</style>x<script>y</script>", "x"),
        ("<ul><li>one</li><li>two</li></ul>", "onetwo"),
        ("a\ufeff\u200bb", "ab"),
        ("<p>not closed", "notclosed"),
    ],
)
def test_html_is_what_it_shows(html: str, expected: str) -> None:
    """Tags, entities and invisible characters are gone."""
    assert of_html(html) == expected


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("[label](https://x.example/a_(b))", "label"),
        ("![picture](x.png) text", "picturetext"),
        ("- one\n* two\n3. three\n- [x] four", "onetwothreefour"),
        ("\\- no list", "-nolist"),
        ("# Title\n\n---\n\n> `said`", "Titlesaid"),
        ("1.5 - 2", "1.5-2"),
        ("é", "é"),
    ],
)
def test_markdown_is_what_it_shows(markdown: str, expected: str) -> None:
    """Marks, addresses and bullets are gone; numbers and signs are not."""
    assert letters(markdown) == expected


def test_anything_stands_between_two_pieces() -> None:
    """In their order."""
    expected = f"hello{ANYTHING}welcome"

    assert shows("hello@Mariawelcome", expected)
    assert not shows("welcome@Mariahello", expected)
    assert shows("whatever", "")


def test_odd_html_is_read_in_time_that_grows_with_it() -> None:
    """Tags that nothing ends, and sections that Python's parser does not know."""
    began = time.process_time()
    assert of_html("<b>Done</b>" + "<a " * 10_000).startswith("Done")
    assert of_html("<![x[ y ]]><b>Done</b>") == "Done"
    assert time.process_time() - began < 2


def test_a_line_has_single_blanks() -> None:
    """And nothing invisible."""
    assert line(" a \n\tb\ufeff ") == "a b"
