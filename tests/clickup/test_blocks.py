"""Markdown to comment blocks."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.clickup.blocks import (
    LONGEST,
    build_mention,
    escape_markdown,
    extract_text,
    format_mention,
    from_markdown,
    is_shown,
)

LINE_BREAK = {"text": "\n", "attributes": {}}


def test_inline_marks_become_attributes() -> None:
    """Bold, italic, code and links."""
    blocks = from_markdown("a **b** *c* `d` [e](https://example.org)")
    marked = {block["text"]: block["attributes"] for block in blocks if block["attributes"]}
    assert marked == {
        "b": {"bold": True},
        "c": {"italic": True},
        "d": {"code": True},
        "e": {"link": "https://example.org"},
    }
    assert extract_text(blocks) == "a b c d e\n"


def test_block_marks_sit_on_the_line_break() -> None:
    """Lists and code style the break that follows them."""
    blocks = from_markdown("- one\n2. two\n```sh\nls\n\n```\nend")
    styles = [block["attributes"] for block in blocks if block["text"] == "\n"]
    code = {"code-block": {"code-block": "plain"}}
    assert styles == [{"list": {"list": "bullet"}}, {"list": {"list": "ordered"}}, code, code, {}]


def test_arithmetic_and_names_are_left_alone() -> None:
    """2*3*4 and snake_case are not italics."""
    text = "2*3*4 f(*args, **kw) snake_case_name"
    assert from_markdown(text) == [{"text": text, "attributes": {}}, LINE_BREAK]


def test_a_mention_names_the_member() -> None:
    """The shape that notifies."""
    assert build_mention(7) == {"type": "tag", "user": {"id": 7}}


@given(
    st.text(
        st.characters(
            exclude_characters="\\*`[]-+\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029",
            exclude_categories=["Cs", "Nd"],
        )
    )
)
def test_plain_text_keeps_every_character(text: str) -> None:
    """What has no marks arrives unchanged, line by line."""
    assert extract_text(from_markdown(text)) == "".join(f"{line}\n" for line in text.splitlines())


@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=60))
def test_a_literal_shows_as_it_is_and_marks_nothing(text: str) -> None:
    """Wherever it stands in a line: no link, no mark; a mention gets a character nobody sees."""
    for before, after in (("", ""), ("see [here](https://a.example/", ") *now*"), ("**", "**")):
        blocks = from_markdown(f"x{before}{escape_markdown(text)}{after}")
        links = [block["attributes"].get("link", "") for block in blocks]
        assert not [link for link in links if link and not link.startswith("https://a.example/")]
    plain_text = extract_text(from_markdown("x " + escape_markdown(text)))
    assert plain_text.replace("\u2060", "").rstrip("\n") == f"x {text}"


def test_without_links_an_address_stays_text() -> None:
    """For answers, which repeat what people wrote."""
    (block, _end) = from_markdown("[a](https://evil.example)", links=False)
    assert block == {"text": "[a](https://evil.example)", "attributes": {}}


@given(st.text())
def test_any_text_makes_blocks_of_known_shape(text: str) -> None:
    """No input fails; every block has a text and attributes."""
    for block in from_markdown(text):
        assert set(block) == {"text", "attributes"}
        assert block["text"]


@pytest.mark.parametrize(
    "piece",
    ["[", "[a](https://x", "*a", "**a", "*", "`", "[a]", " *a", "[a](", "- ", "1. ", "a**b*"],
)
def test_twice_the_text_is_twice_the_work(piece: str) -> None:
    """Whatever a stranger's text is made of: ten times the text would cost a hundred times, were it
    searched again from each beginning. Processor time of this thread alone, the best of three.
    """

    def cost(length: int) -> float:
        text = piece * (length // len(piece))
        times = []
        for _ in range(3):
            began = time.thread_time()
            from_markdown(text)
            times.append(time.thread_time() - began)
        return min(times)

    assert cost(40_000) < 40 * cost(4_000) + 0.05


def test_a_text_without_end_is_cut() -> None:
    """And shows that."""
    plain_text = extract_text(from_markdown("a" * (LONGEST + 1)))
    assert (len(plain_text), plain_text[-2:]) == (LONGEST + 1, "…\n")


def test_a_comment_is_found_by_its_text_whatever_the_names_of_those_it_mentions() -> None:
    """Also where they stand side by side, hold an `@`, or end the text."""
    names = ("Ana", "Bo de Wit", "cy@example.org")
    markdown = " ".join(format_mention(number, name) for number, name in enumerate(names, 1))
    blocks = from_markdown(f"For {markdown}: **now**,\nsays {format_mention(9, 'Di')}")
    assert is_shown(blocks, "For @Ana @Bo de Wit @cy@example.org: now, says @Di")
    assert not is_shown(blocks, "For @Ana @Bo de Wit: now, says @Di")
    assert not is_shown(blocks, "For @Ana @Bo de Wit @cy@example.org: later, says @Di")


@pytest.mark.parametrize("mention", [format_mention(7, "Ana"), "\ufffc"])
def test_comments_full_of_mentions_are_compared_soon(mention: str) -> None:
    """Anybody may write both texts: the one that is looked for, and the one that is there."""
    blocks, began = from_markdown(f"{mention} " * 20 + "end"), time.process_time()
    assert not is_shown(blocks, "@a " * 3000)
    assert time.process_time() - began < 1


def test_an_answer_that_repeats_what_people_wrote_leads_nowhere_and_notifies_nobody() -> None:
    """Such as a tag, or the name of who asked."""
    blocks = from_markdown(
        f"Undone: tag {format_mention(7, 'Ana')} [x](https://evil.example)", links=False
    )
    assert extract_text(blocks) == "Undone: tag @7 [x](https://evil.example)\n"
    assert not any(block.get("type") == "tag" for block in blocks)
