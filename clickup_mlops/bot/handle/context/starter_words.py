"""The names and lines of starter tasks, to recognise tasks that were copied from them.

A starter task describes an incident without reporting one: a team saves it as a template of
ClickUp, or duplicates it, and the copy has the same words.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from clickup_mlops import content
from clickup_mlops.errors import ContentError

PARTS: Final = "parts"
"""The folder in `templates/` with what several templates share."""
_PARAMETER: Final = re.compile(r"\$\{[^}]*\}")
_STYLE: Final = re.compile(r"[*_`#>~\\]|\[[ x]\]|^\s*(?:[-•]|\d+[.)])\s+")
_TASKS: Final = ("task", "subtask")


@dataclass(frozen=True, slots=True)
class StarterWords:
    """`names` and `lines` by their plain form; those with parameters are patterns."""

    names: frozenset[str]
    lines: frozenset[str]
    patterns: tuple[re.Pattern[str], ...] = ()

    def has_name(self, name: str) -> bool:
        """Whether a starter task is called like this."""
        return self._is_starter(self.names, name)

    def has_line(self, line: str) -> bool:
        """Whether this is a line of a starter task's description."""
        return self._is_starter(self.lines, line)

    def _is_starter(self, words: frozenset[str], text: str) -> bool:
        plain = _plain(text)
        return plain in words or any(pattern.fullmatch(plain) for pattern in self.patterns)


def starter_words(*folders: Path) -> StarterWords:
    """Those of all templates in the folders, and of their parts. A file that cannot be read has
    none.
    """
    names: set[str] = set()
    lines: set[str] = set()
    for folder in folders:
        for file in content.list_toml_files(folder, folder / PARTS):
            for name, description in _tasks(_table(file)):
                names.add(name)
                lines.update(line for line in description.splitlines() if line.strip())
    variable = sorted(text for text in names | lines if _PARAMETER.search(text))
    return StarterWords(_fixed(names), _fixed(lines), tuple(map(_pattern, variable)))


def _fixed(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(_plain(text) for text in texts if not _PARAMETER.search(text))


def _table(file: Path) -> Mapping[str, Any]:
    try:
        return content.read_toml(file)
    except ContentError:
        return {}  # `provision` reports it


def _tasks(table: Any) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        for entry in value if isinstance(value, list) else [value]:
            if isinstance(entry, Mapping):
                if key in _TASKS:
                    yield str(entry.get("name", "")), str(entry.get("description", ""))
                yield from _tasks(entry)


def _plain(text: str) -> str:
    """Without what ClickUp changes: style, bullets, blanks and case."""
    return " ".join(_STYLE.sub("", text).split()).casefold()


def _pattern(text: str) -> re.Pattern[str]:
    # A parameter is one value: without a limit, a long text would be searched again and again.
    parts = (re.escape(_plain(f".{part}.")[1:-1]) for part in _PARAMETER.split(text))
    return re.compile(r".{1,80}?".join(parts))
