"""What `automations lint` may know: the configuration, and what the store remembers. No call."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import orjson

from clickup_mlops.automations.lint.model import Known
from clickup_mlops.bot.handle.context.directory import list_names
from clickup_mlops.bot.settings import Settings
from clickup_mlops.clickup.model import Task
from clickup_mlops.store import Store

MOST_TASKS: Final = 5_000
_DIRECTORIES: Final = {"user": "directory:people:", "list": "directory:lists:"}
"""Where names are kept as ClickUp gave them; see `bot.handle.context.directory`."""
_FIELDS: Final = "directory:fields of List "


def read_known(settings: Settings, sources: Iterable[str], store: Store | None) -> Known:
    """The events by the configuration; `sources`: systems that report; names only if there is a
    store.
    """
    return Known(
        {} if store is None else _read_names(store),
        events=frozenset(settings.hooks.events),
        sources=frozenset(sources),
    )


def _read_names(store: Store) -> dict[str, frozenset[str]]:
    tasks = [Task.parse(row.raw) for row in store.mirror.newest(MOST_TASKS)]
    fields = [field for task in tasks for field in task.fields]
    names: dict[str, set[str]] = {
        "list": {task.list_name for task in tasks},
        "status": {task.status.name for task in tasks},
        "tag": {tag for task in tasks for tag in task.tags},
        "field": {name for field in fields for name in (field.name, field.id)},
        "user": set(),
    }
    for kind, prefix in (*_DIRECTORIES.items(), ("field", _FIELDS)):
        names[kind] |= set(_read_directory(store.cursors.values(prefix)))
    return {kind: frozenset(of_kind) for kind, of_kind in names.items()}


def _read_directory(pages: Iterable[str]) -> Iterator[str]:
    for text in pages:
        entries: list[dict[str, Any]] = orjson.loads(text)["entries"]
        yield from (name for entry in entries for name in list_names(entry))
