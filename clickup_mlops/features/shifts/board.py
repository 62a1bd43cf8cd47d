"""What people read about shifts."""

from dataclasses import dataclass
from itertools import islice

from clickup_mlops.bot.handle.context.on_call import Shift
from clickup_mlops.commands.phrases import plain
from clickup_mlops.features.shifts.model import FOREVER
from clickup_mlops.features.shifts.shifts import Shifts
from clickup_mlops.routing.decision import format_moment


@dataclass(frozen=True, slots=True)
class Board:
    """Who is on call, as the answer of `/oncall`."""

    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One rotation. Empty or None: nobody, or nobody knows."""

    rotation: str
    on_call: str
    until_ms: int | None
    next: str
    source: str
    """What is wrong with its source; empty: nothing, or it has none."""


def rows(shifts: Shifts, now_ms: int) -> list[Row]:
    """All rotations, by name."""
    return [_row(shifts, rotation, now_ms) for rotation in shifts.rotations()]


def _row(shifts: Shifts, rotation: str, now_ms: int) -> Row:
    current, following = read_two(shifts, rotation, now_ms)
    has_end = current is not None and current.end_ms < FOREVER
    return Row(
        rotation,
        label(current) if current else "",
        current.end_ms if current and has_end else None,
        label(following) if following else "",
        describe_silence(shifts, rotation, now_ms).strip(),
    )


def show(shifts: Shifts, now_ms: int) -> Board:
    """One line for each rotation."""
    lines = [f"- {describe(shifts, rotation, now_ms)}" for rotation in shifts.rotations()]
    return Board("\n".join(lines))


def describe(shifts: Shifts, rotation: str, now_ms: int) -> str:
    """Who is on call in this rotation, until when, and who is next."""
    current, following = read_two(shifts, rotation, now_ms)
    text = f"{label(current)}{_until(current)}" if current else "nobody"
    then = f", then {label(following)}{_until(following)}" if following else ""
    return f"`{rotation}`: {text}{then}.{describe_silence(shifts, rotation, now_ms)}"


def read_two(shifts: Shifts, rotation: str, now_ms: int) -> tuple[Shift | None, Shift | None]:
    """The shift of now, and the next one; None: there is none."""
    upcoming = islice(shifts.course(rotation, now_ms), 2)
    first = next(upcoming, None)
    if first is None or first.begin_ms > now_ms:
        return None, first
    return first, next(upcoming, None)


def label(shift: Shift) -> str:
    """The person, in plain text."""
    return plain(shift.name or shift.person)


def describe_silence(shifts: Shifts, rotation: str, now_ms: int) -> str:
    """A sentence if the rotation's source is away; else empty."""
    since_ms = shifts.silent_since(rotation, now_ms)
    if since_ms is None:
        return ""
    if not since_ms:
        return " Its source has not answered yet."
    return f" Its source has not answered since {format_moment(since_ms)}."


def _until(shift: Shift) -> str:
    return "" if shift.end_ms >= FOREVER else f" until {format_moment(shift.end_ms)}"
