"""Any system that posts JSON objects: places with dots say what is where.

One delivery is one report; `event.data` is the whole of it.
"""

import hashlib
from collections.abc import Sequence

import orjson

from clickup_mlops.bot.receive.ingest import Delivery
from clickup_mlops.features.integrations.tools import _reading as read
from clickup_mlops.features.integrations.tools._model import (
    IntegrationTable,
    Kind,
    Report,
)
from clickup_mlops.features.integrations.tools._verify import signed_hex
from clickup_mlops.json_types import JsonObject


class Settings(IntegrationTable):
    """Signed with HMAC-SHA256 of the body, in hex, perhaps after `sha256=`."""

    signature_header: str = "X-Signature"
    """The header with the signature."""
    type: str = "type"
    """Place of the report's type: `integration:<name>.<type>` is the event's name."""
    key: str = ""
    """Place of what makes a report the same as an earlier one. Empty: all of it."""


def verify(settings: Settings, delivery: Delivery) -> None:
    """Signature or token."""
    signed_hex(settings, delivery, settings.signature_header)


def parse(settings: Settings, delivery: Delivery) -> Sequence[Report]:
    """One report, whatever it is about."""
    return (report(read.body(delivery.body), delivery.body, settings.type, settings.key),)


def report(data: JsonObject, body: bytes, type_place: str, key_place: str) -> Report:
    """The report that a body is."""
    identity = read.at(data, key_place) if key_place else None
    type_ = read.at(data, type_place)
    once = body if identity is None else orjson.dumps([identity, type_])
    return Report(
        type=str(type_ or "report"),
        once=hashlib.sha256(once).hexdigest(),
        key="" if identity is None else read.ident(read.text(identity)),
        title=read.text(data.get("title")),
        state=read.text(data.get("state"), 40),
        severity=read.text(data.get("severity"), 40),
        task=read.text(data.get(read.TASK)),
        labels=read.labels(read.table(data, "labels")),
        facts=_facts(data) if str(type_ or "").startswith("deployment") else {},
        data=data,
    )


def _facts(data: JsonObject) -> dict[str, str]:
    """What is deployed, where, and which revision, if the body says so in a common word."""
    return read.facts(
        app=read.first(data, "app", "service", "model", "name"),
        environment=read.first(data, "environment"),
        revision=read.first(data, "revision", "commit", "sha", "version"),
    )


KIND = Kind("Any system that posts JSON.", Settings, verify, parse)
