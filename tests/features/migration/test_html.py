"""HTML of updates: what a comment shows of it, and that nothing hostile is left."""

import html as escaping
import re
import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.clickup import blocks
from clickup_mlops.features.migration import html

CASES = tomllib.loads((Path(__file__).parents[2] / "cases" / "migrate" / "html.toml").read_text())
TAGS = [
    "p",
    "b",
    "i",
    "a",
    "ul",
    "li",
    "ol",
    "table",
    "tr",
    "td",
    "pre",
    "code",
    "div",
    "span",
    "h1",
]
TAGS += ["img", "blockquote", "script", "del", "iframe"]
PIECE = st.one_of(
    st.text(max_size=10),
    st.sampled_from([f"<{tag}>" for tag in TAGS] + [f"</{tag}>" for tag in TAGS]),
    st.sampled_from(
        [
            "<a href='javascript:alert(1)'>",
            "<a href='https://example.org/a_b'>",
            "<a data-mention-id='1'>@Ann",
            "<img src=x data-asset_id=3>",
            "<li class='checklist_task checked'>",
            "```",
            "**",
            "<!--",
            "&#x0;",
            "\n",
        ]
    ),
)


def _render(text: str, longest: int = blocks.LONGEST) -> html.Rendered:
    return html.to_markdown(text, _mention, {"3": "latency.png"}.get, longest)


def _mention(person_id: str, name: str) -> str:
    return (
        blocks.format_mention(101, name) if person_id == "1" else blocks.escape_markdown(f"@{name}")
    )


def _shown(markdown: str) -> str:
    return blocks.extract_text(blocks.from_markdown(markdown)).replace("\u2060", "")


@pytest.mark.parametrize("name", CASES)
def test_a_case_is_shown_as_it_says(name) -> None:
    """The files of cases say what becomes of each kind of HTML."""
    case = CASES[name]

    result = _render(case["html"])

    if "markdown" in case:
        assert result.markdown == case["markdown"].strip("\n")
    else:
        assert _shown(result.markdown).strip() == case["shown"]
    missing = [loss.what for loss in result.losses]
    assert len(missing) == len(case.get("lost", ()))
    assert all(map(str.startswith, missing, case.get("lost", ())))


@given(st.lists(PIECE, max_size=15).map("".join))
def test_any_html_becomes_text_that_runs_nothing(text) -> None:
    """Whatever the HTML is, no address of a script is a link, and losses are declared."""
    result = _render(text)

    for block in blocks.from_markdown(result.markdown):
        address = block.get("attributes", {}).get("link")
        assert address is None or re.match("https?://", address)
    assert {loss.what for loss in result.losses} <= set(html.LOSSES)


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf", "Zs", "Zl", "Zp", "Cn"))))
def test_text_without_tags_is_shown_unchanged(text) -> None:
    """Marks of Markdown and mentions in what people wrote stay what they were."""
    result = _render(f"<p>x{escaping.escape(text)}</p>")

    assert _shown(result.markdown) == f"x{text}\n"
    assert not [block for block in blocks.from_markdown(result.markdown) if block.get("type")]


def test_text_that_is_nested_too_deeply_keeps_its_words() -> None:
    """A text of a thousand tags costs its formatting, not the update."""
    result = _render("<style>p{}</style>" + "<div>" * 2000 + "a *b*" + "</div>" * 2000)

    assert _shown(result.markdown).strip() == "a *b*"
    assert [loss.what for loss in result.losses] == [html.NESTED]


@pytest.mark.parametrize("text", ["word " * 40, "x" * 200, "\\" * 200])
def test_a_long_text_is_cut_with_a_loss(text) -> None:
    """A comment has a longest text; what is behind it is lost and counted."""
    result = _render(f"<p>{text}</p>", longest=100)

    assert len(result.markdown) <= 100
    assert result.markdown.endswith(" …")
    assert [loss.what for loss in result.losses] == [html.TOO_LONG]


def test_more_html_than_any_update_has_is_cut() -> None:
    """The parser gets a limited text."""
    result = _render("<p>" + "a " * html.MOST_HTML + "</p>")

    assert len(result.markdown) <= blocks.LONGEST
    assert {loss.what for loss in result.losses} == {html.TOO_LONG}


def test_a_long_address_is_no_link() -> None:
    """What a comment would not make a link of is shown as text."""
    address = "https://example.org/" + "a" * 2000

    result = _render(f'<a href="{address}">here</a>')

    assert _shown(result.markdown).strip() == f"here ({address})"


@pytest.mark.parametrize("filler", [" ", "\u00a0", "\n "])
def test_blanks_are_left_out_in_time_that_grows_with_them(filler) -> None:
    """Whoever writes an update chooses how many there are."""
    began = time.process_time()
    output = _render(f"<pre>{filler * (90_000 // len(filler))}x</pre>")
    assert output.markdown.endswith("x\n```")
    assert time.process_time() - began < 2


def test_tags_without_an_end_are_text_in_time_that_grows_with_them() -> None:
    """Whoever writes an update chooses that none ends."""
    began = time.process_time()
    output = _render("<p>Done.</p>" + "<a " * 10_000)
    assert output.markdown.startswith("Done.")
    assert time.process_time() - began < 2
