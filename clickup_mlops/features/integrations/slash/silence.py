"""`/silence`: the alerts that fire about this task or its incident notify nobody for a while."""

from clickup_mlops.commands.model import Arguments, Reply, Request, SlashCommand, UsageError
from clickup_mlops.features.integrations.commands import SilenceAlerts

USAGE = "/silence [2h] [because …]"
_DEFAULT_MS = 2 * 3_600_000
_LONGEST_MS = 7 * 86_400_000


def read(arguments: Arguments) -> Arguments:
    """A time of at most a week, and any reason."""
    if (arguments.for_ms or 0) > _LONGEST_MS:
        raise UsageError("a silence lasts at most 7 days: for longer, change the alert's rule")
    return arguments


def answer(request: Request, arguments: Arguments) -> Reply:
    """In Alertmanager or Grafana, for two hours if no time is given."""
    until_ms = request.at_ms + (arguments.for_ms or _DEFAULT_MS)
    return Reply("", (SilenceAlerts("/silence", "Silenced", until_ms, arguments.because),))


COMMAND = SlashCommand(
    "Has the alerts that fire about this task or its incident notify nobody for a while.",
    USAGE,
    "member",
    read,
    answer,
    has_time=True,
)
