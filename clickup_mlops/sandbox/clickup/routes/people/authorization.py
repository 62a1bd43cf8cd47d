"""Who am I, which Workspaces may I see, and OAuth."""

import secrets

from flask import Blueprint, Response, request

from clickup_mlops.sandbox.clickup.edge import answer, get_actor, get_world, read_body
from clickup_mlops.sandbox.clickup.state.access import GUEST
from clickup_mlops.sandbox.clickup.state.hierarchy import places
from clickup_mlops.sandbox.clickup.state.people import oauth
from clickup_mlops.sandbox.clickup.wire import places as wire

ROUTES = Blueprint("authorization", __name__)


@ROUTES.get("/api/v2/user")
def get_user() -> Response:
    """The user of the token."""
    return answer({"user": wire.format_authorized_user(get_actor())})


@ROUTES.get("/api/v2/team")
def list_teams() -> Response:
    """The Workspaces that the token may see."""
    visible = oauth.list_teams(get_world(), request.headers["Authorization"], get_actor())
    return answer({"teams": [wire.format_team(get_world(), team) for team in visible]})


@ROUTES.get("/api/v2/team/<team_id>/plan")
def get_plan(team_id: str) -> Response:
    """The plan of the Workspace."""
    return answer(
        {"plan_name": get_world().plan, "plan_id": oauth.PLANS.index(get_world().plan) + 1}
    )


@ROUTES.get("/api/v2/team/<team_id>/customroles")
def list_custom_roles(team_id: str) -> Response:
    """The custom roles of an Enterprise Workspace."""
    return answer(
        {
            "custom_roles": wire.format_custom_roles(
                get_world(), places.get_team(get_world(), team_id)
            )
        }
    )


@ROUTES.get("/api/v2/team/<team_id>/seats")
def count_seats(team_id: str) -> Response:
    """How many seats are taken."""
    ids = places.get_team(get_world(), team_id).member_ids
    guests = sum(get_world().users[user_id].role == GUEST for user_id in ids)
    filled = len(ids) - guests
    return answer(
        {
            "members": {
                "filled_members_seats": filled,
                "total_member_seats": filled + 5,
                "empty_member_seats": 5,
            },
            "guests": {
                "filled_guest_seats": guests,
                "total_guest_seats": guests + 5,
                "empty_guest_seats": 5,
            },
        }
    )


@ROUTES.post("/api/v2/oauth/token")
def exchange_code() -> Response:
    """Exchange an authorisation code for an access token; a code works once."""
    return answer(
        {"access_token": oauth.exchange_code(get_world(), read_body(), secrets.token_urlsafe(24))}
    )
