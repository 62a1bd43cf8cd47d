"""What `/priority`, `/hold`, `/release`, `/workload`, `/mute` and `/unmute` do."""

from dataclasses import dataclass

from clickup_mlops.automations import workload_label
from clickup_mlops.automations.model import Change
from clickup_mlops.bot.handle.commands import CommandOperation, CommandRun, as_mute_effect
from clickup_mlops.bot.handle.results.outcomes import NOT_YET
from clickup_mlops.commands.phrases import PRIORITY, mute_of
from clickup_mlops.errors import ClickUpMlopsError
from clickup_mlops.json_types import JsonObject
from clickup_mlops.routing.decision import Workload
from clickup_mlops.store import Mute as MuteRow
from clickup_mlops.store.tables.journal import WRITE_SLACK_MS


@dataclass(frozen=True, slots=True)
class Hold(CommandOperation):
    """The task keeps this priority until then, whatever the policy says."""

    priority: int | None
    until_ms: int
    because: str
    by: str = "/priority"
    """The command, as the journal names it."""

    def execute(self, run: CommandRun) -> str:
        """Write the hold and the priority; without the priority there is no hold either."""
        hold, before = self._as_effect(run), run.held()
        if _is_replaced(run, hold, before):
            run.note_time(PRIORITY)
            return "It was changed again since."
        run.must_be_replaceable(before)
        run.choose("priority", self.priority)
        if not _is_equal_hold(before, hold):  # an earlier try may have stored it
            run.write(Change("hold", before, hold, "", {}), self.by)
        if run.task.priority != self.priority:
            try:
                run.write(Change("priority", run.task.priority, self.priority, "", {}), self.by)
            except NOT_YET:
                raise
            except ClickUpMlopsError:  # what the task does not have is not kept either
                run.write(Change("hold", hold, before, "", {}), self.by)
                raise
        run.note_time(PRIORITY)
        return ""

    def _as_effect(self, run: CommandRun) -> JsonObject:
        request = run.request
        return {
            "priority": self.priority,
            "since_ms": request.at_ms,
            "until_ms": self.until_ms,
            "automation": self.by,
            "user_id": request.user_id,
            "user": request.user,
            "because": self.because,
        }


@dataclass(frozen=True, slots=True)
class Release(CommandOperation):
    """The hold ends and the policy decides again, immediately."""

    def execute(self, run: CommandRun) -> str:
        """End it, unless it is newer than the command."""
        held, since_ms = run.held(), run.request.at_ms - WRITE_SLACK_MS
        if run.services.store.journal.has_done(
            run.task.id, "hold", None, automation="/release", since_ms=since_ms
        ):
            held = None  # by an earlier try: what is held now is newer
        if held is not None:
            run.must_be_replaceable(held)
            run.write(Change("hold", held, None, "", {}), "/release")
        run.note_time(PRIORITY)
        return ""


@dataclass(frozen=True, slots=True)
class SetWorkload(CommandOperation):
    """The task has this workload: written to the task, and kept for `routing learn`."""

    workload: Workload
    because: str = ""

    def execute(self, run: CommandRun) -> str:
        """Label the task."""
        run.note_said("workload", self.workload, self.because)
        run.choose("workload", self.workload)
        for change in workload_label.changes(run.task, self.workload, run.services.policy):
            run.write(change, "/workload")
        return ""


@dataclass(frozen=True, slots=True)
class Mute(CommandOperation):
    """The automation does not act on this task until then; `until_ms` 0 ends the mute."""

    automation: str
    until_ms: int
    because: str = ""

    def execute(self, run: CommandRun) -> str:
        """Write it, unless it is as it should be."""
        mutes = run.services.store.mutes.of(run.task.id, run.services.clock())
        mute = mutes.get(self.automation)
        before, after = (as_mute_effect(mute) if mute else None), None
        if self.until_ms:
            setter = "/mute", run.request.user, self.because, run.request.user_id
            after = as_mute_effect(MuteRow(run.task.id, self.automation, self.until_ms, *setter))
        if before != after:  # an earlier try may have stored it
            run.must_be_replaceable(before)
            change = Change(mute_of(self.automation), before, after, "", {})
            run.write(change, "/mute" if after else "/unmute")
        run.note_time(mute_of(self.automation))
        return ""


def _is_replaced(run: CommandRun, hold: JsonObject, held: JsonObject | None) -> bool:
    """Whether an earlier try has stored this hold, and another one, or none, is there now."""
    by, journal = str(hold["automation"]), run.services.store.journal
    if not journal.has_done(run.task.id, "hold", hold, automation=by, since_ms=0):
        return False
    return not _is_equal_hold(held, hold)


def _is_equal_hold(held: JsonObject | None, hold: JsonObject) -> bool:
    return held is not None and all(held[name] == value for name, value in hold.items())
