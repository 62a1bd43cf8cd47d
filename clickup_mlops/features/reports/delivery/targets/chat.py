"""`chat`: a message in a chat channel for each period."""

from typing import Literal

from clickup_mlops.features.reports.delivery.model import (
    Delivery,
    Planned,
    TargetTable,
    TargetType,
    Write,
)
from clickup_mlops.features.reports.delivery.shorten import shortened

LONGEST = 39_000
"""Characters: ClickUp takes 40,000, the line that names the report included."""


class Options(TargetTable):
    """The channel."""

    kind: Literal["chat"]
    channel: str
    """Name of the channel; it is made if there is none."""


def plan(delivery: Delivery, options: Options) -> list[Planned]:
    """One message."""
    channel = options.channel.strip().removeprefix("#")
    after = {"channel": channel, "text": shortened(delivery.markdown, LONGEST)}
    change = delivery.change("chat", "", after, f"#{channel}: {delivery.title}")
    return [Write("", change)] if change else []


TARGET = TargetType(
    "A message in a chat channel for each period; sent again, the message is changed.",
    Options,
    plan,
    lambda options: f"#{options.channel.removeprefix('#')}",
)
