"""Who is who: people of the source and users of the ClickUp Workspace. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from clickup_mlops.clickup.model import Person as Member
from clickup_mlops.features.migration.mapping.model import Mapping, PersonTable
from clickup_mlops.features.migration.records import Person


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A person of the mapping who is no ClickUp user. `email`: whom the mapping means, if any."""

    id: str
    name: str
    email: str


class Directory:
    """What conversions ask about people: a `Lookup`.

    `people` are the source's, `members` those of the ClickUp Workspace. The mapping decides; people
    who came after it was written are found by the e-mail address that the source has.
    """

    def __init__(
        self, mapping: Mapping, people: Iterable[Person], members: Iterable[Member]
    ) -> None:
        later = {
            person.id: PersonTable(name=person.name, email=person.email, members=person.members)
            for person in people
        }
        self._mapped = mapping.people
        self._people = {**later, **mapping.people}
        self._users = {_fold(person.email): person.id for person in members if person.email.strip()}

    def person(self, person_id: str) -> int | None:
        """The ClickUp user who is this person; None: there is none."""
        person = self._people.get(person_id)
        return self._users.get(_fold(person.email)) if person is not None else None

    def members(self, team_id: str) -> tuple[str, ...]:
        """The people in a team, those of teams in it too; none if it is not known."""
        people: dict[str, None] = {}
        todo, visited = [team_id], {team_id}
        while todo:
            team = self._people.get(todo.pop(0))
            for member_id in team.members if team is not None else ():
                if member_id in visited:
                    continue
                visited.add(member_id)
                todo.append(member_id)
                if not self._is_team(member_id):
                    people[member_id] = None
        return tuple(people)

    def name(self, person_id: str) -> str:
        """What the person or team is called; the id if it is not known."""
        person = self._people.get(person_id)
        return (person.name if person is not None else "") or person_id

    @property
    def unmatched(self) -> tuple[Unmatched, ...]:
        """The people of the mapping who are no users, in its order. Teams are no people."""
        return tuple(
            Unmatched(person_id, person.name, person.email)
            for person_id, person in self._mapped.items()
            if not person.members and self.person(person_id) is None
        )

    def _is_team(self, person_id: str) -> bool:
        person = self._people.get(person_id)
        return person is not None and bool(person.members)


def _fold(email: str) -> str:
    return email.strip().casefold()
