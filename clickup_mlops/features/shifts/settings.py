"""`[shifts]`: schedules of people on call that are read elsewhere."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from pydantic import Field, field_validator

from clickup_mlops.config import FileSettings, Table
from clickup_mlops.features.shifts.sources import ShiftSource, kinds


class ShiftsSettings(Table):
    """Schedules of people on call that are kept elsewhere."""

    sources: Mapping[str, ShiftSource] = Field(default_factory=dict)
    """Where the shifts of a rotation are read, by its name: `[shifts.sources.serving]` for
    `on_call:serving`, `[shifts.sources.on_call]` for `on_call`. With `kind`: `ical` needs `url` or
    `file` (and `zone`, if times name none; `name`, a regular expression such as `On Call - (.+)`
    for the summary, if events have no attendee); `pagerduty` and `opsgenie` need `schedule` and
    `token`. In its gaps, and before its first answer, `[people]` says who is on call. People's
    e-mails or names are those of ClickUp."""
    every: timedelta = Field(default=timedelta(minutes=5), ge=timedelta(minutes=1))
    """How often they are read. While a source does not answer, its last answer holds."""

    @field_validator("sources")
    @classmethod
    def _check_sources(cls, sources: Mapping[str, ShiftSource]) -> Mapping[str, ShiftSource]:
        for name, source in sources.items():
            if problem := _find_problem(source):
                raise ValueError(f"{name}: {problem}")
        return sources


def _find_problem(source: ShiftSource) -> str:
    if source.kind not in kinds():
        return f"kind should be {' or '.join(map(repr, kinds()))}"
    if source.kind == "ical":
        has_url = bool(source.url.get_secret_value())
        return "" if has_url != bool(source.file) else "ical needs either url or file"
    has_both = source.schedule and source.token.get_secret_value()
    return "" if has_both else f"{source.kind} needs schedule and token"


class ShiftsTables(FileSettings):
    """What shifts add to the configuration."""

    shifts: ShiftsSettings = ShiftsSettings()
    """Who is on call by other systems."""


SETTINGS: Final = ShiftsTables
