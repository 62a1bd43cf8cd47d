"""Dagster+ alert webhooks, or a `run_failure_sensor` that posts the same. The body is yours:

```json
{"type": "{{notification_type}}", "job": "{{job_name}}", "asset": "{{asset_key}}",
 "run_id": "{{run_id}}", "status": "{{run_status}}", "health": "{{health_status}}",
 "url": "{{run_link}}", "message": "{{failure_message}}", "partition": "{{partition_name}}",
 "deployment": "{{deployment_name}}", "is_sample": "{{is_sample}}"}
```

The alert sends the token in a custom header; Dagster signs nothing.
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
    """`token` is in the custom headers of the alert policy."""


def parse(settings: Settings, delivery: Delivery) -> Sequence[Report]:
    """One report; its key is the job or the asset. Samples are none."""
    data = read.body(delivery.body)
    if str(data.get("is_sample")).lower() == "true":
        return ()
    report = pipelines.run_report(
        pipelines.named(data, "type", "status"),
        pipeline=pipelines.named(data, "job", "asset"),
        run=read.first(data, "run_id"),
        link=data.get("url"),
        asset=data.get("asset"),
        partition=data.get("partition"),
        run_status=data.get("status"),
        health=data.get("health"),
        deployment=data.get("deployment"),
        message=data.get("message"),
        data=data,
    )
    return (report,)


KIND = Kind("Jobs and assets of Dagster.", Settings, by_token, parse, signs=False)
