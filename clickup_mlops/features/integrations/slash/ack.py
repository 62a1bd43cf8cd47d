"""`/ack`: the alerts that fire about this task or its incident notify nobody for a while."""

from clickup_mlops.commands.model import Arguments, Reply, Request, SlashCommand
from clickup_mlops.features.integrations.commands import SilenceAlerts, read_silence

USAGE = "/ack [2h] [because …]"
_DEFAULT_MS = 3_600_000


def answer(request: Request, arguments: Arguments) -> Reply:
    """In Alertmanager or Grafana, for an hour if no time is given."""
    until_ms = request.at_ms + (arguments.for_ms or _DEFAULT_MS)
    return Reply("", (SilenceAlerts("/ack", "Acknowledged", until_ms, arguments.because),))


COMMAND = SlashCommand(
    "Says that you take care of the alerts that fire about this task or its incident: they notify "
    "nobody for an hour.",
    USAGE,
    "member",
    read_silence,
    answer,
    has_time=True,
)
