"""Texts of both sides in one form: what people read, without marks, tags and blanks. Pure.

HTML, Markdown and plain text that show the same give the same `letters`. A place where the two
sides may differ on purpose, such as a mention or an image, is `ANYTHING`.
"""

import re
import unicodedata
from html.parser import HTMLParser
from typing import Final

ANYTHING: Final = "\ufffc"
"""Stands for a mention or an image: its text in ClickUp is not the source's."""

_INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad]")
_LINK = re.compile(r"!?\[((?:[^\[\]\\]|\\.)*)\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*\)")
_MARKS = re.compile(r"-{3,}|[\s\\*_~`<>#|\[\]]")
_BULLETS = re.compile(r"^\s*(?:[-*+•]|\d{1,9}[.)])\s+(?:\[[ xX]?\]\s*)?", re.MULTILINE)
_TAG = re.compile(r"<[A-Za-z/!][^<>]*>")
_DECLARATION = re.compile(r"<!--.*?(?:-->|\Z)|<[!?][^>]*>?", re.DOTALL)
_ITEM_MARKS = re.compile("[☐☑✓✔]")


def letters(text: str) -> str:
    """What is left of Markdown without marks, addresses of links and blanks."""
    return plain(_BULLETS.sub("", _LINK.sub(r"\1", _INVISIBLE.sub("", text))))


def plain(text: str) -> str:
    """What is left of plain text without what could be a mark, and without blanks."""
    visible = _ITEM_MARKS.sub("", _INVISIBLE.sub("", text))
    return _MARKS.sub("", unicodedata.normalize("NFC", visible))


def of_html(html: str) -> str:
    """The letters of HTML; `ANYTHING` where it mentions somebody or shows an image."""
    if not _TAG.search(html) and "&" not in html:
        return plain(html)
    # What no tag ends is text, and no declaration is shown. Python's parser would search the whole
    # text again for each `<`, and fails at a section such as `<![x[`.
    complete, end, tail = _DECLARATION.sub("", html).rpartition(">")
    reader = _Reader()
    reader.feed(complete + end + tail.replace("<", "&lt;"))
    reader.close()
    return plain("".join(reader.parts))


def line(text: str) -> str:
    """One line of text as it is shown: without invisible characters, blanks collapsed."""
    return " ".join(unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).split())


def shows(text: str, piece: str) -> bool:
    """Whether the letters `found` contain the letters `wanted`, in which `ANYTHING` is any text."""
    parts = [part for part in piece.split(ANYTHING) if part]
    at = 0
    for part in parts:
        at = text.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return True


class _Reader(HTMLParser):
    """Collects what is shown."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._mention = self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.parts.append(ANYTHING)
        if tag == "a" and any(name.startswith("data-mention") for name, _ in attrs):
            self._mention += 1
            self.parts.append(ANYTHING)
        if tag in ("script", "style"):
            self._hidden += 1
        if tag in ("li", "p", "br", "div"):
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._mention:
            self._mention -= 1
        if tag in ("script", "style") and self._hidden:
            self._hidden -= 1

    def handle_data(self, data: str) -> None:
        if not self._mention and not self._hidden:
            self.parts.append(data)
