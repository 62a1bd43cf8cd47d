"""When the next call may be sent: Monday.com's budgets, learnt from its answers. Pure.

The headers (`RateLimit`, `RateLimit-Policy`) say what is left of calls and of complexity points per
minute, and in how many seconds that ends. The limit of concurrent calls needs no waiting: what
`concurrency` counts includes the call that was just answered.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from clickup_mlops.json_types import Json

_CALLS: Final = "minuteRate"
_POINTS: Final = "complexityMinute"
_WINDOW_S: Final = 60
_ENTRY: Final = re.compile(r'"(\w+)"((?:\s*;\s*\w+="?[\w.-]+"?)*)')
_PARAMETER: Final = re.compile(r'(\w+)="?([\w.-]+)"?')


@dataclass(frozen=True, slots=True)
class Window:
    """What is left of a budget until it is filled up again at `until_ms` (Unix ms)."""

    remaining: int
    until_ms: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What is known of the token's budgets. `costs`: complexity points of each query's last run."""

    windows: Mapping[str, Window] = field(default_factory=dict)
    costs: Mapping[str, int] = field(default_factory=dict)


def compute_wait_ms(limits: Limits, query: str, now_ms: int) -> int:
    """How long to wait before this query is sent, in ms."""
    needs = {_CALLS: 1, _POINTS: limits.costs.get(query, 1)}
    waits = [
        window.until_ms - now_ms
        for name, window in limits.windows.items()
        if name in needs and window.remaining < needs[name]
    ]
    return max([0, *waits])


def update_limits(
    limits: Limits, query: str, headers: Mapping[str, str], complexity: Json, now_ms: int
) -> Limits:
    """The limits after an answer; `complexity` is what the query asked about itself, or None."""
    windows = dict(limits.windows) | _parse_body(complexity, now_ms)
    windows |= _parse_headers(headers, now_ms)
    cost = _measure_cost(limits, windows, complexity)
    costs = dict(limits.costs) | ({query: cost} if cost else {})
    return replace(limits, windows=windows, costs=costs)


def _measure_cost(limits: Limits, now: Mapping[str, Window], complexity: Json) -> int:
    reported = complexity.get("query") if isinstance(complexity, Mapping) else None
    if isinstance(reported, int):
        return reported
    before, after = limits.windows.get(_POINTS), now.get(_POINTS)
    return max(0, before.remaining - after.remaining) if before and after else 0


def _parse_body(complexity: Json, now_ms: int) -> dict[str, Window]:
    if not isinstance(complexity, Mapping):
        return {}
    remaining, seconds = complexity.get("after"), complexity.get("reset_in_x_seconds")
    if not isinstance(remaining, int) or not isinstance(seconds, int):
        return {}
    return {_POINTS: Window(remaining, now_ms + 1000 * seconds)}


def _parse_headers(headers: Mapping[str, str], now_ms: int) -> dict[str, Window]:
    lengths = {
        name: _to_number(parameters.get("w"), _WINDOW_S)
        for name, parameters in _parse_entries(headers.get("RateLimit-Policy", ""))
    }
    return {
        name: Window(
            _to_number(parameters.get("r"), 1),
            now_ms + 1000 * _to_number(parameters.get("t"), lengths.get(name, _WINDOW_S)),
        )
        for name, parameters in _parse_entries(headers.get("RateLimit", ""))
    }


def _parse_entries(header: str) -> list[tuple[str, dict[str, str]]]:
    return [
        (name, dict(_PARAMETER.findall(parameters))) for name, parameters in _ENTRY.findall(header)
    ]


def _to_number(text: str | None, default: int) -> int:
    try:
        return max(0, int(float(text))) if text is not None else default
    except (ValueError, OverflowError):
        return default
