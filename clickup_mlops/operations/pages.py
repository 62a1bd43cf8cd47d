"""The documentation that came with the installation, page by page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from clickup_mlops import content
from clickup_mlops.errors import InputError
from clickup_mlops.spelling import SENTENCE, suggest_word

ROOMS: Final = ("tutorial", "how-to", "reference", "reference/automations", "explanation")
"""The folders of pages; of two pages with one name the first is meant."""

_COMMENT: Final = re.compile(r"<!--.*?-->\n+", re.DOTALL)
"""Says how the page is made, which is for who edits it."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page in Markdown. `topic` is unique, `name` may not be."""

    topic: str
    file: Path

    @property
    def name(self) -> str:
        """The last part of the topic."""
        return self.file.stem

    @property
    def text(self) -> str:
        """The whole page."""
        return _COMMENT.sub("", self.file.read_text(encoding="utf-8"))

    @property
    def title(self) -> str:
        """Its first heading."""
        return self.text.partition("\n")[0].lstrip("# ")


def pages() -> tuple[Page, ...]:
    """All of them, in the order of `ROOMS`."""
    return tuple(_pages(content.find_folder("docs")))


def _pages(folder: Path) -> Iterator[Page]:
    for room in ROOMS:
        for file in sorted((folder / room).glob("*.md")):
            yield Page(f"{room}/{file.stem}", file)


def page(topic: str) -> Page:
    """The page with this topic, or with this name.

    Raises:
        InputError: there is none; names the nearest.
    """
    name, all_pages = topic.lower().removesuffix(".md").removeprefix("docs/"), pages()
    match = next(
        (candidate for candidate in all_pages if name in (candidate.topic, candidate.name)), None
    )
    if match is None:
        names = [candidate.name for candidate in all_pages]
        otherwise = "`clickup-mlops help` lists all pages."
        hint = suggest_word(topic, names, SENTENCE, otherwise=otherwise)
        raise InputError(f'no page is called "{topic}"', hint=hint)
    return match
