"""Who a person of the source is in ClickUp: the mapping has an e-mail address for each."""

from collections.abc import Iterable

from clickup_mlops.clickup.model import Person as Member
from clickup_mlops.migrate.mapping.model import Mapping
from clickup_mlops.migrate.records import Person


class Directory:
    """Answers what a conversion asks about people (`columns._model.Lookup`).

    `people` are the source's, `members` those of the ClickUp workspace.
    """

    def __init__(
        self, mapping: Mapping, people: Iterable[Person], members: Iterable[Member]
    ) -> None:
        self._table = mapping.people
        self._people = {one.id: one for one in people}
        self._members = {one.email.casefold(): one.id for one in members if one.email}

    def person(self, person_id: str) -> int | None:
        """The ClickUp user who is this person; None: there is none."""
        entry = self._table.get(person_id)
        email = entry.email.strip().casefold() if entry else ""
        return self._members.get(email) if email else None

    def members(self, team_id: str) -> tuple[str, ...]:
        """The people in a team: the mapping's, else the source's; none if it is not known."""
        entry, found = self._table.get(team_id), self._people.get(team_id)
        if entry is not None and entry.members:
            return entry.members
        return found.members if found else ()

    def name(self, person_id: str) -> str:
        """What the person or team is called; the id if it is not known."""
        entry, found = self._table.get(person_id), self._people.get(person_id)
        name = (found.name if found else "") or (entry.name if entry else "")
        return name or person_id
