"""`[shadow]`: in which Lists, and where, people see what the bot would do."""

from datetime import UTC, datetime, time, timedelta
from typing import Final

from pydantic import Field

from clickup_mlops.automations.schedule import DAYS, Day, ZoneName, zone
from clickup_mlops.config import FileSettings, Table

KIND: Final = "proposal"
LANE: Final = f"{KIND}:"
"""The lane of the proposal: this alone."""


class ShadowSettings(Table):
    """What people see of shadow mode: one proposal a day, with agree and disagree."""

    lists: tuple[str, ...] = ()
    """Lists that it is about, by name or id, or Folders and Spaces. Empty: none is proposed."""
    channel: str = ""
    """Chat channel that gets the proposal; it is made if there is none. People answer by a reply:
    `agree 1 3`, `disagree 2 high`."""
    doc: str = ""
    """Name of a Doc whose page has the proposal, to read; it is made if there is none."""
    at: time = time(9)
    """When the day's proposal is posted, in `zone`."""
    days: tuple[Day, ...] = Field(default=("MON", "TUE", "WED", "THU", "FRI"), min_length=1)
    """Days that have one."""
    zone: ZoneName = "UTC"
    """Time zone of `at`, of the day and of the times in it. Unset: `jobs.time_zone`."""
    update_every: timedelta = Field(default=timedelta(minutes=5), ge=timedelta(minutes=1))
    """How often answers are read and the proposal is brought up to date. One call for each 100
    tasks, and one for the answers; a proposal that would say the same is left as it is."""
    limit: int = Field(default=15, ge=1, le=100)
    """Most tasks that it names; the others are counted."""
    enough: float = Field(default=0.9, gt=0, le=1)
    """Share of agreement in a List from which it is called ready to go live."""
    fewest: int = Field(default=10, ge=1)
    """Fewest answers for that."""

    def day(self, now_ms: int) -> str:
        """The day (`2026-11-27`) whose proposal may be written now; empty: none may."""
        now = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(zone(self.zone))
        has_proposal = DAYS[now.weekday()] in self.days and now.time() >= self.at
        return now.date().isoformat() if has_proposal else ""


class ShadowTables(FileSettings):
    """What shadow mode adds to the configuration."""

    shadow: ShadowSettings = ShadowSettings()
    """Shadow mode."""


SETTINGS: Final = ShadowTables
