"""What the bot remembers of runs, and which task each run belongs to."""

from collections.abc import Iterator, Mapping
from typing import Final

from clickup_mlops.clickup.model import Task
from clickup_mlops.features.progress.model import Progress, RunReport
from clickup_mlops.store import Store
from clickup_mlops.store.tables.notes import RUN_ENDS, RUNS

_LOOK: Final = "progress:look:"
_FORGET_MS: Final = 86_400_000
"""A run that no source has named for so long is forgotten."""
_TASK: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


def read(store: Store, workspace: str) -> dict[str, Progress]:
    """All runs, by key."""
    notes = store.notes.all(f"{RUNS}{workspace}")
    runs = (Progress.parse(note.value) for note in notes.values())
    return {progress.key: progress for progress in runs}


def write(
    store: Store,
    workspace: str,
    before: Mapping[str, Progress],
    current: Mapping[str, Progress],
    now_ms: int,
) -> None:
    """The runs as they are now; those that nobody names any more are forgotten after a day."""
    scope = f"{RUNS}{workspace}"
    for key, progress in before.items():
        if key not in current and now_ms - progress.at_ms > _FORGET_MS:
            store.notes.remove(scope, _name(progress), wait=False)
            store.notes.remove(RUN_ENDS, progress.task_id, wait=False)
        elif key in current and current[key].task_id != progress.task_id:
            store.notes.remove(scope, _name(progress), wait=False)
    for progress in current.values():
        store.notes.put(scope, _name(progress), progress.to_dict(), now_ms, wait=False)
    store.flush()


def _name(progress: Progress) -> str:
    """Of its note: whoever sees the task may read it."""
    return f"{progress.key}:{progress.task_id}"


def last_look_ms(store: Store, workspace: str, source: str) -> int | None:
    """When the runs of a source were read last (Unix ms); None: never."""
    text = store.cursors.get(f"{_LOOK}{workspace}:{source}")
    return int(text) if text else None


def looked(store: Store, workspace: str, source: str, now_ms: int) -> None:
    """They were read now."""
    store.cursors.set(f"{_LOOK}{workspace}:{source}", str(now_ms))


class Tasks:
    """Finds the task of a run; open tasks are read once, when the first run needs them."""

    def __init__(self, store: Store, field: str) -> None:
        self._store, self._field = store, field
        self._by_text: dict[str, str] | None = None

    def of(self, report: RunReport) -> str:
        """The task that the run names; else the only open one whose field has the run's id or name,
        or that is called like the run. Empty: there is none, or there are several.
        """
        if report.task:
            return report.task if set(report.task) <= _TASK else ""
        if self._by_text is None:
            self._by_text = dict(self._read())
        texts = (f"id:{report.id}", f"id:{report.name}", f"name:{report.name.casefold()}")
        return next((task for text in texts if (task := self._by_text.get(text))), "")

    def _read(self) -> Iterator[tuple[str, str]]:
        texts: dict[str, set[str]] = {}
        for row in self._store.mirror.each_open():
            task = Task.parse(row.raw)
            texts.setdefault(f"name:{task.name.casefold()}", set()).add(task.id)
            value = task.field(self._field)
            if value is not None:
                texts.setdefault(f"id:{value}", set()).add(task.id)
        return ((text, next(iter(ids))) for text, ids in texts.items() if len(ids) == 1)
