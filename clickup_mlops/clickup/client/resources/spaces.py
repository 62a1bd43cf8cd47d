"""Spaces of a workspace."""

from typing import Any

from clickup_mlops.clickup.client.base import UNSET, Resource, Unset, check_name, drop_unset
from clickup_mlops.clickup.hierarchy import Space
from clickup_mlops.json_types import Json

# What a new space has switched on, unless asked otherwise: all that the bot can use.
FEATURES: dict[str, Any] = {
    "due_dates": {
        "enabled": True,
        "start_date": True,
        "remap_due_dates": False,
        "remap_closed_due_date": False,
    },
    **{
        name: {"enabled": True}
        for name in (
            "time_tracking",
            "tags",
            "time_estimates",
            "checklists",
            "custom_fields",
            "remap_dependencies",
            "dependency_warning",
            "portfolios",
        )
    },
}


class Spaces(Resource):
    """Read, create, change and delete spaces."""

    def all(self, team_id: str, *, archived: bool = False) -> tuple[Space, ...]:
        """The workspace's spaces.

        https://developer.clickup.com/reference/getspaces
        """
        answer = self._api.get(
            "/api/v2/team/{team_id}/space", {"archived": archived}, team_id=team_id
        )
        return answer.parse_many(Space.parse, "spaces")

    def get(self, space_id: str) -> Space:
        """One space with its statuses.

        https://developer.clickup.com/reference/getspace
        """
        return self._api.get("/api/v2/space/{space_id}", space_id=space_id).parse_one(Space.parse)

    def create(self, team_id: str, name: str, *, features: dict[str, Any] | None = None) -> Space:
        """A new space. ClickUp makes it public, with default statuses; `update` can hide it.

        https://developer.clickup.com/reference/createspace
        """
        # All three keys are required, and there is no `private`: only `update` takes it.
        body: dict[str, Json] = {
            "name": check_name(name),
            "multiple_assignees": True,
            "features": features or FEATURES,
        }
        return self._api.post("/api/v2/team/{team_id}/space", body, team_id=team_id).parse_one(
            Space.parse
        )

    def update(
        self,
        space_id: str,
        *,
        name: str | Unset = UNSET,
        color: str | Unset | None = UNSET,
        private: bool | Unset = UNSET,
        features: dict[str, Any] | Unset = UNSET,
    ) -> Space:
        """Change what is given.

        https://developer.clickup.com/reference/updatespace
        """
        body = drop_unset(name=name, color=color, private=private, features=features)
        return self._api.put("/api/v2/space/{space_id}", body, space_id=space_id).parse_one(
            Space.parse
        )

    def delete(self, space_id: str) -> None:
        """Delete it with everything inside.

        https://developer.clickup.com/reference/deletespace
        """
        self._api.delete("/api/v2/space/{space_id}", space_id=space_id)
