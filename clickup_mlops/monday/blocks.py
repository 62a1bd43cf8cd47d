"""The blocks of an item's description -> Markdown. Pure; an unknown block keeps its text."""

from collections.abc import Iterable, Mapping
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


def markdown(blocks: Iterable[JsonObject]) -> str:
    """All blocks, a blank line between those that belong to no list."""
    lines: list[str] = []
    before = ""
    for block in blocks:
        kind = str(block.get("type") or "").replace(" ", "_")
        text = _block(kind, _content(block.get("content")))
        if not text:
            continue
        if lines and not (kind in _LISTS and before in _LISTS):
            lines.append("")
        lines.append(text)
        before = kind
    return "\n".join(lines)


def _block(kind: str, content: JsonObject) -> str:
    text = "".join(_insert(one) for one in _list(content.get("deltaFormat"))).strip("\n")
    if kind == "divider":
        return "---"
    if kind == "image":
        url = content.get("publicUrl") or content.get("url")
        return f"![image]({url})" if url else ""
    if not text.strip():
        return ""
    if kind == "code":
        return f"```\n{text}\n```"
    if kind == "check_list":
        return f"- [{'x' if content.get('checked') else ' '}] {text}"
    return _STARTS.get(kind, "") + text


def _insert(one: Json) -> str:
    if not isinstance(one, Mapping):
        return ""
    insert = one.get("insert")
    if isinstance(insert, Mapping):
        return " ".join(str(part) for part in insert.values() if isinstance(part, str))
    return _styled(str(insert or ""), one.get("attributes"))


def _styled(text: str, attributes: Json) -> str:
    bare = text.strip()
    if not bare or not isinstance(attributes, Mapping):
        return text
    styled = f"`{bare}`" if attributes.get("code") else bare
    styled = f"*{styled}*" if attributes.get("italic") else styled
    styled = f"**{styled}**" if attributes.get("bold") else styled
    link = attributes.get("link")
    styled = f"[{styled}]({link})" if isinstance(link, str) and link else styled
    return text.replace(bare, styled, 1)


def _content(content: Json) -> JsonObject:
    if isinstance(content, str):
        try:
            content = orjson.loads(content)
        except orjson.JSONDecodeError:
            return {"deltaFormat": [{"insert": content}]}
    return content if isinstance(content, Mapping) else {}


def _list(found: Json) -> list[Json]:
    return found if isinstance(found, list) else []
