"""Who is in a file: people with ids and addresses, and names that stand alone. Pure."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from clickup_mlops.features.migration.records import Person
from clickup_mlops.features.migration.sources._files.entries import Raw
from clickup_mlops.features.migration.sources._files.values import is_empty, text_of

_WITH_ADDRESS: Final = re.compile(r"([^<>@]*)<([^\s<>@]+@[^\s<>@]+)>")


class People:
    """Finds the same person by id, e-mail address or name, whatever a place in the file gives."""

    def __init__(self) -> None:
        self._by_id: dict[str, Person] = {}
        self._id_by_alias: dict[str, str] = {}
        self._names: dict[str, None] = {}

    def note(self, raw: Raw) -> None:
        """Remember somebody. A name alone may turn out to be a person who comes later."""
        if isinstance(raw, Person):
            self._merge(raw)
        elif not is_empty(raw):
            self._names[text_of(raw)] = None

    def find(self, raw: Raw) -> Person:
        """The person; a name that nobody has yet becomes a person of its own."""
        if isinstance(raw, Person):
            return self._by_id.get(raw.id) or self._merge(raw)
        text = text_of(raw)
        if person := with_address(text):
            existing = self._find(person.email) or self._find(person.name)
            return self._merge(replace(person, id=existing.id) if existing else person)
        return self._find(text) or self._merge(Person(text, text, text if "@" in text else ""))

    def _find(self, text: str) -> Person | None:
        return self._by_id.get(text) or self._by_id.get(self._id_by_alias.get(_folded(text), ""))

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and (
            name in self._by_id or name in self._names or _folded(name) in self._id_by_alias
        )

    def __iter__(self) -> Iterator[Person]:
        for name in self._names:
            self.find(name)
        yield from sorted(self._by_id.values(), key=lambda person: person.kind == "team")

    def _merge(self, person: Person) -> Person:
        existing = self._by_id.get(person.id, person)
        has_name = existing.name not in ("", existing.id)
        merged = replace(
            existing,
            name=existing.name if has_name else person.name or person.id,
            email=existing.email or person.email,
            active=existing.active and person.active,
        )
        self._by_id[person.id] = merged
        for alias in filter(None, (merged.name, merged.email)):
            self._id_by_alias.setdefault(_folded(alias), merged.id)
        return merged


def with_address(text: str) -> Person | None:
    """The person of `Name <address>`; None: the text is written otherwise."""
    match = _WITH_ADDRESS.fullmatch(text.strip())
    return Person(match[2], match[1].strip('" ') or match[2], match[2]) if match else None


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
