"""Weights & Biases automations with a webhook. The body is yours:

```json
{"event_type": "${event_type}", "event_author": "${event_author}", "entity_name": "${entity_name}",
 "project_name": "${project_name}", "artifact_collection_name": "${artifact_collection_name}",
 "artifact_version": "${artifact_version}",
 "artifact_version_string": "${artifact_version_string}", "alias": "${alias}", "tag": "${tag}"}
```

For the end of a run add `run_id`, `run_name`, `run_url`, `status` and `message`, as far as the
automation has them.

Signed with `X-Wandb-Signature` (Base64), or the access token. W&B sends neither time nor id: what
says the same about the same version is one report.
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
from clickup_mlops.features.integrations.tools._verify import (
    base64_hmac,
    has_token,
    is_equal,
    require,
)
from clickup_mlops.json_types import JsonObject


class Settings(IntegrationTable):
    """`secret` is the webhook's secret, `token` its access token."""


def verify(settings: Settings, delivery: Delivery) -> None:
    """Signature or token."""
    secret = settings.secret.get_secret_value()
    expected = base64_hmac(secret, delivery.body)
    signed = bool(secret) and is_equal(expected, delivery.header("x-wandb-signature"))
    require(signed or has_token(settings, delivery))


def parse(settings: Settings, delivery: Delivery) -> Sequence[Report]:
    """One report; its key is the artifact's version, or the run or project without one."""
    data = read.body(delivery.body)
    type_ = read.word(pipelines.named(data, "event_type"))
    version = read.first(data, "artifact_version_string")
    about = version or read.first(data, "run_name", "run_id", "project_name")
    report = Report(
        type=type_,
        once=read.digest(data) if not version else _once(type_, version, data),
        key=read.ident(about),
        title=read.text(f"{about}: {type_.replace('_', ' ')}"),
        state=pipelines.state_of(read.first(data, "status", "run_state")),
        task=read.first(data, read.TASK),
        links=read.links(run=data.get("url") or data.get("run_url")),
        facts=read.facts(
            model=data.get("artifact_collection_name"),
            version=version.rpartition(":")[2],
            alias=data.get("alias"),
            tag=data.get("tag"),
            entity=data.get("entity_name"),
            project=data.get("project_name"),
            run=read.first(data, "run_id"),
            run_name=read.first(data, "run_name"),
            message=read.first(data, "message", "alert_text"),
            status=read.first(data, "status", "run_state"),
            actor=data.get("event_author"),
        ),
        data=data,
    )
    return (report,)


def _once(type_: str, version: str, data: JsonObject) -> str:
    return read.digest(type_, version, read.first(data, "alias"), read.first(data, "tag"))


KIND = Kind("Artifacts and runs of Weights & Biases.", Settings, verify, parse)
