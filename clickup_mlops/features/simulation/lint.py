"""What `automations lint` may know: the configuration, and what the store remembers. No call."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import orjson

from clickup_mlops.automations.conditions.around import Around
from clickup_mlops.automations.lint.model import Known
from clickup_mlops.automations.model import Example
from clickup_mlops.bot.handle.context.directory import shown
from clickup_mlops.bot.settings import Settings
from clickup_mlops.clickup import webhook
from clickup_mlops.clickup.model import Task
from clickup_mlops.features.integrations.settings import IntegrationTables
from clickup_mlops.features.simulation.tables.recordings import Recording, Recordings
from clickup_mlops.routing.facts import Context
from clickup_mlops.routing.router import Router
from clickup_mlops.store import Store

MOST_RECORDED: Final = 500
MOST_TASKS: Final = 5_000
_KEPT: Final = {"user": "directory:people:", "list": "directory:lists:"}
"""Where names are kept as ClickUp gave them; see `bot.handling.context.directory`."""
_FIELDS: Final = "directory:fields of List "


def known(settings: Settings, store: Store | None) -> Known:
    """The events and systems by the configuration; names only if there is a store."""
    return Known(
        {} if store is None else _names(store),
        events=frozenset(settings.hooks.events),
        sources=frozenset(settings.tables(IntegrationTables).integrations),
    )


def recorded(store: Store, router: Router) -> Iterator[Example]:
    """The newest situations of the bot, without the context that the task had then."""
    for one in store.table(Recordings).newest(MOST_RECORDED):
        if one.task is not None:
            yield from _examples(one, Task.parse(one.task), router)


def _examples(one: Recording, task: Task, router: Router) -> Iterator[Example]:
    applies = router.policy_of(task)
    around = Around(slos=lambda: applies.policy.slos, metrics=lambda: applies.metrics)
    for recorded_event in one.events:
        event = webhook.parse(orjson.dumps(recorded_event.body))
        name = f"the recorded {event.kind} of task {task.id}"
        yield Example(name, event, task, one.at_ms, Context(), (), around=around)


def _names(store: Store) -> dict[str, frozenset[str]]:
    tasks = [Task.parse(row.raw) for row in store.mirror.newest(MOST_TASKS)]
    found: dict[str, set[str]] = {
        "list": {task.list_name for task in tasks},
        "status": {task.status.name for task in tasks},
        "tag": {tag for task in tasks for tag in task.tags},
        "field": {name for task in tasks for each in task.fields for name in (each.name, each.id)},
        "user": set(),
    }
    for kind, prefix in (*_KEPT.items(), ("field", _FIELDS)):
        found[kind] |= set(_directory(store.cursors.values(prefix)))
    return {kind: frozenset(names) for kind, names in found.items()}


def _directory(kept: Iterable[str]) -> Iterator[str]:
    for text in kept:
        entries: list[dict[str, Any]] = orjson.loads(text)["entries"]
        yield from (name for entry in entries for name in shown(entry))
