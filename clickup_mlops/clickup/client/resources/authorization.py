"""Who the token is, which workspaces it may see, and how an OAuth app gets a token."""

from contextlib import closing
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from clickup_mlops.clickup.client.base import Api, Raw, Resource
from clickup_mlops.clickup.governor import Governor, MemoryLedger, PriorityClass
from clickup_mlops.clickup.hierarchy import CustomRole, Shared, Workspace
from clickup_mlops.clickup.model import Person, parse_number
from clickup_mlops.clickup.transport import ATTEMPTS, Transport
from clickup_mlops.errors import ApiError
from clickup_mlops.json_types import Json

CONSENT_PAGE = "https://app.clickup.com/api"


class Authorization(Resource):
    """The token's user and workspaces."""

    def user(self) -> Person:
        """The user that the token belongs to.

        https://developer.clickup.com/reference/getauthorizeduser
        """
        return self._api.get("/api/v2/user").parse_one(Person.parse)

    def time_zone(self) -> ZoneInfo | None:
        """Where the token's user lives: ClickUp takes days for days there. None: it does not say.

        https://developer.clickup.com/reference/getauthorizeduser
        """
        answer = self._api.get("/api/v2/user")
        name = answer.parse_one(lambda raw: (raw.get("user") or raw).get("timezone"))
        try:
            return ZoneInfo(str(name))
        except (KeyError, ValueError, OSError):  # no such zone, or no name of one
            return None

    def workspaces(self) -> tuple[Workspace, ...]:
        """The workspaces that the token may see, with their members.

        https://developer.clickup.com/reference/getauthorizedteams
        """
        return self._api.get("/api/v2/team").parse_many(Workspace.parse, "teams")

    def roles(self, team_id: str) -> dict[int, int]:
        """Each member's and guest's role by user id: 1 owner, 2 admin, 3 member, 4 guest.

        https://developer.clickup.com/reference/getauthorizedteams
        """
        # `workspaces` drops the role: it belongs to the membership, not to the person.
        teams = self._api.get("/api/v2/team").parse_many(_parse_roles, "teams")
        return next((roles for found_id, roles in teams if found_id == team_id), {})

    def shared(self, team_id: str) -> Shared:
        """What is shared with the token's user beside the Spaces that they are in.

        https://developer.clickup.com/reference/sharedhierarchy
        """
        answer = self._api.get("/api/v2/team/{team_id}/shared", team_id=team_id)
        return answer.parse_one(Shared.parse, "shared")

    def custom_roles(self, team_id: str) -> tuple[CustomRole, ...]:
        """The roles that an Enterprise workspace made for itself, with their members.

        https://developer.clickup.com/reference/getcustomroles
        """
        parameters = {"include_members": True}
        answer = self._api.get("/api/v2/team/{team_id}/customroles", parameters, team_id=team_id)
        return answer.parse_many(CustomRole.parse, "custom_roles")

    def plan(self, team_id: str) -> str:
        """The workspace's plan, such as `Business Plus`.

        https://developer.clickup.com/reference/getworkspaceplan
        """
        return str(self._api.get("/api/v2/team/{team_id}/plan", team_id=team_id)["plan_name"])

    def seats(self, team_id: str) -> dict[str, Json]:
        """Used, total and empty seats of members and guests, as on the wire.

        https://developer.clickup.com/reference/getworkspaceseats
        """
        seats: dict[str, Json] = self._api.get("/api/v2/team/{team_id}/seats", team_id=team_id)
        return seats


def _parse_roles(team: Raw) -> tuple[str, dict[int, int]]:
    """A workspace's id, and the role of each of its users."""
    users = [member["user"] for member in team["members"]]
    roles = {parse_number(user["id"]) or 0: parse_number(user.get("role")) or 0 for user in users}
    return str(team["id"]), roles


def build_consent_url(client_id: str, redirect_uri: str, state: str) -> str:
    """Where to send a person, who chooses workspaces there and comes back with a code."""
    parameters = {"client_id": client_id, "redirect_uri": redirect_uri, "state": state}
    return f"{CONSENT_PAGE}?{urlencode(parameters)}"


def exchange_code(
    client_id: str,
    client_secret: str,
    code: str,
    *,
    base_url: str,
    timeout_s: float = 30.0,
    attempts: int = ATTEMPTS,
) -> str:
    """The access token for the code; it never expires. Use it with `ClickUp(..., oauth=True)`.

    The call is tried `attempts` times while ClickUp says not now.

    Raises:
        ApiError: the code was used before or is too old, or id and secret are wrong.

    https://developer.clickup.com/reference/getaccesstoken
    """
    # There is no token yet, and so no budget to share: the app's id stands in for it.
    governor = Governor(MemoryLedger(), client_id)
    transport = Transport(
        client_secret,
        base_url=base_url,
        governor=governor,
        timeout_s=timeout_s,
        attempts=attempts,
        anonymous=True,
    )
    body = {"client_id": client_id, "client_secret": client_secret, "code": code}
    with closing(transport):
        answer = Api(transport, PriorityClass.INTERACTIVE).post("/api/v2/oauth/token", body)
    token = answer.get("access_token")
    if not token:
        raise ApiError("ClickUp answered without an access token", call="POST /api/v2/oauth/token")
    return str(token)
