"""People, teams, and who created or changed an item."""

import json
from typing import TYPE_CHECKING, Any

from clickup_mlops.sandbox.monday.graph.cells.base import Cell
from clickup_mlops.sandbox.monday.graph.cells.times import format_utc
from clickup_mlops.sandbox.monday.state import times

if TYPE_CHECKING:
    from clickup_mlops.sandbox.monday.graph.nodes.people import UserNode


class People(Cell):
    """people: persons and teams; text leaves out those who do not exist any more."""

    GRAPHQL = "PeopleValue"

    def format_text(self, raw: Any) -> str:
        """The names of people and teams, with commas."""
        world, names = self.context.world, []
        for entry in raw["personsAndTeams"]:
            records = world.teams if entry["kind"] == "team" else world.users
            if entry["id"] in records:
                names.append(records[entry["id"]].name)
        return ", ".join(names)

    @property
    def persons_and_teams(self) -> list[dict[str, str]]:
        """Id and kind (person, team or agent) of each."""
        entries = self.get("personsAndTeams") or []
        return [{"id": str(entry["id"]), "kind": entry["kind"]} for entry in entries]


class Person(People):
    """person: the old type for one person."""

    GRAPHQL = "PersonValue"

    @property
    def person_id(self) -> str | None:
        """The id of the one person; None for an empty cell."""
        return next((entry["id"] for entry in self.persons_and_teams), None)


class Team(Cell):
    """team: the old type for one team."""

    GRAPHQL = "TeamValue"

    def format_text(self, raw: Any) -> str:
        """The name of the team."""
        return self.context.world.teams[raw["team_id"]].name

    @property
    def team_id(self) -> int | None:
        """The id of the team."""
        return self.get_number("team_id")


class CreationLog(Cell):
    """creation_log: computed from the item, not stored."""

    GRAPHQL = "CreationLogValue"

    @property
    def text(self) -> str:
        """When the item was created, in UTC."""
        return format_utc(self.item.created_ms)

    @property
    def value(self) -> str:
        """When the item was created and by whom, as JSON text."""
        return json.dumps({"created_at": self.created_at, "creator_id": self.item.creator_id})

    @property
    def created_at(self) -> str:
        """When the item was created, in ISO 8601."""
        return times.format_iso(self.item.created_ms)

    @property
    def creator_id(self) -> str:
        """The id of the user who created the item."""
        return str(self.item.creator_id)

    @property
    def creator(self) -> "UserNode":
        """The user who created the item."""
        return self.context.nodes.known_user(self.item.creator_id)


class LastUpdated(Cell):
    """last_updated: computed from the item; the updater is always its creator here."""

    GRAPHQL = "LastUpdatedValue"

    @property
    def text(self) -> str:
        """When the item was changed, in UTC."""
        return format_utc(self.item.updated_ms)

    @property
    def value(self) -> str:
        """When the item was changed and by whom, as JSON text."""
        return json.dumps({"updated_at": self.updated_at, "updater_id": self.item.creator_id})

    @property
    def updated_at(self) -> str:
        """When the item was changed, in ISO 8601."""
        return times.format_iso(self.item.updated_ms)

    @property
    def updater_id(self) -> str:
        """The id of the user who changed the item."""
        return str(self.item.creator_id)

    @property
    def updater(self) -> "UserNode | None":
        """The user who changed the item; None if unknown."""
        return self.context.nodes.user(self.item.creator_id)
