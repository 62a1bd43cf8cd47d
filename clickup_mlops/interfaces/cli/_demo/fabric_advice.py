"""The host of the demonstration that needs attention: its task, and the bot's own advice on it.

The numbers are made up (`past`); what the bot says about them is not.
"""

from typing import Final

from clickup_mlops.automations.perform import perform
from clickup_mlops.clickup.model import FieldValue, Task
from clickup_mlops.features.metrics.bindings import Binding
from clickup_mlops.features.metrics.jobs.advice import Adviser, Readings
from clickup_mlops.features.metrics.jobs.sinks import Wanted
from clickup_mlops.features.metrics.placement.placing import Placed
from clickup_mlops.features.metrics.placement.recorded import labels_of
from clickup_mlops.features.metrics.read.scrape import Reading
from clickup_mlops.interfaces.cli._demo.environment import Environment

HOST: Final = "gpu-03"
SOURCE: Final = "roce"
_NAME: Final = f"{HOST} retransmits more than its neighbours"
_LIST: Final = "Cluster"
_BINDING: Final = Binding(
    "Retransmissions per million", SOURCE, "retransmission_ppm", match={"host": "tag"}, of="max"
)
_FIELD: Final = FieldValue.parse({"id": "demo", "name": _BINDING.field, "type": "number"})
_CAP: Final = 10


def write(demo: Environment) -> None:
    """Create the task, and comment on it what the newest numbers of its ports advise."""
    bot, task = demo.bot, _created(demo)
    readings, now = _newest(demo), bot.now_ms()
    own = [one for one in readings[SOURCE] if _is_bound(one)]
    placed = Placed(task, _FIELD, _BINDING, max(one.value for one in own), tuple(own))
    adviser = Adviser(bot.store, (), 0)
    for news in adviser.news({task.id: task}, [placed], readings, now):
        action = Wanted(task.id, news.change).action(f"demo:{HOST}", _CAP)
        perform(action, bot.execution.executor_context, lane=task.id)
        adviser.remember(news, bot.workspace_id, now)
    bot.store.flush()


def _created(demo: Environment) -> Task:
    control = demo.clickup.control
    (task_id,) = control.add_tasks(_LIST, [{"name": _NAME, "tags": [HOST]}])
    demo.bot.sources.backfill.run()
    demo.bot.run_until_idle()
    return demo.bot.client.tasks.get(task_id)


def _newest(demo: Environment) -> Readings:
    series = demo.bot.store.history.all([demo.bot.workspace_id])
    return {
        SOURCE: [
            Reading(one.measure, one.unit, one.last, one.last_ms, frozenset(labels_of(one.labels)))
            for one in series
            if one.source == SOURCE and one.last is not None
        ]
    }


def _is_bound(reading: Reading) -> bool:
    return reading.measure == _BINDING.measure and reading.label("host") == HOST
