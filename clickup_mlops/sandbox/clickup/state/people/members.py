"""Inviting, changing and removing members and guests; only on the Enterprise plan."""

from dataclasses import dataclass, field

from clickup_mlops.sandbox.clickup.state import access, plan_limits
from clickup_mlops.sandbox.clickup.state.access import ADMIN, GUEST, OWNER
from clickup_mlops.sandbox.clickup.state.model import JsonTable, Team, User
from clickup_mlops.sandbox.clickup.state.people import audit_log, oauth
from clickup_mlops.sandbox.clickup.state.refusal import Refusal, bad_input, no_access
from clickup_mlops.sandbox.clickup.state.values import read_flag, read_text
from clickup_mlops.sandbox.clickup.state.world import World

MEMBER = 3
LONG_AGO = 1_577_836_800_000
"""When the people that a seed brings came in: 1 January 2020."""
_FIRST_ROLE = 4_547_089
SWITCHES = (
    "can_edit_tags",
    "can_see_time_spent",
    "can_see_time_estimated",
    "can_create_views",
    "can_see_points_estimated",
)
"""What a guest may be allowed beside what is shared with them."""


@dataclass(slots=True)
class Invitation:
    """How somebody came in. `id` is the user's; `switches` are those of a guest.

    Nobody can follow an invitation here: whoever is invited has not `joined`, a seed's people have.
    """

    id: int
    by_id: int
    date: int
    switches: dict[str, bool] = field(default_factory=dict)
    joined: bool = False


def list_custom_roles(world: World, team: Team) -> dict[int, tuple[str, int]]:
    """The custom roles that somebody has, by id, with name and inherited role."""
    users = [world.users[user_id] for user_id in team.member_ids]
    base_roles = {user.custom_role: user.role for user in reversed(users) if user.custom_role}
    names = dict.fromkeys(user.custom_role for user in users if user.custom_role)
    return {number: (name, base_roles[name]) for number, name in enumerate(names, _FIRST_ROLE)}


def get(world: World, team_id: str, user_id: str, *, guests: bool = False) -> User:
    """A member, or a guest, of a Workspace by id."""
    plan_limits.require_plan(world, "Managing users", "Enterprise")
    user = world.users.get(user_id)
    if user is None or user.id not in world.teams[team_id].member_ids:
        raise no_access("User")
    if guests and user.role != GUEST:
        raise no_access("Guest")
    return user


def invite(world: World, actor: User, team: Team, body: JsonTable) -> User:
    """A new member or admin."""
    role = ADMIN if read_flag(body, "admin", False) else MEMBER
    return _invite(world, actor, team, body, role)


def invite_guest(world: World, actor: User, team: Team, body: JsonTable) -> User:
    """A new guest, who sees nothing until something is shared."""
    user = _invite(world, actor, team, body, GUEST)
    set_switches(world, user, body)
    return user


def update(
    world: World,
    actor: User,
    team: Team,
    user: User,
    body: JsonTable,
) -> None:
    """Change name and role; nobody becomes or ceases to be the owner this way."""
    access.require_admin(actor)
    if user.role == OWNER and body.get("custom_role_id") is not None:
        raise bad_input("The owner has no custom role")
    before = (user.role, user.custom_role)
    name = read_text(body, "username", user.username)
    role = user.role
    if "admin" in body and role not in (OWNER, GUEST):
        role = ADMIN if read_flag(body, "admin", False) else MEMBER
    user.custom_role, user.role = _read_role(world, team, body, (user.custom_role, role))
    user.username = name if name.strip() else user.username
    world.users.put(user)
    if before != (user.role, user.custom_role):
        audit_log.record_event(world, actor, team.id, "CHANGE_USER_ROLE", user.email)


def update_guest(
    world: World,
    actor: User,
    team: Team,
    user: User,
    body: JsonTable,
) -> None:
    """Change what a guest may do, or their custom role."""
    update(world, actor, team, user, {k: body[k] for k in ("custom_role_id",) if k in body})
    set_switches(world, user, body)


def remove(world: World, actor: User, team: Team, user: User) -> None:
    """Take somebody out: tokens end and webhooks stop, what they did stays."""
    access.require_admin(actor)
    if user.role == OWNER:
        raise bad_input("The owner of a Workspace cannot be removed")
    team.member_ids.remove(user.id)
    world.teams.put(team)
    user.shares = {}
    world.users.put(user)
    for group in [group for group in world.groups if user.id in group.member_ids]:
        group.member_ids.remove(user.id)
        world.groups.put(group)
    for token in [token for token in world.tokens if token.user_id == user.id]:
        world.tokens.drop(token.id)
    for hook in [webhook for webhook in world.webhooks if webhook.user_id == user.id]:
        hook.status = "suspended"
        world.webhooks.put(hook)
    audit_log.record_event(world, actor, team.id, "REMOVE_FROM_WORKSPACE", user.email)


def share(world: World, user: User, object_id: str, level: str | None) -> None:
    """Let a user do this much with an object; None takes it away."""
    if level is None:
        user.shares.pop(object_id, None)
    elif level in access.LEVELS:
        user.shares[object_id] = level
    else:
        raise bad_input(f"permission_level must be one of {', '.join(access.LEVELS)}")
    world.users.put(user)


def get_guest_to_share_with(world: World, actor: User, team_id: str, guest_id: str) -> User:
    """The guest whose access a member changes."""
    if actor.role == GUEST:
        raise Refusal("ACCESS_083", "Guests cannot share")
    return get(world, team_id, guest_id, guests=True)


def set_switches(world: World, user: User, body: JsonTable) -> None:
    """Set what a guest may do and see."""
    invitation = world.table(Invitation).get(user.id) or Invitation(
        user.id, user.id, LONG_AGO, joined=True
    )
    before = dict.fromkeys(SWITCHES, False) | invitation.switches
    invitation.switches = {key: read_flag(body, key, was) for key, was in before.items()}
    world.table(Invitation).put(invitation)


def _invite(
    world: World,
    actor: User,
    team: Team,
    body: JsonTable,
    role: int,
) -> User:
    plan_limits.require_plan(world, "Inviting", "Enterprise")
    access.require_admin(actor)
    email = read_text(body, "email", "")
    if "@" not in email:
        raise bad_input("email invalid")
    custom, role = _read_role(world, team, body, ("", role))
    # A former member keeps the id, and with it what they did.
    user = _find_former_member(world, team, email) or User(
        world.ids.user(), email.split("@")[0], email
    )
    user.role, user.custom_role = role, custom
    world.users.put(user)
    oauth.ensure_personal_token(world, user)
    team.member_ids.append(user.id)
    world.teams.put(team)
    world.table(Invitation).put(Invitation(user.id, actor.id, world.now_ms()))
    audit_log.record_event(world, actor, team.id, "INVITE_TO_WORKSPACE", email)
    return user


def _find_former_member(world: World, team: Team, email: str) -> User | None:
    """Somebody who was here before."""
    user = next((user for user in world.users if user.email == email), None)
    if user is not None and user.id in team.member_ids:
        raise bad_input("The user is already in this Workspace")
    return user


def _read_role(
    world: World, team: Team, body: JsonTable, otherwise: tuple[str, int]
) -> tuple[str, int]:
    role_id = body.get("custom_role_id")
    if role_id is None:
        return otherwise
    roles = list_custom_roles(world, team)
    if not isinstance(role_id, int) or role_id not in roles:
        raise bad_input("Custom role not found")
    name, role = roles[role_id]
    if (role == GUEST) != (otherwise[1] == GUEST):
        raise bad_input("This custom role is for others")
    return name, role
