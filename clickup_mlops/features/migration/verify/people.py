"""Who a person of the source is in ClickUp, by the mapping's e-mail addresses. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

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
        self.known |= {one.id: one for one in people}

    def name(self, person_id: str) -> str:
        """What the source calls them; empty if it is not known."""
        if person_id in self.known:
            return self.known[person_id].name
        return self.table[person_id].name if person_id in self.table else ""

    def emails(self, value: Json) -> tuple[str, ...]:
        """The members of ClickUp that a value of a people column names, teams expanded; text names
        nobody.
        """
        found = map(self._member, self._all(value))
        return tuple(dict.fromkeys(email for email in found if email))

    def unmatched(self, value: Json) -> tuple[str, ...]:
        """What the source calls those of them who are no members; a text is itself."""
        if isinstance(value, str):
            return (value,) if value else ()
        found = (self.name(one) for one in self._all(value) if not self._member(one))
        return tuple(dict.fromkeys(name for name in found if name))

    def names(self, value: Json) -> tuple[str, ...]:
        """What the source calls those that a value of a people column names."""
        if isinstance(value, str):
            return (value,)
        return tuple(name for each in value if (name := self.name(str(each["id"]))))

    def _all(self, value: Json) -> tuple[str, ...]:
        people = value if isinstance(value, list) else ()
        return tuple(one for each in people for one in self._persons(each))

    def _persons(self, each: Json) -> tuple[str, ...]:
        if not isinstance(each, dict) or "id" not in each:
            return ()
        person_id = str(each["id"])
        if each.get("kind") != "team":
            return (person_id,)
        entry, found = self.table.get(person_id), self.known.get(person_id)
        if entry is not None and entry.members:
            return entry.members
        return found.members if found else ()

    def _member(self, person_id: str) -> str:
        entry = self.table.get(person_id)
        email = entry.email.strip().casefold() if entry else ""
        return email if email in self.members else ""
