"""`/silence`: the alerts that fire about this task or its incident notify nobody for a while."""

from clickup_mlops.commands.model import Arguments, Reply, Request, SlashCommand
from clickup_mlops.features.integrations.commands import SilenceAlerts, read_silence

USAGE = "/silence [2h] [because …]"
_DEFAULT_MS = 2 * 3_600_000


def answer(request: Request, arguments: Arguments) -> Reply:
    """In Alertmanager or Grafana, for two hours if no time is given."""
    until_ms = request.at_ms + (arguments.for_ms or _DEFAULT_MS)
    return Reply("", (SilenceAlerts("/silence", "Silenced", until_ms, arguments.because),))


COMMAND = SlashCommand(
    "Has the alerts that fire about this task or its incident notify nobody for a while.",
    USAGE,
    "member",
    read_silence,
    answer,
    has_time=True,
)
