"""Argo CD notifications: a webhook service with `method: POST` and this body:

```json
{"app": "{{.app.metadata.name}}", "project": "{{.app.spec.project}}",
 "sync": "{{.app.status.sync.status}}", "health": "{{.app.status.health.status}}",
 "phase": "{{.app.status.operationState.phase}}", "revision": "{{.app.status.sync.revision}}",
 "finished_at": "{{.app.status.operationState.finishedAt}}",
 "url": "{{.context.argocdUrl}}/applications/{{.app.metadata.name}}"}
```

The service sends the token in its headers; Argo CD signs nothing.
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
from clickup_mlops.json_types import JsonObject

_BAD_HEALTH = ("degraded", "missing")


class Settings(IntegrationTable):
    """`token` is in the headers of the webhook service."""


def parse(settings: Settings, delivery: Delivery) -> Sequence[Report]:
    """One report: `degraded`, `succeeded`, `failed`, `running` or the phase; its key is the app."""
    data = read.body(delivery.body)
    app, type_ = pipelines.named(data, "app"), _type(data)
    parts = ("sync", "health", "phase", "revision", "finished_at")
    report = Report(
        type=type_,
        once=read.digest(app, *(read.first(data, part) for part in parts)),
        returns=True,  # the times are those of the sync: health changes without one
        key=read.ident(app),
        title=read.text(f"{app}: {type_}"),
        state="failed" if type_ in _BAD_HEALTH else pipelines.state_of(type_),
        task=read.first(data, read.TASK),
        links=read.links(app=data.get("url")),
        facts=read.facts(app=app, project=data.get("project"))
        | read.facts(**{part: data.get(part) for part in parts}),
        data=data,
    )
    return (report,)


def _type(data: JsonObject) -> str:
    """Bad health is news even after a sync that succeeded."""
    health, phase = read.word(data.get("health")), read.word(data.get("phase"))
    if health in _BAD_HEALTH:
        return health
    return pipelines.state_of(phase) or phase or health or "report"


KIND = Kind("Apps of Argo CD.", Settings, by_token, parse, "deployment", signs=False)
