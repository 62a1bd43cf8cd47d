"""Text of other tools as Markdown and HTML: Jira's wiki markup and documents, plain text. Pure.

Only what has the same meaning in Markdown is converted; everything else stays as it is written.
"""

import html
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from markdown_it import MarkdownIt

from clickup_mlops.features.migration.html import MOST_HTML, to_markdown
from clickup_mlops.features.migration.sources._files.text import clean, mapping, objects
from clickup_mlops.json_types import Json

# No part may run over another beginning of what it is in: else a text of beginnings would be
# searched again and again.
_FENCES: Final = re.compile(
    r"\{(code|noformat)(?::([\w+#]*)[^{}]*)?\}((?:(?!\{\1:).)*?)\{\1\}", re.DOTALL
)
_INLINE: Final = (  # lists first: a heading in Markdown looks like a numbered one
    (re.compile(r"(?m)^([*#-]+) (?=\S)"), lambda match: _bullet(match[1])),
    (re.compile(r"(?m)^h([1-6])\.\s*"), lambda match: "#" * int(match[1]) + " "),
    (re.compile(r"(?m)^bq\.\s*"), lambda _: "> "),
    (re.compile(r"\{\{((?:(?!\{\{).)+?)\}\}"), lambda match: f"`{match[1]}`"),
    (re.compile(r"(?<![\w*])\*(?! )([^*\n]+?)(?<! )\*(?![\w*])"), lambda match: f"**{match[1]}**"),
    (
        re.compile(r"\[([^\[\]|\n]+)\|([a-z]+:[^\[\]|\s]+)(?:\|[^\[\]]*)?\]"),
        lambda f: f"[{f[1]}]({f[2]})",
    ),
    (re.compile(r"\[(https?://[^\[\]|\s]+)\]"), lambda match: f"<{match[1]}>"),
    (re.compile(r"\[~(?:accountid:)?([^\[\]\n]+)\]"), lambda match: f"@{match[1]}"),
    (re.compile(r"(?m)^----+$"), lambda _: "---"),
)
_MARKS: Final = {"strong": "**", "em": "*", "code": "`", "strike": "~~"}


class Markdown(str):
    """A text that is Markdown already."""

    __slots__ = ()


def markdown_of_html(html: str) -> str:
    """HTML as Markdown: its text is kept, without scripts and unsafe links."""
    return to_markdown(html, _mention, lambda _address: "", MOST_HTML).markdown


def _mention(_person: str, name: str) -> str:
    return f"@{name}"


def html_of_text(text: str) -> str:
    """Plain text as HTML; lines stay lines."""
    return html.escape(text, quote=False).replace("\n", "<br>")


def html_of_markdown(text: str) -> str:
    """Markdown as HTML; HTML inside of it is shown, not used."""
    return str(_renderer().render(text)).strip()


def markdown_of_wiki(text: str) -> str:
    """Jira's wiki markup as Markdown. What stands in code stays untouched."""
    parts: list[str] = []
    end = 0
    for code in _FENCES.finditer(text):
        parts += [_inline(text[end : code.start()]), _fence(code[2] or "", code[3])]
        end = code.end()
    return "".join([*parts, _inline(text[end:])]).strip()


def markdown_of_document(document: Json) -> str:
    """Jira's document format (ADF) as Markdown; a text is taken as wiki markup, unless it is
    `Markdown`.
    """
    if isinstance(document, Markdown):
        return document
    if not isinstance(document, dict):
        return markdown_of_wiki(clean(document))
    return clean(_blocks(document))


@cache
def _renderer() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(
        ["table", "strikethrough"]
    )


def _inline(text: str) -> str:
    for pattern, replacement in _INLINE:
        text = pattern.sub(replacement, text)
    return text


def _bullet(marks: str) -> str:
    is_rule = set(marks) == {"-"} and len(marks) > 1
    return (
        f"{marks} " if is_rule else "   " * (len(marks) - 1) + ("1. " if marks[-1] == "#" else "- ")
    )


def _fence(language: str, code: str) -> str:
    mark = "````" if "```" in code else "```"
    return f"\n{mark}{language}\n{code.strip(chr(10))}\n{mark}\n"


def _blocks(node: Any) -> str:
    return "\n\n".join(filter(None, map(_block, objects(node.get("content")))))


def _block(node: Mapping[str, Json]) -> str:
    kind = str(node.get("type", ""))
    if kind in _BLOCKS:
        return _BLOCKS[kind](node)
    return _texts(node) if _is_inline(node) else _blocks(node)


def _is_inline(node: Mapping[str, Json]) -> bool:
    """Whether it is text, or holds text without blocks between."""
    inside = [str(child.get("type", "")) for child in objects(node.get("content"))]
    return not inside or all(kind in _TEXTS for kind in inside)


def _texts(node: Mapping[str, Json]) -> str:
    if str(node.get("type", "")) in _TEXTS:
        return _text(node)
    return "".join(map(_text, objects(node.get("content"))))


def _text(node: Mapping[str, Json]) -> str:
    kind, attributes = str(node.get("type", "")), mapping(node.get("attrs"))
    text = _TEXTS[kind](node, attributes) if kind in _TEXTS else _texts(node)
    for mark in objects(node.get("marks")) if text.strip() else ():
        href = mapping(mark.get("attrs")).get("href")
        around = _MARKS.get(str(mark.get("type")), "")
        text = f"[{text}]({href})" if href else f"{around}{text}{around}"
    return text


def _list(node: Mapping[str, Json]) -> str:
    is_numbered = node.get("type") == "orderedList"
    items = [_blocks(item) for item in objects(node.get("content"))]
    marks = [f"{number}. " if is_numbered else "- " for number in range(1, len(items) + 1)]
    return "\n".join(
        mark + item.replace("\n\n", "\n").replace("\n", "\n" + " " * len(mark))
        for mark, item in zip(marks, items, strict=True)
    )


def _tasks(node: Mapping[str, Json]) -> str:
    return "\n".join(
        f"- [{'x' if mapping(item.get('attrs')).get('state') == 'DONE' else ' '}] {_texts(item)}"
        for item in objects(node.get("content"))
    )


def _table(node: Mapping[str, Json]) -> str:
    rows = [
        [_blocks(cell).replace("\n", " ") for cell in objects(row.get("content"))]
        for row in objects(node.get("content"))
    ]
    if not rows:
        return ""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], "|" + " --- |" * len(rows[0]), *lines[1:]])


def _heading(node: Mapping[str, Json]) -> str:
    level = mapping(node.get("attrs")).get("level")
    return "#" * (level if isinstance(level, int) else 1) + " " + _texts(node)


def _quote(node: Mapping[str, Json]) -> str:
    return "> " + _blocks(node).replace("\n", "\n> ")


def _code(node: Mapping[str, Json]) -> str:
    language = clean(mapping(node.get("attrs")).get("language"))
    return _fence(language, _texts(node)).strip()


_BLOCKS: Final[Mapping[str, Callable[[Mapping[str, Json]], str]]] = {
    "paragraph": _texts,
    "heading": _heading,
    "bulletList": _list,
    "orderedList": _list,
    "taskList": _tasks,
    "blockquote": _quote,
    "codeBlock": _code,
    "rule": lambda _: "---",
    "table": _table,
}
_TEXTS: Final[Mapping[str, Callable[[Mapping[str, Json], Mapping[str, Json]], str]]] = {
    "text": lambda node, _: str(node.get("text", "")),
    "hardBreak": lambda *_: "\n",
    "mention": lambda _, attributes: "@" + str(attributes.get("text", "")).lstrip("@"),
    "emoji": lambda _, attributes: str(attributes.get("text") or attributes.get("shortName", "")),
    "inlineCard": lambda _, attributes: f"<{attributes.get('url', '')}>",
    "status": lambda _, attributes: str(attributes.get("text", "")),
}
