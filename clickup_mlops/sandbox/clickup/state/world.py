"""All records, one lock, and what follows a change: saving and events."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from clickup_mlops.sandbox.clickup.state import model
from clickup_mlops.sandbox.clickup.state.events import Change, Event, Place, Write
from clickup_mlops.sandbox.clickup.state.ids import Ids
from clickup_mlops.sandbox.clickup.state.table import Record, StateFile, Table
from clickup_mlops.sandbox.core.clock import Clock

KEPT_WRITES = 200_000

R = TypeVar("R", bound=Record)


class World:
    """The state of the simulated ClickUp. Work inside `with world.change():`.

    `publish` gets the events of a change once it is complete (and saved); `plan` is the name of
    the plan, `template_delay_ms` how long a copy of a template takes to fill, `field_creation`
    how the undocumented call that creates a field answers.
    """

    def __init__(self, clock: Clock, *, plan: str, file: Path | None = None) -> None:
        self.clock, self.plan = clock, plan
        self.users, self.tokens = Table(model.User), Table(model.Token)
        self.grants, self.teams = Table(model.Grant), Table(model.Team)
        self.groups = Table(model.Group)
        self.spaces, self.folders = Table(model.Space), Table(model.Folder)
        self.lists, self.fields = Table(model.TaskList), Table(model.Field)
        self.tasks, self.deleted_tasks = Table(model.Task), Table(model.Gone)
        self.comments, self.views = Table(model.Comment), Table(model.View)
        self.templates, self.copies = Table(model.Template), Table(model.PendingCopy)
        self.webhooks = Table(model.Webhook)
        self.docs, self.pages = Table(model.Doc), Table(model.Page)
        self.channels, self.messages = Table(model.Channel), Table(model.Message)
        self.counters = Table(model.Counter)
        self._more: dict[type, Table[Any]] = {}
        self.ids = Ids(self.counters)
        self.writes: deque[Write] = deque(maxlen=KEPT_WRITES)
        self.publish: Callable[[list[Event]], None] = lambda _events: None
        self.before_change: Callable[[], None] = lambda: None
        self.template_delay_ms = 300
        self.name = ""
        self.field_creation = "off"
        self.muted = False
        self._lock = threading.RLock()
        self._outbox: list[Event] = []
        self._file = StateFile(file) if file else None
        self.is_new = not (self._file and self._file.load(self.tables))

    @property
    def tables(self) -> list[Table[Any]]:
        """Every table, in a fixed order."""
        built_in = [value for value in vars(self).values() if isinstance(value, Table)]
        return [*built_in, *self._more.values()]

    def table(self, kind: type[R]) -> Table[R]:
        """The table of a record that the file using it defines; read from the file on first use."""
        if kind not in self._more:
            self._more[kind] = Table(kind)
            if self._file:
                self._file.load([self._more[kind]])
        return self._more[kind]

    @property
    def layout_revision(self) -> int:
        """Grows when anything changes that task answers repeat: places, people, fields."""
        tables = (self.users, self.groups, self.spaces, self.folders, self.lists, self.fields)
        return sum(table.revision for table in tables)

    @contextmanager
    def change(self) -> Iterator[None]:
        """Hold the lock; afterwards save what changed and publish its events."""
        with self._lock:
            self.before_change()
            try:
                yield
            finally:
                self._complete()

    def now_ms(self) -> int:
        """The sandbox's time in Unix milliseconds, which tests may set."""
        return self.clock.now_ms()

    def clear(self) -> None:
        """Forget every record, also in the file once the change is complete."""
        for table in self.tables:
            for key in list(table.rows):
                table.drop(key)

    def close(self) -> None:
        """Save and close the file, if there is one."""
        with self._lock:
            self._complete()
            if self._file:
                self._file.close()

    # What follows a change

    def emit(self, event: Event) -> None:
        """Publish this when the change is complete."""
        if not self.muted:
            self._outbox.append(event)

    def log_write(
        self, task_id: str, name: str, before: object, after: object, actor: model.User
    ) -> None:
        """Log one written field of a task, also if its value stayed the same."""
        self.writes.append(Write(task_id, name, before, after, actor.id, self.now_ms()))

    def item(
        self, change: Change, list_id: str, actor: model.User, kind: int = 1
    ) -> model.JsonTable:
        """A history item for a change, with its id and date."""
        return change.item(self.ids.history(), self.now_ms(), list_id, actor, kind)

    # Finding

    def place(self, task: model.Task) -> Place:
        """Where a task is."""
        task_list = self.lists[task.list_id]
        return Place(
            self.team_of(task_list), task_list.space_id, task_list.folder_id, task_list.id, task.id
        )

    def team_of(self, place: model.TaskList | model.Folder | model.Space) -> str:
        """The Workspace of a place."""
        if isinstance(place, model.Space):
            return place.team_id
        return self.spaces[place.space_id].team_id

    def statuses(self, task_list: model.TaskList) -> list[model.JsonTable]:
        """The effective statuses of a List: its own, else the Folder's, else the Space's."""
        folder = self.folders[task_list.folder_id]
        return task_list.statuses or folder.statuses or self.spaces[task_list.space_id].statuses

    def tasks_of(self, list_id: str) -> list[model.Task]:
        """The tasks whose home is this List, subtasks included."""
        return [task for task in self.tasks if task.list_id == list_id]

    def _complete(self) -> None:
        if self._file:
            self._file.save(self.tables)
        for table in self.tables:
            table.changed.clear()
        events, self._outbox = self._outbox, []
        if events:
            self.publish(events)
