"""Plain text as Markdown that shows it unchanged. Pure."""

import re
from typing import Final

from clickup_mlops.clickup.blocks import escape_markdown
from clickup_mlops.features.migration.records import Column

_ADDRESS: Final = re.compile(r"https?://[^\s\\`*\[\]<>~|\"]+")
_BLOCK_MARK: Final = re.compile(r"(#{1,6}|[-+=>]|\d{1,9}(?=[.)]))")
_NO_BREAK_SPACE: Final = "\u00a0"


def markdown(text: str) -> str:
    """Markdown of a line of text. Web addresses stay links: escaped, they would lead elsewhere."""
    parts, at = [], 0
    for match in _ADDRESS.finditer(text):
        parts += [escape_markdown(text[at : match.start()]), match[0]]
        at = match.end()
    return "".join([*parts, escape_markdown(text[at:])])


def link(address: str, label: str) -> str:
    """A Markdown link if the address is one of the web, else both as text."""
    if not _ADDRESS.fullmatch(address):
        return markdown(f"{label}: {address}" if label and label != address else address)
    target = address.replace("(", "%28").replace(")", "%29")
    return f"[{escape_markdown(' '.join(label.split()) or address)}]({target})"


def paragraphs(column: Column, text: str) -> tuple[str, ...]:
    """The column's title and the text, a paragraph for each line; nothing for a blank text."""
    first, *more = [line for line in text.splitlines() if line.strip()] or [""]
    if not first:
        return ()
    if not more:
        return (titled(column, markdown(first.strip())),)
    return (titled(column, ""), *map(_one_line, [first, *more]))


def titled(column: Column, text: str) -> str:
    """A paragraph that begins with the column's title; `text` is Markdown."""
    title = " ".join(column.title.split()) or column.id
    return f"**{escape_markdown(title)}:** {text}".rstrip()


def _one_line(line: str) -> str:
    text = line.strip()
    indent = len(line) - len(line.lstrip())
    # Blanks would make it code, and a mark at its beginning a heading, a list or a quotation.
    mark = _BLOCK_MARK.match(text)
    escaped = markdown(text)
    if mark and mark[0].isdigit():
        escaped = f"{mark[0]}\\{escaped[len(mark[0]) :]}"
    elif mark and not escaped.startswith("\\"):
        escaped = f"\\{escaped}"
    return _NO_BREAK_SPACE * indent + escaped
