"""Kubeflow Pipelines: it has no webhook; a step in `dsl.ExitHandler` posts the end of a run:

```json
{"pipeline": "train-churn", "run_id": "…", "run_name": "…", "status": "FAILED", "url": "…",
 "message": "…", "namespace": "…"}
```

`status` is `PipelineTaskFinalStatus.state`. The step sends the token, or signs the body
(HMAC-SHA256 in hex in `X-Signature`).
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
    """`token` or `secret` is known to the step that posts."""


def parse(settings: Settings, delivery: Delivery) -> Sequence[Report]:
    """One report; its key is the pipeline."""
    data = read.body(delivery.body)
    report = pipelines.run_report(
        pipelines.named(data, "status"),
        pipeline=pipelines.named(data, "pipeline"),
        run=read.first(data, "run_id", "run_name"),
        link=data.get("url"),
        run_name=data.get("run_name"),
        namespace=data.get("namespace"),
        message=data.get("message"),
        data=data,
    )
    return (report,)


KIND = Kind("Runs of Kubeflow Pipelines.", Settings, by_token, parse)
