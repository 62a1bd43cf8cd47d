"""Tokens and the OAuth code flow: no scopes, no PKCE, no refresh token, no expiry."""

from urllib.parse import urlencode, urlsplit, urlunsplit

from clickup_mlops.sandbox.clickup.state.model import Grant, Json, Team, Token, User
from clickup_mlops.sandbox.clickup.state.refusal import Refusal, bad_input
from clickup_mlops.sandbox.clickup.state.values import person
from clickup_mlops.sandbox.clickup.state.world import World

PLANS = ("Free", "Unlimited", "Business", "Enterprise", "Business Plus")
"""By plan id, from 1; the documented example has Enterprise as 4."""


def teams_of(world: World, header: str, user: User) -> list[Team]:
    """The Workspaces that a token may see: the user's, or those picked at consent."""
    token = world.tokens[header.removeprefix("Bearer ")]
    mine = [team for team in world.teams if user.id in team.member_ids]
    return [team for team in mine if not token.oauth or team.id in token.team_ids]


def personal(world: World, user: User) -> Token:
    """The personal token of a member; made on first use."""
    known = next((one for one in world.tokens if one.user_id == user.id and not one.oauth), None)
    if known is not None:
        return known
    parts = ["pk_sandbox", str(user.id), user.username.split()[0].lower(), world.name]
    return world.tokens.put(Token("_".join(filter(None, parts)), user.id))


def grant(world: World, asked: Json, team_ids: list[str]) -> str:
    """Give an app a code for some Workspaces; returns where the browser goes next."""
    if not asked.get("client_id") or not asked.get("redirect_uri"):
        raise Refusal("OAUTH_010", "Client not found")
    if not team_ids:
        raise bad_input("Pick at least one Workspace")
    user = person(world, asked.get("user_id", ""))
    made = Grant(world.ids.word("code", 24), asked["client_id"], user.id, team_ids)
    world.grants.put(made)
    extra = {"code": made.id} | ({"state": asked["state"]} if asked.get("state") else {})
    parts = urlsplit(asked["redirect_uri"])
    query = "&".join(filter(None, (parts.query, urlencode(extra))))
    return urlunsplit(parts._replace(query=query))


def exchange(world: World, body: Json, fresh: str) -> str:
    """Turn a code into an access token named `fresh`."""
    found = world.grants.get(str(body.get("code")))
    if not body.get("client_secret"):
        raise Refusal("OAUTH_013", "Client secret required")
    if found is None or found.client_id != body.get("client_id"):
        raise Refusal("OAUTH_014", "Code not found or already used")
    world.grants.drop(found.id)
    return world.tokens.put(Token(fresh, found.user_id, True, found.team_ids)).id
