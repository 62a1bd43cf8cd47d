"""A fabric that was measured before the demonstration began. One port has a bad optic: its host
has a task, with the bot's own advice.

The numbers are made up; what the bot says about them is not.
"""

import random
from collections.abc import Iterator
from typing import Final

from clickup_mlops.automations.perform import perform
from clickup_mlops.clickup.model import FieldValue, Task
from clickup_mlops.features.metrics.bindings import Binding
from clickup_mlops.features.metrics.demonstration.past import HOSTS, day_factor, times
from clickup_mlops.features.metrics.jobs.advice import Adviser, Readings
from clickup_mlops.features.metrics.jobs.sinks import WriteRequest
from clickup_mlops.features.metrics.placement.placing import Placed
from clickup_mlops.features.metrics.placement.recorded import labels_of
from clickup_mlops.features.metrics.scrape import Reading
from clickup_mlops.ports.demo.environment import Environment
from clickup_mlops.ports.demo.model import Reading as PastReading
from clickup_mlops.store.tables.history import Series

HOST: Final = "gpu-03"
SOURCE: Final = "roce"
_NAME: Final = f"{HOST} retransmits more than its neighbours"
_LIST: Final = "Cluster"
_BINDING: Final = Binding(
    "Retransmissions per million", SOURCE, "retransmission_ppm", match={"host": "tag"}, of="max"
)
_RAW_FIELD: Final = {"id": "demo", "name": _BINDING.field, "type": "number"}
_FIELD: Final = FieldValue.parse(_RAW_FIELD)
_CAP: Final = 10
_PORTS: Final = {
    "link_utilisation_pct": ("%", 55.0),
    "ecn_marked_pct": ("%", 0.4),
    "cnp_sent_per_s": ("1/s", 140.0),
    "pause_received_pct": ("%", 0.05),
    "out_of_sequence_ppm": ("ppm", 3.0),
    "retransmission_ppm": ("ppm", 1.5),
    "post_fec_symbol_error_rate": ("errors/bit", 0.0),
}
_WORN_PORT: Final = (HOST, "mlx5_1")
"""The port with a bad optic."""
_ERRORS: Final = 4e-10
"""Of its symbols that correction cannot mend, over bits; other ports have none."""
_WORSE: Final = 6.0
"""How many times as much this port has of a measure, but for percentages."""


def readings(demo: Environment) -> Iterator[PastReading]:
    """Of each port, for two weeks."""
    now, workspace, chance = demo.bot.now_ms(), demo.bot.workspace_id, random.Random(7)
    for host in HOSTS:
        for device in ("mlx5_0", "mlx5_1"):
            labels = f"device={device}, host={host}, port=1"
            for measure, (unit, mean) in _PORTS.items():
                series = Series(workspace, SOURCE, measure, labels, "", "", unit)
                is_worn = (host, device) == _WORN_PORT and unit != "%"
                usual = (mean or _ERRORS) * _WORSE if is_worn else mean
                for at_ms in times(now):
                    value = usual * day_factor(at_ms) * chance.uniform(0.8, 1.2)
                    yield series, at_ms, value


def advise(demo: Environment) -> None:
    """Create the host's task, and comment on it what the newest numbers of its ports advise."""
    bot, task = demo.bot, _created(demo)
    newest, now = _newest(demo), bot.now_ms()
    bound = [reading for reading in newest[SOURCE] if _is_bound(reading)]
    highest = max(reading.value for reading in bound)
    placed = Placed(task, _FIELD, _BINDING, highest, tuple(bound))
    adviser = Adviser(bot.store, (), 0)
    for news in adviser.news({task.id: task}, [placed], newest, now):
        action = WriteRequest(task.id, news.change).action(f"demo:{HOST}", _CAP)
        perform(action, bot.execution.executor_context, lane=task.id)
        adviser.remember(news, bot.workspace_id, now)
    bot.store.flush()


def _created(demo: Environment) -> Task:
    control = demo.clickup.control
    (task_id,) = control.add_tasks(_LIST, [{"name": _NAME, "tags": [HOST]}])
    demo.bot.sources.backfill.run()
    demo.bot.run_until_idle()
    raw = demo.bot.client.tasks.get(task_id).raw
    # Only a task with the field gets the numbers of its ports.
    return Task.parse({**raw, "custom_fields": [*raw["custom_fields"], _RAW_FIELD]})


def _newest(demo: Environment) -> Readings:
    series = demo.bot.store.history.all([demo.bot.workspace_id])
    return {
        SOURCE: [
            Reading(line.measure, line.unit, line.last, line.last_ms, labels_of(line.labels))
            for line in series
            if line.source == SOURCE and line.last is not None
        ]
    }


def _is_bound(reading: Reading) -> bool:
    return reading.measure == _BINDING.measure and reading.label("host") == HOST
