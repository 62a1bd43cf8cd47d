"""Any system that posts JSON objects: places with dots say what is where.

One delivery is one report; `event.data` is the whole of it.
"""

import hashlib
from collections.abc import Sequence
from typing import Final

import orjson

from clickup_mlops.bot.receive.ingest import Delivery
from clickup_mlops.features.integrations.tools import _pipelines as pipelines
from clickup_mlops.features.integrations.tools import _reading as read
from clickup_mlops.features.integrations.tools._model import (
    IntegrationTable,
    Kind,
    Report,
)
from clickup_mlops.features.integrations.tools._verify import signed_hex
from clickup_mlops.json_types import JsonObject

_JOB_NAMES: Final = ("job_name", "name", "job")


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
    data, is_deployment = read.body(delivery.body), settings.about == "deployment"
    return (report(data, delivery.body, settings.type, settings.key, is_deployment=is_deployment),)


def report(
    data: JsonObject, body: bytes, type_place: str, key_place: str, *, is_deployment: bool = False
) -> Report:
    """The report that a body is. `is_deployment`: even if its type does not say so."""
    identity = read.at(data, key_place) if key_place else None
    type_ = read.at(data, type_place)
    is_deployment |= str(type_ or "").startswith("deployment")
    once = body if identity is None else orjson.dumps([identity, type_])
    return Report(
        type=str(type_ or "report"),
        once=hashlib.sha256(once).hexdigest(),
        key="" if identity is None else read.ident(read.text(identity)),
        title=read.text(data.get("title")) or _title(data, type_),
        state=_state(data),
        severity=read.text(data.get("severity"), 40),
        task=read.text(data.get(read.TASK)),
        labels=read.labels(read.table(data, "labels")),
        links=read.links(
            run=read.at(data, "url"),
            runbook=read.at(data, "runbook_url"),
            dashboard=read.at(data, "dashboard_url"),
        ),
        facts=_deployment(data) if is_deployment else _job(data),
        data=data,
    )


def _title(data: JsonObject, type_: object) -> str:
    """Of a job that has no title: its name and how it ended."""
    name = read.first(data, *_JOB_NAMES)
    return read.text(f"{name}: {_state(data) or type_}") if name else ""


def _state(data: JsonObject) -> str:
    """In the words of all tools, where it is one of a job: `NODE_FAIL` of Slurm is `failed`."""
    state = read.text(data.get("state"), 40)
    return pipelines.state_of(state) or state


def _job(data: JsonObject) -> dict[str, str]:
    """Name, run and message of a job, as a script of Slurm or Kubernetes may name them."""
    return read.facts(
        pipeline=read.first(data, *_JOB_NAMES),
        run=read.first(data, "job_id", "run_id", "id"),
        status=read.first(data, "state"),
        message=read.first(data, "message", "reason"),
    )


def _deployment(data: JsonObject) -> dict[str, str]:
    """What is deployed, where, and which revision, if the body says so in a common word."""
    return read.facts(
        app=read.first(data, "app", "service", "model", "name"),
        environment=read.first(data, "environment"),
        revision=read.first(data, "revision", "commit", "sha", "version"),
    )


KIND = Kind("Any system that posts JSON.", Settings, verify, parse)
