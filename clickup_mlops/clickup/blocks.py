"""Markdown to comment blocks: ClickUp shows Markdown in comments as plain characters. Pure.

Understood: `**bold**`, `*italic*`, `` `code` ``, `[text](address)`, `- ` and `1. ` lists and fenced
code. Everything else stays as it is written. A block's style (list, code) sits on the line break
that follows it (developer docs, "Comment formatting").
"""

import re
from collections.abc import Iterator
from typing import Final

from clickup_mlops.json_types import Json

Block = dict[str, Json]

LONGEST: Final = 100_000
"""Characters that are shown; what is behind them is left out."""
# No part may contain what it begins with, or be longer than its limit: else a text of such
# beginnings would be searched to its end from each of them.
_INLINE = re.compile(
    r"\*\*(?P<bold>[^*\n]+)\*\*"
    r"|(?<![\w*])\*(?P<italic>[^*\s][^*\n]*)\*(?![\w*])"
    r"|`(?P<code>[^`\n]+)`"
    r"|\[(?P<label>[^\[\]\n]{1,1000})\]\((?P<link>https?://[^)\s]{1,2000})\)"
)
_BULLET = re.compile(r"\s*[-*+] (?P<text>.*)")
_ORDERED = re.compile(r"\s*\d{1,9}[.)] (?P<text>.*)")
_LISTS = ((_BULLET, "bullet"), (_ORDERED, "ordered"))


def from_markdown(text: str) -> list[Block]:
    """The comment blocks that show what the Markdown means."""
    return list(_lines(text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"))


def mention(user_id: int) -> Block:
    """A block that names a member, who is then notified."""
    return {"type": "tag", "user": {"id": user_id}}


def plain(blocks: list[Block]) -> str:
    """The text of the blocks, without style."""
    return "".join(str(block.get("text", "")) for block in blocks)


def _lines(text: str) -> Iterator[Block]:
    in_code = False
    for line in text.splitlines():
        if line.lstrip().startswith("```"):
            in_code = not in_code
        elif in_code:
            yield from _styled(
                [_block(line)] if line else [], {"code-block": {"code-block": "plain"}}
            )
        else:
            yield from _line(line)


def _line(line: str) -> Iterator[Block]:
    for pattern, kind in _LISTS:
        if found := pattern.fullmatch(line):
            yield from _styled(_inline(found["text"]), {"list": {"list": kind}})
            return
    yield from _styled(_inline(line), {})


def _styled(blocks: list[Block], style: dict[str, Json]) -> Iterator[Block]:
    yield from blocks
    yield _block("\n", **style)


def _inline(text: str) -> list[Block]:
    blocks, at = [], 0
    for found in _INLINE.finditer(text):
        if found.start() > at:
            blocks.append(_block(text[at : found.start()]))
        blocks.append(_marked(found))
        at = found.end()
    if at < len(text):
        blocks.append(_block(text[at:]))
    return blocks


def _marked(found: re.Match[str]) -> Block:
    if found["link"]:
        return _block(found["label"], link=found["link"])
    kind = found.lastgroup or ""
    return _block(found[kind], **{kind: True})


def _block(text: str, **attributes: Json) -> Block:
    return {"text": text, "attributes": attributes}
