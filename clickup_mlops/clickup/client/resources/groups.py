"""User groups: several people under one name. ClickUp's pages call them Teams."""

from collections.abc import Iterable

from clickup_mlops.clickup.client.base import (
    UNSET,
    Resource,
    Unset,
    check_ids,
    check_name,
    drop_none,
    drop_unset,
)
from clickup_mlops.clickup.client.task_body import build_user_delta
from clickup_mlops.clickup.hierarchy import Group
from clickup_mlops.errors import InputError


class Groups(Resource):
    """Read, create, change and delete user groups. Changing one may change what ClickUp bills."""

    def all(self, team_id: str, *, group_ids: Iterable[str] = ()) -> tuple[Group, ...]:
        """The workspace's groups, or those named, with their members.

        https://developer.clickup.com/reference/getteams1
        """
        parameters = {"team_id": team_id, "group_ids": list(group_ids)}
        return self._api.get("/api/v2/group", parameters).parse_many(Group.parse, "groups")

    def create(
        self, team_id: str, name: str, members: Iterable[int], *, handle: str | None = None
    ) -> Group:
        """A new group.

        https://developer.clickup.com/reference/createusergroup
        """
        body = drop_none(name=check_name(name), members=check_ids(members), handle=handle)
        return self._api.post("/api/v2/team/{team_id}/group", body, team_id=team_id).parse_one(
            Group.parse
        )

    def update(
        self,
        group_id: str,
        *,
        name: str | Unset = UNSET,
        handle: str | Unset = UNSET,
        members_add: Iterable[int] = (),
        members_rem: Iterable[int] = (),
    ) -> Group:
        """Change what is given. Raises InputError if nothing is.

        https://developer.clickup.com/reference/updateteam
        """
        # As with assignees, members are changed by what is added and removed.
        people = build_user_delta(members_add, members_rem)
        body = drop_unset(
            name=name if name is UNSET else check_name(name), handle=handle, members=people
        )
        if not body:
            raise InputError("nothing to change", hint="Give a name, a handle or members.")
        return self._api.put("/api/v2/group/{group_id}", body, group_id=group_id).parse_one(
            Group.parse
        )

    def delete(self, group_id: str) -> None:
        """Remove the group; its members stay.

        https://developer.clickup.com/reference/deleteteam
        """
        self._api.delete("/api/v2/group/{group_id}", group_id=group_id)
