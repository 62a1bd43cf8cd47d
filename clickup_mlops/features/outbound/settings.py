"""Settings of the webhooks that automations send."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Final

from pydantic import AfterValidator, Field, SecretStr

from clickup_mlops.config import FileSettings, Table
from clickup_mlops.features.outbound.chats import kinds

WEBHOOK: Final = "webhook"
"""The kind of a target that is no chat tool."""


def _check_kind(name: str) -> str:
    names = (WEBHOOK, *kinds())
    if name not in names:
        raise ValueError(f"Input should be {' or '.join(map(repr, names))}")
    return name


class Target(Table):
    """A receiver of webhooks; automations name it."""

    kind: Annotated[str, AfterValidator(_check_kind)] = WEBHOOK
    """`webhook`: gets signed JSON. A chat tool: gets the messages of the action `message`, at the
    address of an incoming webhook (of Teams: of a workflow), unsigned."""
    url: SecretStr
    """Its address: https, unless its host is in `outbound.allow_hosts`. That of a chat tool lets
    post whoever has it: put it into the environment or the secrets folder."""
    secret: SecretStr = SecretStr("")
    """Signs what is sent to it: `whsec_…` (base64) or any text. Empty: `outbound.secret`."""


class OutboundSettings(Table):
    """Webhooks that automations send (the action `webhook`)."""

    targets: Mapping[str, Target] = Field(default_factory=dict)
    """Receivers of webhooks, by name: `[outbound.targets.deploys]` with `url` and `secret`."""
    secret: SecretStr = SecretStr("")
    """Signs for targets without a secret. Empty: only targets with a secret get webhooks."""
    allow_hosts: tuple[str, ...] = ()
    """Hosts that may be spoken to without TLS, and at private addresses. All others must be public
    and https."""
    timeout: timedelta = timedelta(seconds=10)
    """How long a target may take to connect, and between two pieces of its answer."""
    give_up: timedelta = timedelta(days=1)
    """A delivery that failed for this long is parked; `events replay` sends it again."""
    max_body_bytes: int = Field(default=262_144, ge=1024)
    """Larger messages are refused when they are made."""


class OutboundTables(FileSettings):
    """What outgoing webhooks add to the configuration."""

    outbound: OutboundSettings = OutboundSettings()
    """Webhooks that automations send."""


SETTINGS: Final = OutboundTables
