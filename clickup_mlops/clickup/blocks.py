"""Markdown to comment blocks: ClickUp shows Markdown in comments as plain characters. Pure.

Understood: `[@Ana](#user_mention#7)`, which notifies the user with that id, `**bold**`, `*italic*`,
`` `code` ``, `[text](address)`, `- ` and `1. ` lists, fenced code, and a backslash before a mark.
Everything else stays as it is written. A block's style (list, code) sits on the line break that
follows it (developer docs, "Comment formatting").
"""

import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

from clickup_mlops.json_types import Json
from clickup_mlops.views.text import defuse_mentions

Block = dict[str, Any]

_MARKS = r"\\`*_\[\]<>~|"
_ESCAPED = re.compile(rf"\\([{_MARKS}])")
_SPECIAL = re.compile(rf"[{_MARKS}]")
MENTIONED: Final = "\ufffc"
"""Stands for a mention in plain text (the object replacement character)."""
LONGEST: Final = 100_000
"""Characters that are shown; what is behind them is left out."""
# No part may contain what it begins with unless escaped, be longer than its limit, or match one
# text in two ways: else a text of such beginnings would be searched again and again.
_INLINE = re.compile(
    rf"\\(?P<escaped>[{_MARKS}])"
    r"|\*\*(?P<bold>(?:\\.|[^*\n\\])+)\*\*"
    r"|(?<![\w*])\*(?P<italic>(?:\\.|[^*\s\\])(?:\\.|[^*\n\\])*)\*(?![\w*])"
    r"|\[@[^\[\]\n]{1,200}\]\(#user_mention#(?P<mention>\d{1,15})\)"
    r"|`(?P<code>(?:\\.|[^`\n\\])+)`"
    r"|\[(?P<label>(?:\\.|[^\[\]\n\\]){1,1000})\]\((?P<link>https?://[^)\s]{1,2000})\)"
)
_NAMELESS = re.compile(r"[\[\]\n\\]")
_MENTION = re.compile(r"\[@([^\[\]\n\\]+)\]\(#user_mention#\d+\)")
_BULLET = re.compile(r"\s*[-*+] (?P<text>.*)")
_ORDERED = re.compile(r"\s*\d{1,9}[.)] (?P<text>.*)")
_LISTS = ((_BULLET, "bullet"), (_ORDERED, "ordered"))


def from_markdown(text: str, *, links: bool = True) -> list[Block]:
    """The comment blocks that show what the Markdown means. `links` False: they and mentions stay
    text.
    """
    short = text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
    return [block if links else _drop_link(block) for block in _parse_lines(short)]


def escape_markdown(text: str) -> str:
    """Markdown that shows this text as it is, in comments, chat, docs and descriptions: what people
    wrote makes no link, no mark and no mention.
    """
    return defuse_mentions(_SPECIAL.sub(r"\\\g<0>", text))


def build_link(text: str, url: str) -> str:
    """Markdown that shows this text and leads to an https address; to another none."""
    escaped = escape_markdown(text)
    # Nothing in it can end the address or the line, or mention anybody.
    address = quote(url, safe="%/:?#&=+,;~-._", errors="replace")
    return f"[{escaped}]({address})" if url.startswith("https://") else escaped


def format_mention(user_id: int, name: str) -> str:
    """Markdown that mentions a member, as ClickUp writes it in chat and docs."""
    return f"[@{_NAMELESS.sub(' ', name).strip() or user_id}](#user_mention#{user_id})"


def name_mentions(markdown: str) -> str:
    """The same with names in place of mentions: another tool knows no user of ClickUp."""
    return _MENTION.sub(lambda match: escape_markdown(match[1]), markdown)


def build_mention(user_id: int) -> Block:
    """A block that names a member, who is then notified."""
    return {"type": "tag", "user": {"id": user_id}}


def extract_text(blocks: list[Block]) -> str:
    """The text of the blocks, without style; in place of who is mentioned stands `MENTIONED`."""
    return "".join(
        MENTIONED if block.get("type") == "tag" else str(block.get("text", "")) for block in blocks
    )


def is_shown(blocks: list[Block], text: str) -> bool:
    """Whether the text is what ClickUp shows of these blocks: it changes blanks and line ends, and
    shows mentions by names.
    """
    first, *later_parts = re.escape(" ".join(extract_text(blocks).split())).split(MENTIONED)
    # A name ends where what follows it first fits, once and for all: else a text of many `@` would
    # be searched again for each mention.
    ends = ["@"] * (len(later_parts) - 1) + [r"\Z"]
    names = (
        f"@(?>.{{1,200}}?{part}(?={end}))" for part, end in zip(later_parts, ends, strict=False)
    )
    return re.fullmatch(first + "".join(names), " ".join(text.split())) is not None


def _parse_lines(text: str) -> Iterator[Block]:
    in_code = False
    for line in text.splitlines():
        if line.lstrip().startswith("```"):
            in_code = not in_code
        elif in_code:
            yield from _apply_style(
                [_build_block(line)] if line else [], {"code-block": {"code-block": "plain"}}
            )
        else:
            yield from _parse_line(line)


def _parse_line(line: str) -> Iterator[Block]:
    for pattern, kind in _LISTS:
        if match := pattern.fullmatch(line):
            yield from _apply_style(_parse_inline(match["text"]), {"list": {"list": kind}})
            return
    yield from _apply_style(_parse_inline(line), {})


def _apply_style(blocks: list[Block], style: dict[str, Json]) -> Iterator[Block]:
    yield from blocks
    yield _build_block("\n", **style)


def _parse_inline(text: str) -> list[Block]:
    blocks, at = [], 0
    for match in _INLINE.finditer(text):
        if match.start() > at:
            blocks.append(_build_block(text[at : match.start()]))
        blocks.append(_build_marked(match))
        at = match.end()
    if at < len(text):
        blocks.append(_build_block(text[at:]))
    return blocks


def _build_marked(match: re.Match[str]) -> Block:
    if match["escaped"]:
        return _build_block(match["escaped"])
    if match["mention"]:
        return build_mention(int(match["mention"]))
    if match["link"]:
        return _build_block(_unescape(match["label"]), link=_unescape(match["link"]))
    kind = match.lastgroup or ""
    return _build_block(_unescape(match[kind]), **{kind: True})


def _unescape(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)


def _drop_link(block: Block) -> Block:
    if block.get("type") == "tag":
        return _build_block(f"@{block['user']['id']}")
    address = block.get("attributes", {}).get("link")
    return _build_block(f"[{block['text']}]({address})") if address else block


def _build_block(text: str, **attributes: Json) -> Block:
    return {"text": text, "attributes": attributes}
