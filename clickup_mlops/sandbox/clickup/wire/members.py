"""Members and guests on the wire, as the Enterprise endpoints show them."""

from clickup_mlops.sandbox.clickup.state import access
from clickup_mlops.sandbox.clickup.state.model import Json, Team, User
from clickup_mlops.sandbox.clickup.state.people.members import (
    LONG_AGO,
    SWITCHES,
    Invitation,
    custom_roles,
)
from clickup_mlops.sandbox.clickup.state.world import World
from clickup_mlops.sandbox.clickup.wire import places, tasks
from clickup_mlops.sandbox.clickup.wire.basics import ms, person

_ROLES = ("owner", "admin", "member", "guest")


def team(world: World, found: Team, shown: list[User]) -> Json:
    """A Workspace after an invitation, with who was invited; after a removal, with nobody."""
    custom = [
        {"id": number, "name": name, "custom": True, "inherited_role": role}
        for number, (name, role) in custom_roles(world, found).items()
    ]
    fixed = [{"id": n, "name": name, "custom": False} for n, name in enumerate(_ROLES, 1)]
    return {
        "id": found.id,
        "name": found.name,
        "color": found.color,
        "avatar": None,
        "members": [_entry(world, found, one) for one in shown],
        "roles": fixed + custom,
    }


def member(world: World, of: Team, found: User, *, shares: bool = True) -> Json:
    """A member, with what is shared with them."""
    shown = _entry(world, of, found)
    return {**shown, "shared": shared(world, found)} if shares else shown


def shared(world: World, found: User) -> Json:
    """The tasks, Lists and Folders shared with a user."""
    level = _level_of(found)
    folders = [world.folders[one] for one in found.shares if one in world.folders]
    return {
        "tasks": [
            {**tasks.shown(world, world.tasks[one]), "permission_level": found.shares[one]}
            for one in found.shares
            if one in world.tasks
        ],
        "lists": [
            places.task_list(world, world.lists[one], level=level)
            for one in found.shares
            if one in world.lists
        ],
        "folders": [
            {**places.folder(world, one, level=level), "content": None, "due_date": None}
            for one in folders
        ],
    }


def _level_of(user: User) -> places.Levels:
    return lambda there: str(user.shares[there.id]) if there.id in user.shares else "read"


def _entry(world: World, of: Team, found: User) -> Json:
    invitation = world.table(Invitation).get(found.id)
    inviter = world.users.get(invitation.by_id) if invitation else None
    shown: Json = {"user": _user(world, of, found, invitation)}
    shown["invited_by"] = person(inviter or found)
    if found.role == access.GUEST:
        switches = invitation.switches if invitation else {}
        shown |= {key: switches.get(key, False) for key in SWITCHES}
    return shown


def _user(world: World, of: Team, found: User, invitation: Invitation | None) -> Json:
    custom = [
        {"id": number, "name": name}
        for number, (name, _role) in custom_roles(world, of).items()
        if name == found.custom_role
    ]
    date = ms(invitation.date if invitation else LONG_AGO)
    return {
        **person(found),
        "role": found.role,
        "custom_role": custom[0] if custom else None,
        "last_active": None,
        "date_joined": date if invitation is None or invitation.joined else None,
        "date_invited": date,
    }
