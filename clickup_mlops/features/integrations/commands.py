"""What `/silence` and `/ack` do."""

from dataclasses import dataclass
from typing import Final

from clickup_mlops.automations.model import Change
from clickup_mlops.bot.handle.commands import CommandOperation, CommandRun
from clickup_mlops.bot.write.undo.episode import Episode
from clickup_mlops.clickup.blocks import escape_markdown
from clickup_mlops.commands.model import Arguments, Request, UsageError
from clickup_mlops.features.incidents.commands import report_incident
from clickup_mlops.features.incidents.course import Report
from clickup_mlops.features.integrations.silencing import FiringAlert, Silences, describe
from clickup_mlops.json_types import JsonObject
from clickup_mlops.routing.decision import format_moment

MOST_ALERTS: Final = 20
"""Of a task, that one command silences; a group is one."""
_LONGEST_MS: Final = 7 * 86_400_000


def read_silence(arguments: Arguments) -> Arguments:
    """A time of at most a week, and any reason. Raises UsageError: it is longer."""
    if (arguments.for_ms or 0) > _LONGEST_MS:
        raise UsageError("a silence lasts at most 7 days: for longer, change the alert's rule")
    return arguments


@dataclass(frozen=True, slots=True)
class SilenceAlerts(CommandOperation):
    """The alerts that fire about the task, and about those of its incident, notify nobody until
    then; who follows the incident sees it. `verb` is what was said.
    """

    by: str
    verb: str
    until_ms: int
    because: str

    def execute(self, run: CommandRun) -> str:
        """One write for each alert; in the tool the comment says who, why and for which task."""
        silences = run.services.context.clickup.service(Silences)
        episode = run.request.view(Episode)
        is_live = episode is not None and episode.is_open
        others = episode.others if episode is not None and is_live else ()
        firing = silences.firing([run.task.id, *others])
        alerts = [alert for alert in firing if alert.labels][:MOST_ALERTS]
        for alert in alerts:
            kind = f"silence:{alert.integration}#{alert.key}"
            run.write(Change(kind, None, self._silence(run, alert), "", {}), self.by)
        if not alerts:
            return f"No alert fires about this task{' or its incident' if others else ''}."
        where = ", ".join(dict.fromkeys(alert.integration for alert in alerts))
        said = f"until {format_moment(self.until_ms)} in {where}: {describe(alerts)}"
        if is_live:
            report_incident(run, "alerts", self._report(run.request, said), by=self.by)
        return f"{self.verb} {escape_markdown(said)}. `/undo` ends it."

    def _report(self, request: Request, said: str) -> Report:
        text = f"{said} ({self.because})" if self.because else said
        return Report(self.verb.lower(), request.user, request.at_ms, text)

    def _silence(self, run: CommandRun, alert: FiringAlert) -> JsonObject:
        request = run.request
        reason = f": {self.because}" if self.because else ""
        return {
            "labels": dict(alert.labels),
            "starts_ms": request.at_ms,
            "until_ms": self.until_ms,
            "user": request.user,
            "text": f"{self.verb} by {request.user}, {run.task.url}{reason}",
            "ref": f"{run.task.id}:{request.key}:{alert.key}",
        }
