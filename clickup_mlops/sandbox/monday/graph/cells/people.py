"""People, teams, and who created or changed an item."""

import json
from typing import TYPE_CHECKING

from clickup_mlops.sandbox.monday.graph.cells.base import Cell
from clickup_mlops.sandbox.monday.graph.cells.times import utc
from clickup_mlops.sandbox.monday.state import times
from clickup_mlops.sandbox.monday.state.model import Json

if TYPE_CHECKING:
    from clickup_mlops.sandbox.monday.graph.nodes.people import UserNode


class People(Cell):
    """people."""

    GRAPHQL = "PeopleValue"

    def shown(self, raw: Json) -> str:
        """Names."""
        world, names = self.context.world, []
        for one in raw["personsAndTeams"]:
            known = world.teams if one["kind"] == "team" else world.users
            if one["id"] in known:
                names.append(known[one["id"]].name)
        return ", ".join(names)

    @property
    def persons_and_teams(self) -> list[dict[str, str]]:
        """Ids and kinds."""
        found = self.get("personsAndTeams") or []
        return [{"id": str(one["id"]), "kind": one["kind"]} for one in found]


class Person(People):
    """person: the old type for one person."""

    GRAPHQL = "PersonValue"

    @property
    def person_id(self) -> str | None:
        """The one person."""
        return next((one["id"] for one in self.persons_and_teams), None)


class Team(Cell):
    """team: the old type for one team."""

    GRAPHQL = "TeamValue"

    def shown(self, raw: Json) -> str:
        """Its name."""
        return self.context.world.teams[raw["team_id"]].name

    @property
    def team_id(self) -> int | None:
        """The team."""
        found: int | None = self.get("team_id")
        return found


class CreationLog(Cell):
    """creation_log."""

    GRAPHQL = "CreationLogValue"

    @property
    def text(self) -> str:
        """When."""
        return utc(self.item.created_ms)

    @property
    def value(self) -> str:
        """When and who."""
        return json.dumps({"created_at": self.created_at, "creator_id": self.item.creator_id})

    @property
    def created_at(self) -> str:
        """When."""
        return times.iso(self.item.created_ms)

    @property
    def creator_id(self) -> str:
        """Who."""
        return str(self.item.creator_id)

    @property
    def creator(self) -> "UserNode":
        """Who."""
        return self.context.nodes.known_user(self.item.creator_id)


class LastUpdated(Cell):
    """last_updated."""

    GRAPHQL = "LastUpdatedValue"

    @property
    def text(self) -> str:
        """When."""
        return utc(self.item.updated_ms)

    @property
    def value(self) -> str:
        """When and who."""
        return json.dumps({"updated_at": self.updated_at, "updater_id": self.item.creator_id})

    @property
    def updated_at(self) -> str:
        """When."""
        return times.iso(self.item.updated_ms)

    @property
    def updater_id(self) -> str:
        """Who."""
        return str(self.item.creator_id)

    @property
    def updater(self) -> "UserNode | None":
        """Who."""
        return self.context.nodes.user(self.item.creator_id)
