"""`[digests.<name>]`: which channel gets which digest, and when."""

from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Final

from pydantic import Field

from clickup_mlops.automations.schedule import DAYS, Day, QuietTable, ZoneName, zone
from clickup_mlops.config import FileSettings, Table
from clickup_mlops.routing.decision import Workload

KIND: Final = "digest"
LANE: Final = f"{KIND}:"
"""Lanes of digests begin like this; the digest's name follows."""
NAME: Final = r"^[a-z0-9_-]+$"


class DigestSettings(Table):
    """A message that a channel gets once a day, and that is changed in place until the day ends."""

    channel: str
    """Name of the chat channel; it is made if there is none."""
    at: time = time(9)
    """When the day's message is posted, in `zone`."""
    days: tuple[Day, ...] = Field(default=("MON", "TUE", "WED", "THU", "FRI"), min_length=1)
    """Days that have a message."""
    zone: ZoneName = "UTC"
    """Time zone of `at`, of the day and of the times in it. Unset: `jobs.time_zone`."""
    update_every: timedelta = Field(default=timedelta(minutes=30), ge=timedelta(minutes=1))
    """How often the message is brought up to date. A message that would say the same is left as it
    is: no call."""
    quiet: QuietTable | None = None
    """Hours in which nothing is posted or changed, with `from`, `to`, `days` and `zone`. Unset:
    those of `automations.quiet`."""
    workloads: tuple[Workload, ...] = Field(default=("inference",), min_length=1)
    """Whose open tasks it is about: `inference`, `training`, `data`, `infra`, `other`."""
    limit: int = Field(default=5, ge=1, le=50)
    """Most tasks in each part of it."""
    mention: tuple[str, ...] = ()
    """Who is mentioned: names, e-mails, groups, `on_call`, `on_call:<rotation>`."""
    mention_on_breach: tuple[str, ...] = ()
    """Who is mentioned besides when an SLO is breached or an incident is live."""
    cap: int = Field(default=60, ge=1)
    """Most writes to ClickUp in one hour."""

    def day(self, now_ms: int) -> str:
        """The day (`2026-11-27`) whose message may be written now; empty: none may."""
        now = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(zone(self.zone))
        has_message = DAYS[now.weekday()] in self.days and now.time() >= self.at
        return now.date().isoformat() if has_message else ""


class DigestTables(FileSettings):
    """What digests add to the configuration."""

    digests: dict[Annotated[str, Field(pattern=NAME)], DigestSettings] = Field({})
    """Messages about open work that a chat channel gets once a day and that are kept up to date:
    `[digests.<name>]`. The page "Post a chat digest" has their keys."""


SETTINGS: Final = DigestTables
