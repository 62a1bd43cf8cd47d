"""The blocks of an item's description -> Markdown. Pure; an unknown block keeps its text."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

import orjson

from clickup_mlops.json_types import Json, JsonObject

_STARTS: Final[Mapping[str, str]] = {
    "large_title": "# ",
    "medium_title": "## ",
    "small_title": "### ",
    "bulleted_list": "- ",
    "numbered_list": "1. ",
    "quote": "> ",
}
_LISTS: Final = ("bulleted_list", "numbered_list", "check_list")
_WEB: Final = ("http://", "https://", "mailto:")

Escape = Callable[[str], str]
"""Markdown that shows a text as it is."""


def render_markdown(blocks: Iterable[JsonObject], escape: Escape = str) -> str:
    """All blocks, a blank line between those that belong to no list. `literal` escapes their text,
    which is no Markdown.
    """
    lines: list[str] = []
    before = ""
    for block in blocks:
        kind = str(block.get("type") or "").replace(" ", "_")
        text = _render_block(kind, _decode_content(block.get("content")), escape)
        if not text:
            continue
        if lines and not (kind in _LISTS and before in _LISTS):
            lines.append("")
        lines.append(text)
        before = kind
    return "\n".join(lines)


def _render_block(kind: str, content: JsonObject, escape_text: Escape) -> str:
    escape = str if kind == "code" else escape_text
    text = "".join(
        _render_insert(insert, escape) for insert in _to_list(content.get("deltaFormat"))
    ).strip("\n")
    if kind == "divider":
        return "---"
    if kind == "image":
        return _render_image(content.get("publicUrl") or content.get("url"))
    if not text.strip():
        return ""
    if kind == "code":
        return f"```\n{text}\n```"
    if kind == "check_list":
        return f"- [{'x' if content.get('checked') else ' '}] {text}"
    return _STARTS.get(kind, "") + text


def _render_image(url: Json) -> str:
    """Without a signature: that would open the file to whoever reads it, and be new each time."""
    address = str(url or "").partition("?")[0]
    return f"![image]({address})" if address.startswith(_WEB) else ""


def _render_insert(operation: Json, escape: Escape) -> str:
    if not isinstance(operation, Mapping):
        return ""
    insert = operation.get("insert")
    if isinstance(insert, Mapping):
        return escape(" ".join(str(part) for part in insert.values() if isinstance(part, str)))
    return _apply_style(str(insert or ""), operation.get("attributes"), escape)


def _apply_style(text: str, attributes: Json, escape: Escape) -> str:
    bare = text.strip()
    if not bare or not isinstance(attributes, Mapping):
        return escape(text)
    styled = f"`{bare}`" if attributes.get("code") and "`" not in bare else escape(bare)
    styled = f"*{styled}*" if attributes.get("italic") else styled
    styled = f"**{styled}**" if attributes.get("bold") else styled
    link = attributes.get("link")
    is_web = isinstance(link, str) and link.startswith(_WEB) and not set(link) & set(" ()\n")
    styled = f"[{styled}]({link})" if is_web else styled
    return text.replace(bare, styled, 1)


def _decode_content(content: Json) -> JsonObject:
    if isinstance(content, str):
        try:
            content = orjson.loads(content)
        except orjson.JSONDecodeError:
            return {"deltaFormat": [{"insert": content}]}
    return content if isinstance(content, Mapping) else {}


def _to_list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
