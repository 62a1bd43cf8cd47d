"""Who is on call: by the settings, by what sources say, by who has taken a shift over."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple
from itertools import islice, takewhile
from typing import Any, Final

import orjson

from clickup_mlops.bot.clock import to_ms
from clickup_mlops.bot.handle.context.on_call import (
    PeopleSettings,
    RotationTable,
    Shift,
    on_call,
    turns,
)
from clickup_mlops.errors import InputError
from clickup_mlops.features.shifts.model import MAIN, Answer, course, shift_at
from clickup_mlops.features.shifts.settings import ShiftsSettings
from clickup_mlops.features.shifts.tables.shift_overrides import ShiftOverrides
from clickup_mlops.spelling import suggest_word
from clickup_mlops.store import Store

AHEAD_MS: Final = 60 * 86_400_000
"""How far ahead turns are planned."""
_MOST: Final = 200
"""Turns that are planned at most."""
_SILENT: Final = 3
"""A source is away when so many readings have failed."""


class Shifts:
    """`bot.ports.Roster`, and what people ask about it. Rotations by name; `on_call` is
    `people.on_call`.
    """

    def __init__(self, people: PeopleSettings, settings: ShiftsSettings, store: Store) -> None:
        self._people, self._settings, self._store = people, settings, store

    def rotations(self) -> list[str]:
        """Their names."""
        main = {MAIN} if self._people.on_call else set()
        return sorted(main | self._people.rotations.keys() | self._settings.sources.keys())

    def require(self, rotation: str) -> None:
        """Raises InputError: there is no such rotation."""
        names = self.rotations()
        if rotation not in names:
            raise InputError(
                f'no rotation is called "{rotation:.60}"{suggest_word(rotation, names)}'
            )

    def on_call(self, rotation: str, now_ms: int) -> str | None:
        """As `Roster.on_call`."""
        shift = shift_at(self._special(rotation or MAIN, now_ms), now_ms)
        return shift.person if shift else None

    def members(self, rotation: str, now_ms: int) -> Sequence[str]:
        """As `Roster.members`: who has taken a shift over stands in for whose shift it is."""
        table, answer = self._table(rotation), self.answer(rotation)
        people = (
            [shift.person for shift in answer.shifts]
            if answer.shifts
            else [*(table.people if isinstance(table, RotationTable) else ())]
        )
        override = shift_at(self._overrides(rotation, now_ms), now_ms)
        planned = shift_at(answer.shifts, now_ms)
        absent = planned.person if planned else (on_call(table, now_ms) if table else None)
        return [override.person if override and p == absent else p for p in dict.fromkeys(people)]

    def course(self, rotation: str, now_ms: int, *, until_ms: int | None = None) -> Iterator[Shift]:
        """Who is on call from now on, by the overrides that were said before `until_ms`."""
        shifts = [*self._turns(rotation, now_ms), *self._special(rotation, now_ms, until_ms)]
        return course(shifts, now_ms)

    def overrides(self, rotation: str, now_ms: int) -> list[dict[str, Any]]:
        """Those that have not ended, as `ShiftOverrides` has them."""
        return self._store.table(ShiftOverrides).of(rotation, now_ms)

    def answer(self, rotation: str) -> Answer:
        """What its source said last; nothing if it has none."""
        is_used = rotation in self._settings.sources
        stored = self._store.cursors.get(_cursor(rotation)) if is_used else None
        if stored is None:
            return Answer(0)
        raw = orjson.loads(stored)
        return Answer(raw["at_ms"], tuple(Shift(*fields) for fields in raw["shifts"]))

    def keep(self, rotation: str, answer: Answer) -> None:
        """What its source says now."""
        raw = {"at_ms": answer.at_ms, "shifts": [*map(astuple, answer.shifts)]}
        self._store.cursors.set(_cursor(rotation), orjson.dumps(raw).decode())

    def silent_since(self, rotation: str, now_ms: int) -> int | None:
        """When its source answered last (Unix ms), if it is away; 0: never. None: it answers."""
        if rotation not in self._settings.sources:
            return None
        at_ms = self.answer(rotation).at_ms
        return at_ms if now_ms - at_ms > _SILENT * to_ms(self._settings.every) else None

    def zone_of(self, rotation: str) -> str:
        """The time zone in which people speak about it."""
        table = self._table(rotation)
        source = self._settings.sources.get(rotation)
        return table.zone if table else source.zone if source else self._people.zone

    def _table(self, rotation: str) -> PeopleSettings | RotationTable | None:
        main = {MAIN: self._people} if self._people.on_call else {}
        tables: Mapping[str, PeopleSettings | RotationTable] = {**self._people.rotations, **main}
        return tables.get(rotation)

    def _turns(self, rotation: str, now_ms: int) -> list[Shift]:
        table = self._table(rotation)
        planned = turns(table, now_ms) if table else iter(())
        ahead = takewhile(lambda turn: turn.begin_ms < now_ms + AHEAD_MS, planned)
        return [*islice(ahead, _MOST)]

    def _special(self, rotation: str, now_ms: int, until_ms: int | None = None) -> list[Shift]:
        return [*self.answer(rotation).shifts, *self._overrides(rotation, now_ms, until_ms)]

    def _overrides(self, rotation: str, now_ms: int, until_ms: int | None = None) -> list[Shift]:
        return [
            Shift(entry["person"], entry["begin_ms"], entry["end_ms"], entry["name"])
            for entry in self.overrides(rotation, now_ms)
            if until_ms is None or entry["at_ms"] < until_ms
        ]


def _cursor(rotation: str) -> str:
    return f"shifts:{rotation}"
