"""The small world in which the worked samples hold. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from clickup_mlops.features.migration.columns._model import Choice, Converted, Sample, Slot
from clickup_mlops.features.migration.records import Cell, Column
from clickup_mlops.json_types import Json


@dataclass(frozen=True, slots=True)
class KnownPeople:
    """A `Lookup` over tables: ClickUp users and names by the source's ids, teams' members."""

    users: Mapping[str, int] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    teams: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def person(self, person_id: str) -> int | None:
        """The ClickUp user who is this person; None: there is none."""
        return self.users.get(person_id)

    def members(self, team_id: str) -> tuple[str, ...]:
        """The people in a team; none if it is not known."""
        return self.teams.get(team_id, ())

    def name(self, person_id: str) -> str:
        """What the person or team is called; the id if it is not known."""
        return self.names.get(person_id) or person_id


PEOPLE: Final = KnownPeople(
    users={"1": 101, "3": 103},
    names={"1": "Ann Lee", "2": "Bo Ito", "3": "Eve Sol", "9": "Infra"},
    teams={"9": ("1", "3")},
)
"""Ann and Eve have accounts in ClickUp and are team Infra; Bo has none."""


def sample(
    column: Column, value: Json, to: Slot | str, converted: Converted, text: str = ""
) -> Sample:
    """A worked value; `to` is a slot, or `field:` with the field's type."""
    slot, _, kind = to.partition(":")
    choice = Choice(slot, column.title if kind else "", kind)  # type: ignore[arg-type]
    return Sample(column, Cell(value, text), choice, converted)
