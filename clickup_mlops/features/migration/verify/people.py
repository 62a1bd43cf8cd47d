"""Who a person of the source is in ClickUp, by the mapping's e-mail addresses. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from clickup_mlops.features.migration.mapping.model import PersonTable
from clickup_mlops.features.migration.records import Person
from clickup_mlops.json_types import Json


@dataclass(slots=True)
class People:
    """The mapping's people, those of the source, and the members' e-mails in lower case."""

    table: Mapping[str, PersonTable]
    members: frozenset[str]
    known: dict[str, Person] = field(default_factory=dict)

    def learn(self, people: Iterable[Person]) -> None:
        """Remember the people and teams of the source."""
        self.known |= {person.id: person for person in people}

    def name(self, person_id: str) -> str:
        """What the source calls them; empty if it is not known."""
        if person_id in self.known:
            return self.known[person_id].name
        return self.table[person_id].name if person_id in self.table else ""

    def emails(self, value: Json) -> tuple[str, ...]:
        """The members of ClickUp that a value of a people column names, teams expanded; text names
        nobody.
        """
        addresses = map(self._member, self._all(value))
        return tuple(dict.fromkeys(email for email in addresses if email))

    def unmatched(self, value: Json) -> tuple[str, ...]:
        """What the source calls those of them who are no members; a text is itself."""
        if isinstance(value, str):
            return (value,) if value else ()
        names = (
            self.name(person_id) for person_id in self._all(value) if not self._member(person_id)
        )
        return tuple(dict.fromkeys(name for name in names if name))

    def names(self, value: Any) -> tuple[str, ...]:
        """What the source calls those that a value of a people column names."""
        if isinstance(value, str):
            return (value,)
        return tuple(name for reference in value if (name := self.name(str(reference["id"]))))

    def _all(self, value: Json) -> tuple[str, ...]:
        people = value if isinstance(value, list) else ()
        return tuple(person_id for reference in people for person_id in self._persons(reference))

    def _persons(self, reference: Json) -> tuple[str, ...]:
        if not isinstance(reference, dict) or "id" not in reference:
            return ()
        person_id = str(reference["id"])
        if reference.get("kind") != "team":
            return (person_id,)
        entry, person = self.table.get(person_id), self.known.get(person_id)
        if entry is not None and entry.members:
            return entry.members
        return person.members if person else ()

    def _member(self, person_id: str) -> str:
        entry = self.table.get(person_id)
        email = entry.email.strip().casefold() if entry else ""
        return email if email in self.members else ""
