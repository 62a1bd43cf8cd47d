"""Recorded situations, in which `automations lint` evaluates automations."""

from collections.abc import Iterator
from typing import Final

import orjson

from clickup_mlops.automations.conditions.lookups import Lookups
from clickup_mlops.automations.model import Example
from clickup_mlops.clickup import webhook
from clickup_mlops.clickup.model import Task
from clickup_mlops.features.simulation.tables.recordings import Recording, Recordings
from clickup_mlops.routing.facts import Context
from clickup_mlops.routing.router import Router
from clickup_mlops.store import Store

MOST_RECORDED: Final = 500


def read_examples(store: Store, router: Router) -> Iterator[Example]:
    """The newest situations of the bot, without the context that the task had then."""
    for recording in store.table(Recordings).newest(MOST_RECORDED):
        if recording.task is not None:
            yield from _read_examples(recording, Task.parse(recording.task), router)


def _read_examples(recording: Recording, task: Task, router: Router) -> Iterator[Example]:
    effective = router.policy_of(task)
    lookups = Lookups(slos=lambda: effective.policy.slos, metrics=lambda: effective.metrics)
    for recorded_event in recording.events:
        event = webhook.parse(orjson.dumps(recorded_event.body))
        name = f"the recorded {event.kind} of task {task.id}"
        yield Example(name, event, task, recording.at_ms, Context(), (), lookups=lookups)
