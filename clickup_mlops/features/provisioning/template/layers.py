"""Templates are laid over each other: `extends`, `include`, `omit`. Each key remembers its file."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from clickup_mlops import content
from clickup_mlops.errors import ContentError
from clickup_mlops.spelling import suggest_word

PARTS: Final = "parts"
"""Folder beside the templates with what they include."""
MOST_PARTS: Final = 1_000
"""Of one template. Parts that include others twice double with each level."""
_IDENTITY: Final = ("name", "endpoint")
"""Keys by which entries of `[[...]]` are the same."""


class Layer(dict[str, Any]):
    """A TOML table; `origins` says which file each key came from, `covers` whether this is laid
    over another one.
    """

    def __init__(self, plain: Mapping[str, Any], file: Path, *, covers: bool = False) -> None:
        super().__init__({key: _layered(value, file) for key, value in plain.items()})
        self.file, self.covers = file, covers
        self.origins = dict.fromkeys(plain, file)

    def put(self, key: str, value: Any, file: Path) -> None:
        """Set a key, and where it came from."""
        self[key] = value
        self.origins[key] = file


def _layered(value: Any, file: Path) -> Any:
    if isinstance(value, Mapping):
        return Layer(value, file)
    if isinstance(value, list):
        return [_layered(entry, file) for entry in value]
    return value


def read(folder: Path, name: str) -> Layer:
    """A template with everything that it extends and includes; parameters are not filled in.

    Raises:
        ContentError: a file is missing or not TOML, or templates extend each other in a circle.
    """
    return _read(folder, name, ())


def _read(folder: Path, name: str, above: tuple[str, ...]) -> Layer:
    if name in above:
        circle = " -> ".join((*above, name))
        raise ContentError(_file(folder, above[-1]), "extends", f"goes in a circle: {circle}")
    layer = _read_file(folder, name, _file(folder, above[-1]) if above else None, "extends")
    merged = _with_parts(layer, folder / PARTS, (), iter(range(MOST_PARTS)))
    if base := merged.pop("extends", ""):
        merged = laid(_read(folder, str(base), (*above, name)), merged)
    return _without_omitted(merged)


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name}.toml"


def _read_file(folder: Path, name: str, asked_by: Path | None, key: str) -> Layer:
    path = _file(folder, name)
    if Path(name).name != name:
        raise ContentError(
            asked_by or folder,
            key if asked_by else "",
            f'"{name}" is a path, not a name in {folder}',
        )
    if path.is_file():
        return Layer(content.read_toml(path), path)
    names = [file.stem for file in content.list_toml_files(folder)]
    guess = suggest_word(name, names)
    hint = f"In {folder}: {', '.join(names) or 'nothing'}."
    if not asked_by:
        hint += " For those of another folder: --templates FOLDER; TEMPLATE is a name, not a file."
    raise ContentError(
        asked_by or folder, key if asked_by else "", f'there is no "{name}"{guess}', hint=hint
    )


def _with_parts(table: Layer, parts: Path, above: tuple[str, ...], budget: Iterator[int]) -> Layer:
    """The table with its own parts below it, and so on further down. `allowed`: one for each."""
    for key, value in table.items():
        table[key] = _map_layers(value, lambda inner: _with_parts(inner, parts, above, budget))
    below = Layer({}, table.file)
    for name in table.pop("include", ()):
        if name in above:
            circle = " -> ".join((*above, name))
            raise ContentError(table.file, "include", f"goes in a circle: {circle}")
        if next(budget, None) is None:
            text = f"more than {MOST_PARTS:,} parts are included, with those of parts"
            raise ContentError(table.file, "include", text)
        part = _read_file(parts, str(name), table.file, "include")
        below = laid(below, _with_parts(part, parts, (*above, name), budget))
    return laid(below, table) if below else table


def _map_layers(value: Any, change: Callable[[Layer], Any]) -> Any:
    if isinstance(value, Layer):
        return change(value)
    if isinstance(value, list):
        return [_map_layers(inner, change) for inner in value]
    return value


def laid(below: Layer, above: Layer) -> Layer:
    """Both in one: tables key by key, named entries by name, else what is above wins."""
    result = Layer({}, above.file, covers=True)
    for layer in (below, above):
        for key, value in layer.items():
            both = key in result
            joined = _joined(result[key], value) if both else value
            result.put(key, joined, layer.origins[key])
    return result


def _joined(below: Any, above: Any) -> Any:
    if isinstance(below, Layer) and isinstance(above, Layer):
        return laid(below, above)
    if _are_entries(below) and _are_entries(above):
        return _merged(below, above)
    return above


def _are_entries(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(identity, value))


def identity(entry: Any) -> str | None:
    """What an entry of `[[...]]` is known by."""
    if not isinstance(entry, Layer):
        return None
    return next((str(entry[key]).strip().casefold() for key in _IDENTITY if key in entry), None)


def _merged(below: list[Layer], above: list[Layer]) -> list[Layer]:
    """In their order: what was below, then what is new. Doubles in one file stay, to be found."""
    ours = {identity(entry): entry for entry in above}
    theirs = {identity(entry) for entry in below}
    merged = [laid(e, ours[identity(e)]) if identity(e) in ours else e for e in below]
    return [*merged, *(entry for entry in above if identity(entry) not in theirs)]


def _without_omitted(table: Layer) -> Layer:
    for key, value in table.items():
        entries = isinstance(value, list)
        remaining = [entry for entry in value if not _is_omitted(entry)] if entries else value
        table[key] = _map_layers(remaining, _without_omitted)
    return table


def _is_omitted(entry: Any) -> bool:
    if not isinstance(entry, Layer) or entry.get("omit") is not True:
        return False
    if not entry.covers:
        raise ContentError(
            entry.file, "omit", f'nothing called "{identity(entry)}" comes from below'
        )
    return True


def _printable(name: str) -> str:
    """On one line, and as it is written."""
    return "".join(
        character if character.isprintable() else ascii(character)[1:-1] for character in name
    )


def blame(table: Layer, location: tuple[int | str, ...]) -> tuple[Path, str]:
    """The file in which a key stands, and the key in words: `space.list[Serving].field[Model]`."""
    file, words = table.file, ""
    current: Any = table
    for part in location:
        if isinstance(part, int):
            current = current[part] if isinstance(current, list) and part < len(current) else None
            name = current.get("name", part) if isinstance(current, Layer) else part
            words += f"[{_printable(str(name))}]"
            continue
        if isinstance(current, Layer):
            file, current = current.origins.get(part, current.file), current.get(part)
        words += f".{part}" if words else part
    return file, words
