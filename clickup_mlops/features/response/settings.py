"""`[response]`: how soon somebody answers who reports something."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Final

from pydantic import AfterValidator

from clickup_mlops.automations.conditions.working_hours import parse_hours
from clickup_mlops.config import FileSettings, Table
from clickup_mlops.routing.decision import Level, Workload


def _check_hours(text: str) -> str:
    parse_hours(text)
    return text


class ResponseSettings(Table):
    """Objectives for the first response: a comment, a change of status or an assignment by a person
    other than the reporter; users in `routing.importers` are none.
    """

    objectives: Mapping[Workload | Level, timedelta] = {
        "inference": timedelta(minutes=30),
        "training": timedelta(hours=8),
    }
    """Working time by workload (`inference`, `training`, `data`, `infra`, `other`) or priority
    (`urgent`, `high`, `normal`, `low`). Of those that fit a task, the shortest holds; 0: none."""
    hours: Annotated[str, AfterValidator(_check_hours)] = "MON-FRI 09:00-17:00 UTC"
    """Working hours: days, hours, zone. The time pauses outside of them, but never in a live
    incident."""
    waiting: tuple[str, ...] = ("waiting for reporter", "needs info")
    """Statuses in which the reporter is asked for something: the time pauses, but never in a live
    incident."""

    def objective(self, workload: str, priority: str) -> timedelta:
        """The shortest of those that fit; 0: none does."""
        fitting = (limit for name, limit in self.objectives.items() if name in (workload, priority))
        return min(filter(None, fitting), default=timedelta(0))


class ResponseTables(FileSettings):
    """What response objectives add to the configuration."""

    response: ResponseSettings = ResponseSettings()
    """Response objectives, for the automation `response_objective`."""


SETTINGS: Final = ResponseTables
