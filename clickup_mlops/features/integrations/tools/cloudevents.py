"""CloudEvents 1.0 over HTTP, in binary mode (`Ce-` headers) or structured mode.

KServe's logger sends inference requests and responses this way: that is traffic, and not reported.
"""

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import unquote

from clickup_mlops.bot.receive.ingest import Delivery
from clickup_mlops.errors import BadPayload
from clickup_mlops.features.integrations.tools import _reading as read
from clickup_mlops.features.integrations.tools._model import (
    IntegrationTable,
    Kind,
    Report,
)
from clickup_mlops.features.integrations.tools._verify import by_token, has_token, require
from clickup_mlops.json_types import JsonObject

_STRUCTURED: Final = "application/cloudevents"
_PREFIX: Final = "ce-"
_TRAFFIC: Final = "org.kubeflow.serving.inference."
_OWN: Final = ("id", "source", "type", "specversion", "subject", "data", "data_base64")


class Settings(IntegrationTable):
    """`token`, or `secret` (HMAC-SHA256 of the body, in hex, in `X-Signature`) in structured mode:
    a signature covers no headers.
    """


def verify(settings: Settings, delivery: Delivery) -> None:
    """The token; or the signature of all that the event is."""
    by_token(settings, delivery)
    require(_kind(delivery).startswith(_STRUCTURED) or has_token(settings, delivery))


def parse(settings: Settings, delivery: Delivery) -> Sequence[Report]:
    """One report; its key is source and subject, and its facts are the other attributes."""
    event = _event(delivery)
    type_, source, event_id = (_require_attribute(event, name) for name in ("type", "source", "id"))
    if type_.startswith(_TRAFFIC):
        return ()
    data, subject = read.table(event, "data"), read.first(event, "subject")
    more = {name: value for name, value in event.items() if name not in _OWN}
    report = Report(
        type=read.text(type_, 100),
        once=read.digest(source, event_id),
        key=read.ident(source, subject),
        title=read.first(data, "title", "message") or read.text(f"{subject or source}: {type_}"),
        state=read.first(data, "state"),
        severity=read.first(data, "severity"),
        task=read.first(data, read.TASK),
        facts=read.labels(more) | read.facts(source=source, subject=subject),
        data=data,
    )
    return (report,)


def _event(delivery: Delivery) -> JsonObject:
    """Attributes and data, whichever mode it is."""
    kind = _kind(delivery)
    if kind == f"{_STRUCTURED}+json":
        return read.body(delivery.body)
    if kind.startswith(_STRUCTURED):
        raise BadPayload(f"{kind} is not accepted: send one event, as JSON")
    data = read.body(delivery.body) if _is_json(kind, delivery.body) else {}
    return {**_attributes(delivery.headers), "data": data}


def _kind(delivery: Delivery) -> str:
    return delivery.header("content-type").partition(";")[0].strip().lower()


def _is_json(kind: str, body: bytes) -> bool:
    return bool(body.strip()) and (kind == "application/json" or kind.endswith("+json"))


def _attributes(headers: Mapping[str, str]) -> JsonObject:
    # Percent-encoded: the HTTP protocol binding of CloudEvents 1.0, section 3.1.3.2.
    return {
        name.removeprefix(_PREFIX): unquote(value)
        for name, value in headers.items()
        if name.startswith(_PREFIX)
    }


def _require_attribute(event: JsonObject, name: str) -> str:
    value = read.first(event, name)
    if not value:
        raise BadPayload(f"no CloudEvent: the attribute `{name}` is missing")
    return value


KIND = Kind("CloudEvents 1.0, for example of KServe or Knative.", Settings, verify, parse)
