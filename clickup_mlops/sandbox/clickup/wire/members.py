"""Members and guests on the wire, as the Enterprise endpoints show them."""

from functools import partial

from clickup_mlops.sandbox.clickup.state import access
from clickup_mlops.sandbox.clickup.state.model import JsonTable, Team, User
from clickup_mlops.sandbox.clickup.state.people.members import (
    LONG_AGO,
    SWITCHES,
    Invitation,
    list_custom_roles,
)
from clickup_mlops.sandbox.clickup.state.world import World
from clickup_mlops.sandbox.clickup.wire import places, tasks
from clickup_mlops.sandbox.clickup.wire.basics import format_ms, format_user

_ROLES = ("owner", "admin", "member", "guest")


def format_team(world: World, team: Team, users: list[User]) -> JsonTable:
    """A Workspace after an invitation, with who was invited; after a removal, with nobody."""
    custom = [
        {"id": number, "name": name, "custom": True, "inherited_role": role}
        for number, (name, role) in list_custom_roles(world, team).items()
    ]
    fixed = [{"id": n, "name": name, "custom": False} for n, name in enumerate(_ROLES, 1)]
    return {
        "id": team.id,
        "name": team.name,
        "color": team.color,
        "avatar": None,
        "members": [_format_entry(world, team, user) for user in users],
        "roles": fixed + custom,
    }


def format_member(world: World, of: Team, user: User, *, shares: bool = True) -> JsonTable:
    """A member, with what is shared with them."""
    body = _format_entry(world, of, user)
    return {**body, "shared": format_shared(world, user)} if shares else body


def format_shared(world: World, user: User) -> JsonTable:
    """The tasks, Lists and Folders shared with a user."""
    level = partial(access.get_permission_level, world, user)
    folders = [world.folders[place_id] for place_id in user.shares if place_id in world.folders]
    return {
        "tasks": [
            {
                **tasks.format_task(world, world.tasks[task_id]),
                "permission_level": user.shares[task_id],
            }
            for task_id in user.shares
            if task_id in world.tasks
        ],
        "lists": [
            places.format_list(world, world.lists[list_id], level=level)
            for list_id in user.shares
            if list_id in world.lists
        ],
        "folders": [
            {**places.format_folder(world, folder, level=level), "content": None, "due_date": None}
            for folder in folders
        ],
    }


def _format_entry(world: World, of: Team, user: User) -> JsonTable:
    invitation = world.table(Invitation).get(user.id)
    inviter = world.users.get(invitation.by_id) if invitation else None
    body: JsonTable = {"user": _format_user(world, of, user, invitation)}
    body["invited_by"] = format_user(inviter or user)
    if user.role == access.GUEST:
        switches = invitation.switches if invitation else {}
        body |= {key: switches.get(key, False) for key in SWITCHES}
    return body


def _format_user(world: World, of: Team, user: User, invitation: Invitation | None) -> JsonTable:
    custom = [
        {"id": number, "name": name}
        for number, (name, _role) in list_custom_roles(world, of).items()
        if name == user.custom_role
    ]
    date = format_ms(invitation.date if invitation else LONG_AGO)
    return {
        **format_user(user),
        "role": user.role,
        "custom_role": custom[0] if custom else None,
        "last_active": None,
        "date_joined": date if invitation is None or invitation.joined else None,
        "date_invited": date,
    }
