"""Settings of what happens by the clock."""

from datetime import timedelta

from pydantic import Field

from clickup_mlops.automations.schedule import ZoneName
from clickup_mlops.config import Table


class JobsSettings(Table):
    """What happens by the clock."""

    backfill_every: timedelta = Field(timedelta(minutes=10), gt=timedelta(0))
    """How often to look for changes whose event never arrived. At least one call each time."""
    backfill_overlap: timedelta = timedelta(minutes=2)
    """Each look goes back this much further than the last one, because clocks differ."""
    reevaluate_every: timedelta = Field(timedelta(minutes=15), gt=timedelta(0))
    """How often open tasks are evaluated again, because due dates come nearer and tasks age.
    Costs no call besides a back-fill, but for at most five tasks that were not read for 30 days:
    they may be gone. Only priorities that change are written."""
    reevaluate_most: int = Field(default=200, ge=1)
    """At most this many priorities are changed by one such round; the next one goes on."""
    time_zone: ZoneName = "UTC"
    """Time zone of the times in comments, messages and pages, such as `Europe/Madrid`; of the
    dashboard, until a reader chooses another one; and of reports, digests and proposals without a
    `zone` of their own. Schedules and quiet hours have one."""
