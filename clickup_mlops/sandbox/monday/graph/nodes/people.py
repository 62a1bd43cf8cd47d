"""Users and teams."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from clickup_mlops.sandbox.monday.graph.context import Context, Info
from clickup_mlops.sandbox.monday.graph.nodes.paging import parse_ids, take_page
from clickup_mlops.sandbox.monday.state import times
from clickup_mlops.sandbox.monday.state.model import Team, User


class UserNode:
    """The type User of the schema."""

    def __init__(self, context: Context, record: User) -> None:
        self.context, self.record = context, record
        self.id, self.name, self.email = str(record.id), record.name, record.email
        self.kind, self.status = record.kind, record.status
        self.is_deleted = record.status == "INACTIVE"
        self.time_zone_identifier = record.time_zone
        self.title = ""
        self.phone = self.mobile_phone = self.location = self.country_code = self.birthday = None
        self.enabled, self.is_pending = record.status == "ACTIVE", record.status == "PENDING"
        self.is_admin, self.is_guest = record.kind == "admin", record.kind == "guest"
        self.is_view_only, self.is_verified = record.kind == "view_only", self.enabled
        self.encrypt_api_token = self.sign_up_product_kind = None
        self.join_date = times.format_iso(record.created_ms)[:10]
        for size in ("original", "small", "thumb", "thumb_small", "tiny"):
            address = f"https://files.monday.com/use1/photos/{record.id}/{size}/user.png"
            setattr(self, f"photo_{size}", address)

    @property
    def created_at(self) -> str:
        """When the account got this user."""
        return times.format_iso(self.record.created_ms)

    @property
    def utc_hours_diff(self) -> float:
        """Hours between the user's time zone and UTC, at present."""
        now = datetime.fromtimestamp(
            self.context.world.now_ms() / 1000, ZoneInfo(self.record.time_zone)
        )
        return (now.utcoffset() or timedelta(0)) / timedelta(hours=1)

    @property
    def url(self) -> str:
        """The address of the profile's page."""
        return f"https://{self.context.world.slug}.monday.com/users/{self.record.id}"

    @property
    def account(self) -> dict[str, object]:
        """The account, the same for every user."""
        return self.context.nodes.account()

    def teams(self, _info: Info, ids: list[str] | None = None) -> list["TeamNode"]:
        """The teams that the user is in."""
        id_filter = parse_ids(ids)
        return [
            TeamNode(self.context, team)
            for team in self.context.world.teams.values()
            if self.record.id in team.user_ids and (id_filter is None or team.id in id_filter)
        ]


class TeamNode:
    """The type Team of the schema."""

    is_guest = False

    def __init__(self, context: Context, record: Team) -> None:
        self.context, self.record = context, record
        self.id, self.name = str(record.id), record.name

    def users(
        self,
        _info: Info,
        *,
        ids: list[str] | None = None,
        emails: list[str] | None = None,
        limit: int | None = None,
        page: int | None = None,
    ) -> list[UserNode]:
        """The members of the team, by page."""
        id_filter = parse_ids(ids)
        users = [
            user
            for user in self.context.nodes.users(self.record.user_ids)
            if (id_filter is None or user.record.id in id_filter)
            and (emails is None or user.email in emails)
        ]
        return take_page(users, limit or 1_000, page)

    def owners(self, _info: Info, ids: list[str] | None = None) -> list[UserNode]:
        """The members who can change the team."""
        id_filter = parse_ids(ids)
        owners = self.context.nodes.users(self.record.owner_ids)
        return [owner for owner in owners if id_filter is None or owner.record.id in id_filter]
