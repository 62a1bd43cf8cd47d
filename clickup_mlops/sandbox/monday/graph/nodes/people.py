"""Users and teams."""

from typing import Any

from clickup_mlops.sandbox.monday.graph.context import Context
from clickup_mlops.sandbox.monday.graph.nodes.paging import numbers, page
from clickup_mlops.sandbox.monday.state import times
from clickup_mlops.sandbox.monday.state.model import Team, User


class UserNode:
    """User."""

    def __init__(self, context: Context, of: User) -> None:
        self.context, self.of = context, of
        self.id, self.name, self.email = str(of.id), of.name, of.email
        self.kind, self.status = of.kind, of.status
        self.is_deleted = of.status == "INACTIVE"
        self.time_zone_identifier = of.time_zone
        self.title, self.phone = "", None

    @property
    def created_at(self) -> str:
        """When the account got this user."""
        return times.iso(self.of.created_ms)

    @property
    def url(self) -> str:
        """The profile's page."""
        return f"https://{self.context.world.slug}.monday.com/users/{self.of.id}"

    @property
    def account(self) -> Any:
        """The account."""
        return self.context.nodes.account()

    def teams(self, _info: Any, ids: list[str] | None = None) -> list["TeamNode"]:
        """The teams that the user is in."""
        wanted = numbers(ids)
        return [
            TeamNode(self.context, one)
            for one in self.context.world.teams.values()
            if self.of.id in one.user_ids and (wanted is None or one.id in wanted)
        ]


class TeamNode:
    """Team."""

    is_guest = False

    def __init__(self, context: Context, of: Team) -> None:
        self.context, self.of = context, of
        self.id, self.name = str(of.id), of.name

    def users(
        self,
        _info: Any,
        *,
        ids: list[str] | None = None,
        emails: list[str] | None = None,
        limit: int | None = None,
        page: int | None = None,
    ) -> list[UserNode]:
        """Its members."""
        wanted = numbers(ids)
        found = [
            one
            for one in self.context.nodes.users(self.of.user_ids)
            if (wanted is None or one.of.id in wanted) and (emails is None or one.email in emails)
        ]
        return _paged(found, limit, page)

    def owners(self, _info: Any, ids: list[str] | None = None) -> list[UserNode]:
        """Who can change it."""
        wanted = numbers(ids)
        found = self.context.nodes.users(self.of.owner_ids)
        return [one for one in found if wanted is None or one.of.id in wanted]


def _paged(found: list[UserNode], limit: int | None, number: int | None) -> list[UserNode]:
    return page(found, limit or 1_000, number)
