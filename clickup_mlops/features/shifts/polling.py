"""Reads the sources; of one that is away the last answer holds."""

from typing import Final

from clickup_mlops import logs
from clickup_mlops.features.shifts.model import Answer
from clickup_mlops.features.shifts.settings import ShiftsSettings
from clickup_mlops.features.shifts.shifts import AHEAD_MS, Shifts
from clickup_mlops.features.shifts.sources import kinds
from clickup_mlops.ports.bounded_get import SourceAway

_LONGEST_NAME: Final = 200
_log = logs.get()


def poll(settings: ShiftsSettings, shifts: Shifts, now_ms: int) -> None:
    """One after the other; each ends in seconds."""
    for rotation, source in settings.sources.items():
        try:
            entries = kinds()[source.kind](source, now_ms, now_ms + AHEAD_MS)
            if any(len(shift.person) > _LONGEST_NAME for shift in entries):
                raise SourceAway(f"a name has more than {_LONGEST_NAME} characters")
        except SourceAway as problem:
            _log.warning("shifts_source_away", rotation=rotation, problem=str(problem))
        else:
            shifts.keep(rotation, Answer(now_ms, entries))
