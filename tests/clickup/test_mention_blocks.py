"""Mentions in Markdown become blocks that notify."""

from clickup_mlops.clickup import blocks


def test_a_mention_becomes_a_block_and_an_escaped_one_stays_text() -> None:
    """Between other marks, too."""
    text = (
        f"**Now** {blocks.format_mention(7, 'Ana [x]')}, "
        f"{blocks.escape_markdown('[@B](#user_mention#8)')}"
    )

    mentions = [block for block in blocks.from_markdown(text) if block.get("type") == "tag"]

    assert mentions == [blocks.build_mention(7)]


def test_what_is_shown_of_a_mention_is_recognised() -> None:
    """ClickUp shows a name, which the blocks do not have."""
    comment = blocks.from_markdown(f"Ask {blocks.format_mention(7, 'Ana')}, now")

    assert blocks.is_shown(comment, "Ask @Ana Weber, now\n")
    assert not blocks.is_shown(comment, "Ask @Ana Weber, later\n")
