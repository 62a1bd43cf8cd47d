"""Tokens and the OAuth code flow: no scopes, no PKCE, no refresh token, no expiry."""

from urllib.parse import urlencode, urlsplit, urlunsplit

from clickup_mlops.sandbox.clickup.state.model import Grant, JsonTable, Team, Token, User
from clickup_mlops.sandbox.clickup.state.refusal import Refusal, bad_input
from clickup_mlops.sandbox.clickup.state.values import get_member
from clickup_mlops.sandbox.clickup.state.world import World

PLANS = ("Free", "Unlimited", "Business", "Enterprise", "Business Plus")
"""By plan id, from 1; the documented example has Enterprise as 4."""


def list_teams(world: World, header: str, user: User) -> list[Team]:
    """The Workspaces that a token may see: the user's, or those picked at consent."""
    token = world.tokens[header.removeprefix("Bearer ")]
    mine = [team for team in world.teams if user.id in team.member_ids]
    return [team for team in mine if not token.oauth or team.id in token.team_ids]


def ensure_personal_token(world: World, user: User) -> Token:
    """The personal token of a member; made on first use."""
    token = next(
        (token for token in world.tokens if token.user_id == user.id and not token.oauth), None
    )
    if token is not None:
        return token
    parts = ["pk_sandbox", str(user.id), user.username.split()[0].lower(), world.name]
    return world.tokens.put(Token("_".join(filter(None, parts)), user.id))


def create_grant(world: World, values: JsonTable, team_ids: list[str]) -> str:
    """Give an app a code for some Workspaces; returns where the browser goes next."""
    if not values.get("client_id") or not values.get("redirect_uri"):
        raise Refusal("OAUTH_010", "Client not found")
    if not team_ids:
        raise bad_input("Pick at least one Workspace")
    user = get_member(world, values.get("user_id", ""))
    grant = Grant(world.ids.word("code", 24), values["client_id"], user.id, team_ids)
    world.grants.put(grant)
    extra = {"code": grant.id} | ({"state": values["state"]} if values.get("state") else {})
    parts = urlsplit(values["redirect_uri"])
    query = "&".join(filter(None, (parts.query, urlencode(extra))))
    return urlunsplit(parts._replace(query=query))


def exchange_code(world: World, body: JsonTable, fresh: str) -> str:
    """Turn a code into an access token named `fresh`."""
    grant = world.grants.get(str(body.get("code")))
    if not body.get("client_secret"):
        raise Refusal("OAUTH_013", "Client secret required")
    if grant is None or grant.client_id != body.get("client_id"):
        raise Refusal("OAUTH_014", "Code not found or already used")
    world.grants.drop(grant.id)
    return world.tokens.put(Token(fresh, grant.user_id, True, grant.team_ids)).id
