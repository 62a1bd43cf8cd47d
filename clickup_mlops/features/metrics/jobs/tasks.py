"""The tasks whose fields may be written: listed now and then, and kept fresh by the mirror."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from clickup_mlops.clickup.client.resources.tasks import Tasks
from clickup_mlops.clickup.model import Task
from clickup_mlops.errors import Forbidden, NotFound
from clickup_mlops.features.metrics.bindings import Binding
from clickup_mlops.pace import paced
from clickup_mlops.store import Store
from clickup_mlops.store.tables.mirror import MirrorRow

_BATCH = 20
_LATE_MS = 60_000
"""How long what was read may wait until it is stored."""


class BoundTasks:
    """Tasks that have one of the bound fields. One call for each hundred tasks, every `reread_ms`;
    in between, what events reported counts.
    """

    def __init__(self, tasks: Tasks, store: Store, workspace: str, reread_ms: int) -> None:
        self._tasks, self._store, self._workspace = tasks, store, workspace
        self._reread_ms, self._read_ms = reread_ms, -reread_ms
        self._looked_ms = 0
        self._known: dict[str, Task] = {}
        self._mirrored_ms: dict[str, int] = {}
        """When each was read last that was looked at in the mirror, Unix ms."""
        self._wanted: frozenset[str] = frozenset()

    def all(self, bindings: Iterable[Binding], now_ms: int) -> Mapping[str, Task]:
        """By id, as far as it is known now."""
        bindings = tuple(bindings)
        if not bindings:
            return {}
        fields = frozenset(binding.field.casefold() for binding in bindings)
        if fields - self._wanted or now_ms - self._read_ms >= self._reread_ms:
            self._known = {
                task.id: task for task in self._read(bindings) if _has_field(task, fields)
            }
            self._read_ms, self._wanted = now_ms, fields
        else:
            self._update(fields)
        self._looked_ms = now_ms
        return self._known

    @property
    def last_read(self) -> Sequence[Task]:
        """What is known of them, without asking anybody."""
        return list(self._known.values())

    def read(self, task_id: str) -> Task | None:
        """Read now. None: it is gone, or out of the bot's sight."""
        try:
            return self._tasks.get(task_id)
        except (Forbidden, NotFound):
            return None

    def drop(self, task_id: str) -> None:
        """It was deleted."""
        self._known.pop(task_id, None)

    def _read(self, bindings: tuple[Binding, ...]) -> Iterator[Task]:
        spaces = sorted({binding.space_id for binding in bindings})
        inside = () if "" in spaces else spaces
        # A task that is changed meanwhile must not move to a page that was read before.
        return self._tasks.in_workspace(
            self._workspace, space_ids=inside, include_closed=True, order_by="created"
        )

    def _update(self, fields: frozenset[str]) -> None:
        """What the mirror knows better: it holds every task that an event was about, such as those
        just created. Only what was read again since the last look is parsed.
        """
        mirror, before = self._store.mirror, self._mirrored_ms
        times = mirror.read_times(self._known) | mirror.read_since(self._looked_ms - _LATE_MS)
        ids = [task_id for task_id, read_ms in times.items() if before.get(task_id) != read_ms]
        self._mirrored_ms = times
        for row in paced(self._mirrored(ids)):
            known, task = self._known.get(row.task_id), Task.parse(row.raw)
            is_newer = known is None or row.updated_ms >= known.updated_ms
            if is_newer and (known or _has_field(task, fields)):
                self._known[row.task_id] = task

    def _mirrored(self, ids: Sequence[str]) -> Iterator[MirrorRow]:
        for start in range(0, len(ids), _BATCH):
            yield from self._store.mirror.get_many(ids[start : start + _BATCH]).values()


def _has_field(task: Task, fields: frozenset[str]) -> bool:
    return any(field.name.casefold() in fields for field in task.fields)
