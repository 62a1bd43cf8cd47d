"""MLflow 3 registry webhooks: model versions, their tags and aliases, prompts.

MLflow signs `delivery id.timestamp.body`; its retries repeat all three. It sends nothing for runs,
stage transitions and deletions: scripts may report those to the same address with `token`, as
`{"event": "run_finished", "id": "…", …}`.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from clickup_mlops.bot.receive.ingest import Delivery
from clickup_mlops.errors import BadPayload
from clickup_mlops.features.integrations.tools import _reading as read
from clickup_mlops.features.integrations.tools import generic
from clickup_mlops.features.integrations.tools._model import (
    Ask,
    IntegrationTable,
    Kind,
    Report,
)
from clickup_mlops.features.integrations.tools._verify import (
    base64_hmac,
    has_token,
    in_time,
    is_equal,
    require,
)
from clickup_mlops.json_types import Json, JsonObject

_MOST_PAGES: Final = 10


class Settings(IntegrationTable):
    """`secret` is the webhook's; `token` is that of scripts; `api` is the tracking server, such as
    `https://mlflow.example.com`.
    """

    tolerance: timedelta = timedelta(minutes=5)
    """Oldest age of a signature. MLflow keeps it when it retries."""


def verify(settings: Settings, delivery: Delivery) -> None:
    """`v1,<Base64 of HMAC-SHA256>`, not too old; or the token."""
    secret, header = settings.secret.get_secret_value(), delivery.header
    stamp = header("x-mlflow-timestamp")
    message = f"{header('x-mlflow-delivery-id')}.{stamp}.".encode("utf-8", "surrogateescape")
    expected = f"v1,{base64_hmac(secret, message + delivery.body)}"
    is_signed = bool(secret) and is_equal(expected, header("x-mlflow-signature"))
    require(is_signed or has_token(settings, delivery))
    if is_signed:
        in_time(stamp, delivery.now_ms, settings.tolerance)


def parse(settings: Settings, delivery: Delivery) -> Sequence[Report]:
    """One report; its key is the model's version, or the model if no version is named."""
    raw = read.body(delivery.body)
    if "entity" not in raw and read.first(raw, "event"):
        return (generic.report(raw, delivery.body, "event", "id"),)
    entity, action, data = (read.at(raw, name) for name in ("entity", "action", "data"))
    if not (isinstance(entity, str) and isinstance(action, str) and isinstance(data, dict)):
        raise BadPayload("no webhook of MLflow: `entity`, `action` or `data` is missing")
    return (_report(entity, action, data, raw, _once(delivery)),)


def missed(settings: Settings, ask: Ask, since_ms: int) -> Iterator[Report]:
    """The versions that were created since then. Other changes have no time in the registry."""
    for version in _list_versions(ask):
        if _created_ms(version) >= since_ms:
            tags = {
                read.first(tag, "key"): read.first(tag, "value")
                for tag in _objects(version, "tags")
            }
            data = {**version, "tags": tags}
            raw: JsonObject = {"entity": "model_version", "action": "created", "data": data}
            yield _report("model_version", "created", data, raw, "")


def _list_versions(ask: Ask) -> Iterator[JsonObject]:
    """Of all models, the last ones that were updated first where the server sorts them so."""
    token = ""
    for _page in range(_MOST_PAGES):
        query = {"max_results": "1000"} | ({"page_token": token} if token else {})
        answer = ask("/api/2.0/mlflow/model-versions/search", query)
        yield from _objects(answer, "model_versions")
        if not (token := read.first(answer, "next_page_token")):
            return


def _objects(data: Json, place: str) -> Iterator[JsonObject]:
    values = read.at(data, place)
    return (
        (value for value in values if isinstance(value, dict))
        if isinstance(values, list)
        else iter(())
    )


def _created_ms(version: JsonObject) -> int:
    text = read.first(version, "creation_timestamp")
    return int(text) if text.isdigit() else 0


def _report(entity: str, action: str, data: JsonObject, raw: JsonObject, once: str) -> Report:
    name, version = read.first(data, "name"), read.first(data, "version")
    is_creation = (entity, action) == ("model_version", "created")
    return Report(
        type=read.word(f"{entity}.{action}"),
        # A version is created once, however it was heard of.
        once=read.digest(entity, action, name, version) if is_creation and version else once,
        key=read.ident(name, version),
        title=_title(entity, action, data),
        task=read.first(data, f"tags.{read.TASK}"),
        links=read.links(run=data.get("run_link")),
        facts=read.facts(
            model=name,
            version=version,
            alias=data.get("alias"),
            tag=data.get("key"),
            value=data.get("value"),
            run=data.get("run_id"),
            source=data.get("source"),
            description=data.get("description"),
            workspace=raw.get("workspace"),
        ),
        data=raw,
    )


def _once(delivery: Delivery) -> str:
    delivery_id = delivery.header("x-mlflow-delivery-id")
    return delivery_id or read.digest(delivery.body.decode("utf-8", "replace"))


def _title(entity: str, action: str, data: object) -> str:
    """`churn 3: model version created`."""
    about = " ".join(filter(None, (read.first(data, "name"), read.first(data, "version"))))
    change = f"{entity} {read.first(data, 'alias', 'key')} {action}".replace("_", " ")
    return read.text(f"{about}: {' '.join(change.split())}")


KIND = Kind("Model registry of MLflow 3.", Settings, verify, parse, missed=missed)
