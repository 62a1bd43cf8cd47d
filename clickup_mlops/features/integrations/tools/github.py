"""GitHub webhooks: releases, deployments and their statuses. Everything else is not reported.

Signed with `X-Hub-Signature-256`. GitHub does not retry; a redelivery has the same body.
"""

from collections.abc import Sequence
from typing import Final

from clickup_mlops.bot.receive.ingest import Delivery
from clickup_mlops.errors import BadPayload
from clickup_mlops.features.integrations.tools import _reading as read
from clickup_mlops.features.integrations.tools._model import (
    IntegrationTable,
    Kind,
    Report,
)
from clickup_mlops.features.integrations.tools._verify import signed_hex
from clickup_mlops.json_types import JsonObject

_STATES: Final = {
    "success": "succeeded",
    "failure": "failed",
    "error": "failed",
    "pending": "running",
    "queued": "running",
    "in_progress": "running",
}


class Settings(IntegrationTable):
    """`secret` is the webhook's; its content type must be `application/json`."""


def verify(settings: Settings, delivery: Delivery) -> None:
    """The signature, or the token of a proxy."""
    signed_hex(settings, delivery, "x-hub-signature-256")


def parse(settings: Settings, delivery: Delivery) -> Sequence[Report]:
    """One report, or none."""
    data = read.body(delivery.body)
    event = delivery.header("x-github-event")
    if not event:
        raise BadPayload("no webhook of GitHub: the header X-GitHub-Event is missing")
    if event == "release":
        return (_release(data, delivery),)
    if event in ("deployment", "deployment_status"):
        return (_deployment(event, data, delivery),)
    return ()


def _release(data: JsonObject, delivery: Delivery) -> Report:
    """`release.published` and so on; its key is repository and tag."""
    repository, tag = _repository(data), read.first(data, "release.tag_name")
    action = read.word(data.get("action"))
    return Report(
        type=f"release.{action or 'changed'}",
        once=_once(delivery),
        key=read.ident(repository, tag),
        title=read.text(f"{repository} {tag}: release {action}"),
        links=read.links(release=read.at(data, "release.html_url")),
        facts=read.facts(
            repository=repository,
            tag=tag,
            name=read.at(data, "release.name"),
            actor=read.at(data, "sender.login"),
        ),
        data=data,
    )


def _deployment(event: str, data: JsonObject, delivery: Delivery) -> Report:
    """`deployment.created`, `deployment_status.success` and so on; its key is the deployment."""
    repository, number = _repository(data), read.first(data, "deployment.id")
    is_status = event == "deployment_status"
    state = read.word(read.at(data, "deployment_status.state") if is_status else "created")
    where = read.first(data, "deployment_status.environment", "deployment.environment")
    return Report(
        type=f"{event}.{state or 'changed'}",
        once=_once(delivery),
        key=read.ident("deployment", number),
        title=read.text(f"{repository} to {where}: {state}"),
        state=_STATES.get(state, "running" if state == "created" else ""),
        task=_task(data),
        links=read.links(
            log=read.at(data, "deployment_status.log_url"),
            environment=read.at(data, "deployment_status.environment_url"),
        ),
        facts=read.facts(
            repository=repository,
            deployment=number,
            environment=where,
            ref=read.at(data, "deployment.ref"),
            commit=read.at(data, "deployment.sha"),
            description=read.at(data, "deployment_status.description"),
            actor=read.at(data, "sender.login"),
        ),
        data=data,
    )


def _task(data: JsonObject) -> str:
    """What the payload of the deployment names. GitHub keeps it as it was sent: an object, or a
    text with one, as `gh api -f payload=…` sends it.
    """
    payload = read.at(data, "deployment.payload")
    if isinstance(payload, str):
        try:
            payload = read.body(payload.encode())
        except BadPayload:
            return ""
    return read.first(payload, read.TASK)


def _repository(data: JsonObject) -> str:
    return read.first(data, "repository.full_name")


def _once(delivery: Delivery) -> str:
    # Not by `X-GitHub-Delivery`, which is not signed: with another one it would be news again.
    return read.digest(delivery.body.decode("utf-8", "replace"))


KIND = Kind("Releases and deployments of GitHub.", Settings, verify, parse)
