"""Airflow: an `HttpNotifier` as `on_failure_callback` or `on_success_callback`, with this `json`:

```json
{"dag_id": "{{ dag.dag_id }}", "run_id": "{{ run_id }}", "task_id": "{{ ti.task_id }}",
 "state": "failed", "try_number": "{{ ti.try_number }}", "logical_date": "{{ logical_date }}"}
```

A success belongs to the DAG, as its `on_success_callback` (with `"state": "success"`): that of one
task says nothing about the run. A failure may belong to the DAG or to its tasks.

The connection sends the token in its headers; Airflow signs nothing.
"""

from collections.abc import Sequence

from clickup_mlops.bot.receive.ingest import Delivery
from clickup_mlops.features.integrations.tools import _pipelines as pipelines
from clickup_mlops.features.integrations.tools import _reading as read
from clickup_mlops.features.integrations.tools._model import (
    IntegrationTable,
    Kind,
    Report,
)
from clickup_mlops.features.integrations.tools._verify import by_token


class Settings(IntegrationTable):
    """`token` is in the headers of the notifier or its connection."""


def parse(settings: Settings, delivery: Delivery) -> Sequence[Report]:
    """One report; its key is the DAG."""
    data = read.body(delivery.body)
    report = pipelines.run_report(
        pipelines.named(data, "state"),
        pipeline=pipelines.named(data, "dag_id"),
        run=read.first(data, "run_id"),
        link=data.get("url"),
        step=data.get("task_id"),
        attempt=data.get("try_number"),
        logical_date=read.moment(data.get("logical_date")),
        message=data.get("message"),
        data=data,
    )
    return (report,)


KIND = Kind("DAG runs and tasks of Airflow.", Settings, by_token, parse, signs=False)
