"""Prefect 3: an automation with the action "call a webhook". The block's body is yours:

```json
{"event": "{{ event.event }}", "event_id": "{{ event.id }}", "occurred": "{{ event.occurred }}",
 "flow": {"name": "{{ flow.name }}"},
 "flow_run": {"id": "{{ flow_run.id }}", "name": "{{ flow_run.name }}",
  "state_name": "{{ flow_run.state.name }}", "url": "{{ flow_run|ui_url }}"}}
```

The block sends the token in its headers; Prefect signs nothing.
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
    """`token` is in the headers of the Webhook block."""


def parse(settings: Settings, delivery: Delivery) -> Sequence[Report]:
    """One report; its key is the flow."""
    data = read.body(delivery.body)
    event = pipelines.named(data, "event", "flow_run.state_name")
    report = pipelines.run_report(
        event.rpartition(".")[2],
        pipeline=pipelines.named(data, "flow.name", "deployment.name"),
        run=read.first(data, "flow_run.id"),
        once=read.first(data, "event_id"),
        link=read.at(data, "flow_run.url"),
        run_name=read.at(data, "flow_run.name"),
        message=read.at(data, "flow_run.message"),
        occurred=read.moment(data.get("occurred")),
        data=data,
    )
    return (report,)


KIND = Kind("Flow runs of Prefect 3.", Settings, by_token, parse, signs=False)
