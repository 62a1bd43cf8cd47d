"""Pieces of time in which tasks are counted: days, cut at bounds such as local midnights."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, bindparam, case

BUCKET_MS: Final = 900_000
"""Without bounds, counts are by quarters of an hour: every time zone's day begins with one."""
_DAY_MS: Final = 86_400_000


def parameters(bounds: Sequence[int]) -> dict[str, int]:
    """Values of the parameters of `piece`: it cuts at the bounds, and each day from the last on.

    A stretch begins with a bound that is not whole days after the beginning of the one before: at a
    change of the clocks, or at a bound that is no midnight. Within one, days are numbered.
    """
    stretches: list[int] = []
    for at_ms in bounds:
        if not stretches or (at_ms - stretches[-1]) % _DAY_MS:
            stretches.append(at_ms)
    if not stretches or len(stretches) > _STRETCHES:
        return _values([0], BUCKET_MS)
    return _values(stretches, _DAY_MS)


def _values(stretches: Sequence[int], width_ms: int) -> dict[str, int]:
    values = {"width": width_ms}
    for number in range(_STRETCHES):
        # Those that are too many come after the end of time.
        at_ms = stretches[number] if number < len(stretches) else _NEVER
        begins = stretches[min(number, len(stretches) - 1)]
        values |= {f"from_{number}": at_ms, f"base_{number}": begins - (number + 1) * _FAR_MS}
    return values


_STRETCHES: Final = 8
_FAR_MS: Final = 100_000 * _DAY_MS
"""So much lies between the numbers of two stretches, and before the first one."""
_NEVER: Final = 2**62


def piece(at_ms: ColumnElement[int]) -> Any:
    """The number of the piece in which a time is; for `parameters`."""

    def begins(number: int) -> Any:
        return at_ms - bindparam(f"base_{number}", type_=BigInteger)

    stretch: Any = case(
        *(
            (at_ms < bindparam(f"from_{number}", type_=BigInteger), begins(number - 1))
            for number in range(1, _STRETCHES)
        ),
        else_=begins(_STRETCHES - 1),
    )
    return stretch // bindparam("width", type_=BigInteger)
