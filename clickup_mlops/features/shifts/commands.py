"""What `/oncall take` and `/oncall swap` do."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from clickup_mlops.automations.model import Change, Unanswered
from clickup_mlops.automations.schedule import zone
from clickup_mlops.bot.handle.commands import CommandOperation, CommandRun
from clickup_mlops.bot.handle.context.on_call import Shift
from clickup_mlops.clickup.model import Person
from clickup_mlops.commands.phrases import plain
from clickup_mlops.errors import InputError
from clickup_mlops.features.shifts.model import FOREVER, MAIN
from clickup_mlops.features.shifts.shifts import Shifts
from clickup_mlops.features.shifts.tables.shift_overrides import ShiftOverrides
from clickup_mlops.routing.decision import format_moment

BY: Final = "/oncall"


@dataclass(frozen=True, slots=True)
class Take(CommandOperation):
    """Whoever says so is on call from the time of the comment on: for a time, until a time of day
    in the rotation's zone, or until the shift of that time ends.
    """

    rotation: str = MAIN
    for_ms: int | None = None
    until: time | None = None
    because: str = ""

    def execute(self, run: CommandRun) -> str:
        """Write the override."""
        shifts, request = run.services.context.clickup.service(Shifts), run.request
        shifts.require(self.rotation)
        self._require_reason(shifts)
        end_ms = self._find_end_ms(shifts, request.at_ms)
        shift = Shift(str(request.user_id), request.at_ms, end_ms, request.user)
        _write(run, self.rotation, [shift], self.because)
        return _sentence(shift, self.rotation)

    def _find_end_ms(self, shifts: Shifts, at_ms: int) -> int:
        if self.for_ms is not None:
            return at_ms + self.for_ms
        if self.until is not None:
            return _next_ms(self.until, shifts.zone_of(self.rotation), at_ms)
        shift = next(shifts.course(self.rotation, at_ms, until_ms=at_ms), None)
        if shift is None or shift.begin_ms > at_ms or shift.end_ms >= FOREVER:
            raise InputError("nobody knows when this shift ends: say for how long, such as 4h")
        return shift.end_ms

    def _require_reason(self, shifts: Shifts) -> None:
        """A rotation's name alone would be taken for the first word of a reason."""
        word, *_ = self.because.split() or [""]
        if word in shifts.rotations():
            raise InputError(f"write `/oncall take rotation {word}`")


@dataclass(frozen=True, slots=True)
class Swap(CommandOperation):
    """Whoever says so and a member exchange their shifts: of each the one of now, or the next."""

    name: str
    rotation: str = MAIN
    because: str = ""

    def execute(self, run: CommandRun) -> str:
        """Write one override for each of the two shifts."""
        shifts, request = run.services.context.clickup.service(Shifts), run.request
        shifts.require(self.rotation)
        partner = _require_member(run, self.name)
        at_ms = request.at_ms
        upcoming = [*shifts.course(self.rotation, at_ms, until_ms=at_ms)]
        writer = Person(request.user_id, request.user, "")
        pairs = [(writer, partner), (partner, writer)]
        swapped = [
            Shift(str(stand_in.id), shift.begin_ms, shift.end_ms, stand_in.username)
            for person, stand_in in pairs
            for shift in [_require_shift(run, upcoming, person)]
        ]
        _write(run, self.rotation, swapped, self.because)
        return " ".join(_sentence(shift, self.rotation) for shift in swapped)


def _require_member(run: CommandRun, name: str) -> Person:
    try:
        people = run.services.names.people(name.lstrip("@"))
    except Unanswered as problem:
        raise InputError(str(problem)) from problem
    if len(people) != 1 or people[0].id == run.request.user_id:
        raise InputError(f'"{name:.60}" is not one other person')
    return people[0]


def _require_shift(run: CommandRun, upcoming: Iterable[Shift], person: Person) -> Shift:
    """The first shift of the person. One without an end cannot be exchanged."""
    for shift in upcoming:
        if shift.end_ms < FOREVER and _is_of(run, shift, person):
            return shift
    raise InputError(f"no shift of {plain(person.username)} is planned in this rotation")


def _is_of(run: CommandRun, shift: Shift, person: Person) -> bool:
    try:
        return person.id in [member.id for member in run.services.names.people(shift.person)]
    except Unanswered:  # whom the source names is no member
        return False


def _next_ms(clock_time: time, zone_name: str, at_ms: int) -> int:
    """When clocks in the zone show that time next."""
    now = datetime.fromtimestamp(at_ms / 1000, zone(zone_name))
    at = datetime.combine(now.date(), clock_time, now.tzinfo)
    return round((at if at > now else at + timedelta(days=1)).timestamp() * 1000)


def _write(run: CommandRun, rotation: str, shifts: Iterable[Shift], because: str) -> None:
    """Over what others had said by then only with their role; what was said later holds anyway."""
    service, request = run.services.context.clickup.service(Shifts), run.request
    overrides, shifts = service.overrides(rotation, request.at_ms), [*shifts]
    for override in overrides:
        is_earlier = override["at_ms"] < request.at_ms
        if is_earlier and any(
            _overlap(shift, override["begin_ms"], override["end_ms"]) for shift in shifts
        ):
            run.must_be_replaceable(override)
    for shift in shifts:
        moments = shift.begin_ms, request.at_ms
        before = run.services.store.table(ShiftOverrides).get(rotation, *moments)
        after = {
            "person": shift.person,
            "name": shift.name,
            "begin_ms": shift.begin_ms,
            "end_ms": shift.end_ms,
            "at_ms": request.at_ms,
            "automation": BY,
            "user": request.user,
            "user_id": request.user_id,
            "because": because,
            "task_id": run.task.id,
        }
        if before != after:  # an earlier try may have stored it
            kind = f"shift:{rotation}:{shift.begin_ms}:{request.at_ms}"
            run.write(Change(kind, before, after, _sentence(shift, rotation), {}), BY)


def _overlap(shift: Shift, begin_ms: int, end_ms: int) -> bool:
    return shift.begin_ms < end_ms and begin_ms < shift.end_ms


def _sentence(shift: Shift, rotation: str) -> str:
    begin, end = format_moment(shift.begin_ms), format_moment(shift.end_ms)
    return f"`{rotation}`: {plain(shift.name)} is on call from {begin} until {end}."
