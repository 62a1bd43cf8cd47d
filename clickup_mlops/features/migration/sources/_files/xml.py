"""Reads XML files without what XML is attacked with: no declarations of types or entities."""

from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from clickup_mlops.errors import ContentError
from clickup_mlops.features.migration.sources._files.text import MAX_JSON, clean
from clickup_mlops.json_types import Json

DEEPEST: Final = 100
"""Levels of elements; exports have about ten."""
_CHUNK: Final = 1 << 16


def read_xml(path: Path) -> Element:
    """The file's root, names without their namespace.

    Raises ContentError: the file is missing, too large, cut off or no XML, or declares a type.
    """
    try:
        size = path.stat().st_size
        if size > MAX_JSON:
            raise ContentError(path, "", f"has {size:,} bytes: split the export into smaller ones")
        return _Reader(path).read()
    except expat.ExpatError as problem:
        raise ContentError(path, "", f"is no whole XML file: {problem}") from problem
    except (OSError, LookupError, ValueError) as problem:
        raise ContentError(path, "", str(problem)) from problem


def text_of(element: Element, path: str) -> str:
    """The text of the first element at a path below; empty if it is not there."""
    return clean(element.findtext(path))


def record_of(element: Element) -> Json:
    """An element as JSON would say it: its text, or an object; a list where a name repeats."""
    if not len(element):
        return clean(element.text)
    values: dict[str, list[Json]] = {}
    for child in element:
        values.setdefault(child.tag, []).append(record_of(child))
    return {tag: several if len(several) > 1 else several[0] for tag, several in values.items()}


class _Reader:
    def __init__(self, path: Path) -> None:
        self._path, self._depth = path, 0
        self._builder = TreeBuilder()
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._refuse_type
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._builder.data

    def read(self) -> Element:
        """The whole file."""
        with self._path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                self._parser.Parse(chunk, False)
        self._parser.Parse(b"", True)
        return self._builder.close()

    def _refuse_type(self, *_declaration: object) -> None:
        hint = "No export has one: entities of such a file could read files or fill the memory."
        raise ContentError(self._path, "", "declares a document type", hint=hint)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise ContentError(self._path, "", f"has elements more than {DEEPEST} levels deep")
        self._builder.start(_local(name), attributes)

    def _end(self, name: str) -> None:
        self._depth -= 1
        self._builder.end(_local(name))


def _local(name: str) -> str:
    return name.rpartition(":")[2]
