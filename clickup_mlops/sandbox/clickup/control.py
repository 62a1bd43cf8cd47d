"""Control of the sandbox, for tests and people. The HTTP control API offers the same.

Nothing here is part of ClickUp. What ClickUp's own pages can do and its API cannot (create fields,
statuses, templates) is done here too.
"""

from collections.abc import Iterable, Sequence

from clickup_mlops.errors import InputError
from clickup_mlops.sandbox.clickup.actor import Actor
from clickup_mlops.sandbox.clickup.delivery import Deliveries, Delivery
from clickup_mlops.sandbox.clickup.state.events import Write
from clickup_mlops.sandbox.clickup.state.fields import fields
from clickup_mlops.sandbox.clickup.state.hierarchy import places
from clickup_mlops.sandbox.clickup.state.model import Field, Folder, JsonTable, Task, TaskList, User
from clickup_mlops.sandbox.clickup.state.model import Template as SavedTemplate
from clickup_mlops.sandbox.clickup.state.tasks import tasks
from clickup_mlops.sandbox.clickup.state.templates import templates
from clickup_mlops.sandbox.clickup.state.world import World
from clickup_mlops.sandbox.clickup.ui_actions import UiActions
from clickup_mlops.sandbox.clickup.wire import tasks as wire
from clickup_mlops.sandbox.core.faults import Faults
from clickup_mlops.sandbox.core.limits import RateLimiter
from clickup_mlops.sandbox.core.stats import Stats

CLICK_BOT = User(-1, "ClickBot", "clickbot@clickup.com")


class Control:
    """`faults`, `clock`, `stats`, `limiter` and `deliveries` (pause, resume, flush, forget, again,
    wait_idle, log) are the live parts, `ui_actions` what a person does in ClickUp's own pages; the
    rest are methods.
    """

    def __init__(
        self,
        world: World,
        faults: Faults,
        stats: Stats,
        limiter: RateLimiter,
        deliveries: Deliveries,
    ) -> None:
        self.world, self.clock = world, world.clock
        self.faults, self.stats = faults, stats
        self.limiter, self.deliveries = limiter, deliveries
        self.ui_actions = UiActions(world)

    # People

    @property
    def members(self) -> list[User]:
        """All members; the bot is the first."""
        return sorted((user for user in self.world.users if user.id > 0), key=lambda user: user.id)

    def member(self, identifier: str | int) -> User:
        """A member by id, full name, first name or e-mail.

        Raises:
            InputError: no member has that name; lists the members.
        """
        for user in self.members:
            names = (str(user.id), user.username, user.username.split()[0], user.email)
            if str(identifier).lower() in (name.lower() for name in names):
                return user
        names_of_members = ", ".join(user.username for user in self.members)
        raise InputError(f"no member {identifier!r}", hint=f"There are: {names_of_members}.")

    def as_user(self, identifier: str | int) -> Actor:
        """Act as a member: create, change, comment, move. Webhooks fire as usual."""
        return Actor(self.world, self.member(identifier))

    def as_click_bot(self) -> Actor:
        """Act as ClickUp's own Automations: a user with a negative id who is no member."""
        with self.world.change():
            self.world.users.put(CLICK_BOT)
        return Actor(self.world, CLICK_BOT)

    # Reading the state directly

    @property
    def tasks(self) -> list[Task]:
        """The stored tasks, in the order of creation. Read only."""
        return sorted(self.world.tasks, key=lambda task: task.orderindex)

    def task(self, task: str) -> JsonTable:
        """A task by id or exact name, as GET task would show it; costs no call."""
        with self.world.change():
            return wire.format_full_task(self.world, self.find(task))

    def find(self, task: str) -> Task:
        """The stored task by id or exact name."""
        if task in self.world.tasks:
            return self.world.tasks[task]
        named = [candidate for candidate in self.world.tasks if candidate.name == task]
        if not named:
            raise InputError(f"no task {task!r}")
        return named[-1]

    def list_id(self, name: str) -> str:
        """The id of a List by name."""
        return self._find_list(name).id

    def space_id(self, name: str) -> str:
        """The id of a Space by name."""
        return next(space.id for space in self.world.spaces if space.name == name)

    def folder_id(self, name: str) -> str:
        """The id of a Folder by name."""
        return next(folder.id for folder in self.world.folders if folder.name == name)

    def writes(self, task_id: str = "", field: str = "", actor: str | int = "") -> list[Write]:
        """The log of written task fields, oldest first; empty values match all."""
        actor_id = self.member(actor).id if actor else None
        return [
            write
            for write in list(self.world.writes)
            if task_id in ("", write.task_id)
            and field in ("", write.field)
            and actor_id in (None, write.actor_id)
        ]

    def delivery_log(self, kind: str = "", task_id: str = "") -> list[Delivery]:
        """Every delivery, oldest first; empty values match all."""
        return [
            delivery
            for delivery in list(self.deliveries.log)
            if kind in ("", delivery.kind) and task_id in ("", delivery.task_id)
        ]

    def reset_counts(self) -> None:
        """Forget counted calls, logged writes and deliveries, and the used part of the limits."""
        self.stats.reset()
        self.limiter.reset()
        self.world.writes.clear()
        self.deliveries.log.clear()

    # What only ClickUp's own pages can do

    def create_field(
        self,
        name: str,
        kind: str,
        *,
        list_name: str | None = None,
        choices: Sequence[str] = (),
        config: JsonTable | None = None,
        required: bool = False,
        task_types: Sequence[int] = (),
    ) -> Field:
        """Define a custom field, for one List or (without `list_name`) for the Workspace."""
        level = ("list", self.list_id(list_name)) if list_name else ("team", self._team_id)
        with self.world.change():
            return fields.define(
                self.world,
                self.members[0],
                name,
                kind,
                at=level,
                choices=tuple(choices),
                config=config,
                required=required,
                task_types=tuple(task_types),
            )

    def set_statuses(self, list_name: str, statuses: Sequence[JsonTable]) -> None:
        """Give a List statuses of its own: dicts with status, type and color."""
        with self.world.change():
            task_list = self._find_list(list_name)
            task_list.statuses = places.build_statuses(self.world, task_list.id, "sc", statuses)
            self.world.lists.put(task_list)

    def save_template(self, kind: str, source: str, name: str) -> SavedTemplate:
        """Save a task, list or folder, found by name, as a template."""
        record: Task | TaskList | Folder
        if kind == "task":
            record = self.find(source)
        elif kind == "list":
            record = self._find_list(source)
        else:
            record = self.world.folders[self.folder_id(source)]
        with self.world.change():
            return templates.save(self.world, self._team_id, kind, record, name)

    def add_tasks(
        self, list_name: str, bodies: Iterable[JsonTable], *, silent: bool = True
    ) -> list[str]:
        """Create many tasks at once, without webhooks unless `silent` is false; returns ids."""
        task_list = self._find_list(list_name)
        with self.world.change():
            self.world.muted = silent
            try:
                actor = self.members[0]
                return [tasks.create(self.world, actor, task_list, body).id for body in bodies]
            finally:
                self.world.muted = False

    @property
    def _team_id(self) -> str:
        return min(team.id for team in self.world.teams)

    def _find_list(self, name: str) -> TaskList:
        for task_list in self.world.lists:
            if name in (task_list.name, task_list.id):
                return task_list
        names = ", ".join(task_list.name for task_list in self.world.lists)
        raise InputError(f"no list {name!r}", hint=f"There are: {names}.")
