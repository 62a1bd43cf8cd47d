"""What privacy, a guest's or view-only role, and a switched-off ClickApp stop.

A token has its user's rights, no more: ClickUp knows no read-only token as such. From its help
pages: guests see only what is shared with them, no Spaces and not "everything"; they create no
Spaces, Folders, Lists or tags. A share is `read`, `comment`, `edit` or `create`. Members see what
is public, and of private Spaces, Folders and Lists, and of what is in them, what is shared with
them; owners and admins see no more than that.
Which ECODE comes for what is not documented; `ACCESS_083` (may not, or a task that is out of sight)
and `ACCESS_999` (a place that is) are the ones that users report. That a switched-off ClickApp
refuses writes is an assumption.
"""

from clickup_mlops.sandbox.clickup.state.model import Folder, Space, Task, TaskList, User
from clickup_mlops.sandbox.clickup.state.refusal import Refusal, no_access
from clickup_mlops.sandbox.clickup.state.world import World

OWNER, ADMIN, GUEST = 1, 2, 4
LEVELS = ("read", "comment", "edit", "create")

_OF_TEAM = ("/plan", "/seats", "/customroles", "/space", "/shared")
_STRUCTURE = ("space", "folder", "list", "tag", "view", "field", "webhook")
_CLICKAPPS = (
    ("custom_fields", "/field"),
    ("tags", "/tag"),
    ("checklists", "/checklist"),
)

Args = dict[str, str]


def check(world: World, user: User, method: str, automation: str, args: Args) -> None:
    """Refuse what this user may not do. `automation` is the route, `args` its ids.

    Raises:
        Refusal: ACCESS_083, ACCESS_999, or a ClickApp is off.
    """
    if method != "GET" and "comment" not in automation:
        _check_clickapps(world, automation, args)
    if user.read_only and method != "GET":
        raise _may_not("This user can only view")
    if user.role == GUEST:
        _check_guest(world, user, method, automation, args)
    else:
        _check_member(world, user, args)


def get_permission_level(world: World, user: User, place: Folder | TaskList) -> str | None:
    """The `permission_level` that answers show for a Folder or List; None: it is out of sight."""
    if user.role == GUEST:
        return _get_place_share(user, place)
    if not sees(world, user, place):
        return None
    return "read" if user.read_only else _get_place_share(user, place) or "create"


def sees(world: World, user: User, place: Space | Folder | TaskList) -> bool:
    """Whether a place is in sight: the innermost share, or privacy, decides."""
    while True:
        if place.id in user.shares:
            return True
        if place.private or (user.role == GUEST and isinstance(place, Space)):
            return False
        if isinstance(place, Space):
            return True
        if isinstance(place, TaskList):
            place = world.folders[place.folder_id]
        else:
            place = world.spaces[place.space_id]


def list_hidden(world: World, user: User) -> frozenset[str]:
    """Ids of the Lists that are out of sight."""
    return frozenset(place.id for place in world.lists if not sees(world, user, place))


def get_share(world: World, user: User, task: Task) -> str | None:
    """What a guest may do with a task: its own share, else that of its List or Folder."""
    task_list = world.lists.get(task.list_id)
    return user.shares.get(task.id) or (_get_place_share(user, task_list) if task_list else None)


def can_see(world: World, user_id: int, task: Task) -> bool:
    """Whether the person sees the task."""
    user = world.users[user_id]
    return task.id in user.shares or sees(world, user, world.lists[task.list_id])


def _check_member(world: World, user: User, args: Args) -> None:
    place, task = _find_place(world, args), world.tasks.get(args.get("task_id"))
    if place is not None and not (task and task.id in user.shares) and not sees(world, user, place):
        raise _is_unseen() if task else no_access()


def require_admin(user: User) -> None:
    """Refuse everybody but owners and admins."""
    if user.role > ADMIN:
        raise _may_not("Only Workspace owners and admins may do this")


def _check_guest(world: World, user: User, method: str, automation: str, args: Args) -> None:
    if "team_id" in args or "workspace_id" in args:
        # Guests track time on what is shared with them for editing.
        if "/time_entries" in automation:
            return
        if method != "GET" or not automation.endswith(_OF_TEAM):
            raise _may_not("Guests have no access to this")
        return
    place = _find_place(world, args)
    if place is None:
        return
    task = world.tasks.get(args.get("task_id"))
    shared = None if isinstance(place, Space) else _get_place_share(user, place)
    granted = get_share(world, user, task) if task else shared
    if granted is None:
        raise _is_unseen() if task else no_access()
    if method != "GET" and not _is_allowed(granted, automation):
        raise _may_not(f"A guest with {granted} permission may not do this")


def _is_allowed(level: str, automation: str) -> bool:
    last = automation.rsplit("/", 1)[-1]
    if last == "comment":
        return level != "read"
    if automation.endswith("<list_id>/task"):
        return level == "create"
    if "/guest/" in automation:  # Sharing is for members.
        return False
    return "<task_id>" in automation and last not in _STRUCTURE and level in ("edit", "create")


def _get_place_share(user: User, place: Folder | TaskList) -> str | None:
    ids = [place.id] + ([place.folder_id] if isinstance(place, TaskList) else [])
    return next((user.shares[place_id] for place_id in ids if place_id in user.shares), None)


def _find_place(world: World, args: Args) -> Space | Folder | TaskList | None:
    """Where a request points to: the innermost place that its ids name."""
    task = world.tasks.get(args.get("task_id"))
    if task is not None:
        return world.lists.get(task.list_id)
    if "list_id" in args:
        return world.lists.get(args["list_id"])
    if "folder_id" in args:
        return world.folders.get(args["folder_id"])
    return world.spaces.get(args.get("space_id"))


def _check_clickapps(world: World, automation: str, args: Args) -> None:
    place = _find_place(world, args)
    if place is None:
        return
    space = place if isinstance(place, Space) else world.spaces[place.space_id]
    for app, part in _CLICKAPPS:
        if part in automation and not space.features.get(app, {}).get("enabled", True):
            raise Refusal("INPUT_002", f"The ClickApp {app} is not enabled in this Space")


def _is_unseen() -> Refusal:
    """A task that is there and out of sight: 401, not 404 (live answers of 2026)."""
    return _may_not("You do not have access to this task")


def _may_not(text: str) -> Refusal:
    return Refusal("ACCESS_083", text)
