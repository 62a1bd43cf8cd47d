"""Inviting, changing and removing members and guests; only on the Enterprise plan."""

from dataclasses import dataclass, field

from clickup_mlops.sandbox.clickup.state import access, plan_limits
from clickup_mlops.sandbox.clickup.state.access import ADMIN, GUEST, OWNER
from clickup_mlops.sandbox.clickup.state.model import Json, Team, User
from clickup_mlops.sandbox.clickup.state.people import audit_log, oauth
from clickup_mlops.sandbox.clickup.state.refusal import Refusal, bad_input, no_access
from clickup_mlops.sandbox.clickup.state.values import flag, text
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


def custom_roles(world: World, team: Team) -> dict[int, tuple[str, int]]:
    """The custom roles that somebody has, by id, with name and inherited role."""
    users = [world.users[one] for one in team.member_ids]
    found = {one.custom_role: one.role for one in reversed(users) if one.custom_role}
    names = dict.fromkeys(one.custom_role for one in users if one.custom_role)
    return {number: (name, found[name]) for number, name in enumerate(names, _FIRST_ROLE)}


def get(world: World, team_id: str, user_id: str, *, guests: bool = False) -> User:
    """A member, or a guest, of a Workspace by id."""
    plan_limits.needs(world, "Managing users", "Enterprise")
    found = world.users.get(user_id)
    if found is None or found.id not in world.teams[team_id].member_ids:
        raise no_access("User")
    if guests and found.role != GUEST:
        raise no_access("Guest")
    return found


def invite(world: World, actor: User, team: Team, body: Json) -> User:
    """A new member or admin."""
    role = ADMIN if flag(body, "admin", False) else MEMBER
    return _invite(world, actor, team, body, role)


def invite_guest(world: World, actor: User, team: Team, body: Json) -> User:
    """A new guest, who sees nothing until something is shared."""
    made = _invite(world, actor, team, body, GUEST)
    set_switches(world, made, body)
    return made


def update(
    world: World,
    actor: User,
    team: Team,
    found: User,
    body: Json,
) -> None:
    """Change name and role; nobody becomes or ceases to be the owner this way."""
    access.admin(actor)
    if found.role == OWNER and body.get("custom_role_id") is not None:
        raise bad_input("The owner has no custom role")
    before = (found.role, found.custom_role)
    name = text(body, "username", found.username)
    role = found.role
    if "admin" in body and role not in (OWNER, GUEST):
        role = ADMIN if flag(body, "admin", False) else MEMBER
    found.custom_role, found.role = _role(world, team, body, (found.custom_role, role))
    found.username = name if name.strip() else found.username
    world.users.put(found)
    if before != (found.role, found.custom_role):
        audit_log.note(world, actor, team.id, "CHANGE_USER_ROLE", found.email)


def update_guest(
    world: World,
    actor: User,
    team: Team,
    found: User,
    body: Json,
) -> None:
    """Change what a guest may do, or their custom role."""
    update(world, actor, team, found, {k: body[k] for k in ("custom_role_id",) if k in body})
    set_switches(world, found, body)


def remove(world: World, actor: User, team: Team, found: User) -> None:
    """Take somebody out: tokens end and webhooks stop, what they did stays."""
    access.admin(actor)
    if found.role == OWNER:
        raise bad_input("The owner of a Workspace cannot be removed")
    team.member_ids.remove(found.id)
    world.teams.put(team)
    found.shares = {}
    world.users.put(found)
    for group in [one for one in world.groups if found.id in one.member_ids]:
        group.member_ids.remove(found.id)
        world.groups.put(group)
    for token in [one for one in world.tokens if one.user_id == found.id]:
        world.tokens.drop(token.id)
    for hook in [one for one in world.webhooks if one.user_id == found.id]:
        hook.status = "suspended"
        world.webhooks.put(hook)
    audit_log.note(world, actor, team.id, "REMOVE_FROM_WORKSPACE", found.email)


def share(world: World, user: User, object_id: str, level: str | None) -> None:
    """Let a user do this much with an object; None takes it away."""
    if level is None:
        user.shares.pop(object_id, None)
    elif level in access.LEVELS:
        user.shares[object_id] = level
    else:
        raise bad_input(f"permission_level must be one of {', '.join(access.LEVELS)}")
    world.users.put(user)


def guest_to_share_with(world: World, actor: User, team_id: str, guest_id: str) -> User:
    """The guest whose access a member changes."""
    if actor.role == GUEST:
        raise Refusal("ACCESS_083", "Guests cannot share")
    return get(world, team_id, guest_id, guests=True)


def set_switches(world: World, user: User, body: Json) -> None:
    """Set what a guest may do and see."""
    found = world.table(Invitation).get(user.id) or Invitation(
        user.id, user.id, LONG_AGO, joined=True
    )
    before = dict.fromkeys(SWITCHES, False) | found.switches
    found.switches = {key: flag(body, key, was) for key, was in before.items()}
    world.table(Invitation).put(found)


def _invite(
    world: World,
    actor: User,
    team: Team,
    body: Json,
    role: int,
) -> User:
    plan_limits.needs(world, "Inviting", "Enterprise")
    access.admin(actor)
    email = text(body, "email", "")
    if "@" not in email:
        raise bad_input("email invalid")
    custom, role = _role(world, team, body, ("", role))
    made = _known(world, team, email) or User(world.ids.user(), email.split("@")[0], email)
    made.role, made.custom_role = role, custom
    world.users.put(made)
    oauth.personal(world, made)
    team.member_ids.append(made.id)
    world.teams.put(team)
    world.table(Invitation).put(Invitation(made.id, actor.id, world.now_ms()))
    audit_log.note(world, actor, team.id, "INVITE_TO_WORKSPACE", email)
    return made


def _known(world: World, team: Team, email: str) -> User | None:
    """Somebody who was here before."""
    found = next((one for one in world.users if one.email == email), None)
    if found is not None and found.id in team.member_ids:
        raise bad_input("The user is already in this Workspace")
    return found


def _role(world: World, team: Team, body: Json, otherwise: tuple[str, int]) -> tuple[str, int]:
    wanted = body.get("custom_role_id")
    if wanted is None:
        return otherwise
    known = custom_roles(world, team)
    if not isinstance(wanted, int) or wanted not in known:
        raise bad_input("Custom role not found")
    name, role = known[wanted]
    if (role == GUEST) != (otherwise[1] == GUEST):
        raise bad_input("This custom role is for others")
    return name, role
