"""Which shift holds where several cover the same time. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from clickup_mlops.bot.handle.context.on_call import Shift

MAIN: Final = "on_call"
"""How the rotation `people.on_call` is called."""
FOREVER: Final = 2**53
"""When a shift ends whose end nobody knows (Unix ms)."""
_MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """What a source said last, and when (Unix ms)."""

    at_ms: int
    shifts: tuple[Shift, ...] = ()


def shift_at(shifts: Sequence[Shift], at_ms: int) -> Shift | None:
    """The last of the shifts that cover the time, until a later one of the list begins."""
    covering = [number for number, shift in enumerate(shifts) if _covers(shift, at_ms)]
    if not covering:
        return None
    shift, above = shifts[covering[-1]], shifts[covering[-1] + 1 :]
    begins = (entry.begin_ms for entry in above if at_ms < entry.begin_ms < entry.end_ms)
    return replace(shift, begin_ms=at_ms, end_ms=min([shift.end_ms, *begins]))


def course(shifts: Sequence[Shift], now_ms: int) -> Iterator[Shift]:
    """Who is on call from now on, one after the other; at most 200 shifts."""
    at_ms: int | None = now_ms
    for _ in range(_MOST):
        if at_ms is None:
            return
        if shift := shift_at(shifts, at_ms):
            yield shift
            at_ms = shift.end_ms
        else:
            at_ms = min((s.begin_ms for s in shifts if s.begin_ms > at_ms), default=None)


def _covers(shift: Shift, at_ms: int) -> bool:
    return shift.begin_ms <= at_ms < shift.end_ms
