"""Descriptions of items as Markdown."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.clickup.blocks import escape_markdown
from clickup_mlops.monday.blocks import render_markdown


def block(kind: str, text: str = "", **more: Any) -> dict[str, Any]:
    return {"type": kind, "content": {"deltaFormat": [{"insert": text}], **more}}


CASES = {
    "paragraphs": ([block("normal text", "a"), block("normal_text", "b")], "a\n\nb"),
    "titles": ([block("large title", "A"), block("small title", "B")], "# A\n\n### B"),
    "lists": ([block("bulleted list", "a"), block("bulleted list", "b")], "- a\n- b"),
    "checks": (
        [block("check list", "a", checked=True), block("check list", "b")],
        "- [x] a\n- [ ] b",
    ),
    "code": ([block("code", "x = 1")], "```\nx = 1\n```"),
    "quote and divider": ([block("quote", "q"), block("divider")], "> q\n\n---"),
    "image": ([block("image", publicUrl="https://i")], "![image](https://i)"),
    "image without address": ([block("image")], ""),
    "unknown": ([block("notice box", "careful")], "careful"),
    "empty": ([block("normal text", " ")], ""),
    "as text": ([{"type": "quote", "content": json.dumps(block("", "q")["content"])}], "> q"),
    "not JSON": ([{"type": "normal text", "content": "plain"}], "plain"),
}


@pytest.mark.parametrize(("blocks", "text"), CASES.values(), ids=CASES)
def test_each_kind_of_block_has_its_markdown(blocks: Any, text: str) -> None:
    """One that is not known keeps its text."""
    assert render_markdown(blocks) == text


def test_styles_and_links_stay_around_their_words() -> None:
    """Spaces stay outside, where Markdown wants them."""
    parts = [
        {"insert": "see "},
        {"insert": "this ", "attributes": {"bold": True}},
        {"insert": "page", "attributes": {"link": "https://p", "italic": True}},
        {"insert": " x", "attributes": {"code": True}},
        {"insert": {"mention": "@Ann"}},
        "odd",
    ]

    markdown = render_markdown([{"type": "normal text", "content": {"deltaFormat": parts}}])

    assert markdown == "see **this** [*page*](https://p) `x`@Ann"


def test_text_is_no_markdown_and_leads_only_to_the_web() -> None:
    """Nobody is mentioned by what somebody typed. Code stays as it is."""
    typed = "[@Ann](#user_mention#7) @everyone"
    link = {"insert": "here", "attributes": {"link": "javascript:alert(1)"}}
    markdown = render_markdown(
        [
            block("normal text", typed),
            {"type": "normal text", "content": {"deltaFormat": [link]}},
            block("code", "@cache"),
        ],
        escape_markdown,
    )

    assert "[@Ann]" not in markdown
    assert "@everyone" not in markdown
    assert "javascript" not in markdown
    assert "@cache" in markdown


def test_the_signature_of_an_image_stays_behind() -> None:
    """It opens the file to everybody, and each reading has another one."""
    markdown = render_markdown(
        [block("image", publicUrl="https://files/1.png?X-Amz-Signature=abc")]
    )

    assert markdown == "![image](https://files/1.png)"


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "type": st.none() | st.text() | st.sampled_from(["code", "image", "quote"]),
                "content": st.recursive(
                    st.none() | st.booleans() | st.text() | st.integers(),
                    lambda inner: (
                        st.lists(inner)
                        | st.dictionaries(
                            st.sampled_from(["deltaFormat", "insert", "attributes", "link"]), inner
                        )
                    ),
                ),
            }
        )
    )
)
def test_no_block_makes_it_raise(blocks: Any) -> None:
    """Whatever Monday.com puts in."""
    assert isinstance(render_markdown(blocks), str)
