"""Settings of the webhooks that automations send."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator

from clickup_mlops.config import FileSettings, Table
from clickup_mlops.features.outbound.chats import kinds

WEBHOOK: Final = "webhook"
"""The kind of a target that is no chat tool."""
SLACK_API: Final = "https://slack.com/api/"
"""Before the methods' names: docs.slack.dev/apis/web-api."""


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
    url: SecretStr = SecretStr("")
    """Its address: https, unless its host is in `outbound.allow_hosts`. That of a chat tool lets
    post whoever has it: put it into the environment or the secrets folder. Not with `token`."""
    secret: SecretStr = SecretStr("")
    """Signs what is sent to it: `whsec_…` (base64) or any text. Empty: `outbound.secret`."""
    token: SecretStr = SecretStr("")
    """Slack: the token of an app's bot (`xoxb-…`) instead of an address. Then messages with the
    same `thread` stand in one thread, and replies are read (`[slack]`)."""
    channel: str = ""
    """With `token`: id of the channel, such as `C0123ABC456`."""

    @model_validator(mode="after")
    def _check_address(self) -> Self:
        if self.has_token and (self.kind != "slack" or not self.channel):
            raise ValueError('`token` is for `kind = "slack"`, and needs `channel`')
        if self.has_token and self.url.get_secret_value():
            raise ValueError("`url` and `token` exclude each other: the token goes to Slack alone")
        if not self.address:
            raise ValueError("`url` is missing")
        return self

    @property
    def has_token(self) -> bool:
        """Whether it is a channel in which the bot of a Slack app posts."""
        return bool(self.token.get_secret_value())

    @property
    def address(self) -> str:
        """Where it is sent to; with a token that of Slack's API."""
        return SLACK_API if self.has_token else self.url.get_secret_value()


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
