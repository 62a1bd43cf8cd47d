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
            one.id: PersonTable(name=one.name, email=one.email, members=one.members)
            for one in people
        }
        self._mapped = mapping.people
        self._people = {**later, **mapping.people}
        self._users = {_fold(one.email): one.id for one in members if one.email.strip()}

    def person(self, person_id: str) -> int | None:
        """The ClickUp user who is this person; None: there is none."""
        found = self._people.get(person_id)
        return self._users.get(_fold(found.email)) if found is not None else None

    def members(self, team_id: str) -> tuple[str, ...]:
        """The people in a team, those of teams in it too; none if it is not known."""
        found: dict[str, None] = {}
        todo, seen = [team_id], {team_id}
        while todo:
            team = self._people.get(todo.pop(0))
            for one in team.members if team is not None else ():
                if one in seen:
                    continue
                seen.add(one)
                todo.append(one)
                if not self._is_team(one):
                    found[one] = None
        return tuple(found)

    def name(self, person_id: str) -> str:
        """What the person or team is called; the id if it is not known."""
        found = self._people.get(person_id)
        return (found.name if found is not None else "") or person_id

    @property
    def unmatched(self) -> tuple[Unmatched, ...]:
        """The people of the mapping who are no users, in its order. Teams are no people."""
        return tuple(
            Unmatched(person_id, one.name, one.email)
            for person_id, one in self._mapped.items()
            if not one.members and self.person(person_id) is None
        )

    def _is_team(self, person_id: str) -> bool:
        found = self._people.get(person_id)
        return found is not None and bool(found.members)


def _fold(email: str) -> str:
    return email.strip().casefold()
