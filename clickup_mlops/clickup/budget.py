"""The rules of the rate budget: who may call now, and else when to ask again. Pure.

ClickUp counts calls per token in fixed windows and says on every answer how many are left and when
the window ends. `spend` turns the shared `Budget` and one question into the next `Budget` and an
answer; a ledger applies it atomically for all threads, processes and machines that use the token.

* Nothing is granted beyond the limit of a window. The end of a window is taken one second late,
  because ClickUp's Reset has whole seconds.
* While the limit is unknown, one call goes ahead alone: its answer has the limit.
* A lower class leaves a share of the window to the classes above it. What they do not use is lent
  out steadily, and all of it just before the window ends.
* Another limit than the present one counts once some answers in a row have named it: single answers
  name limits that are not the token's (100 among 5,000, seen live in 2026).
* A class that was refused holds a claim for a moment, so that no lower one takes what it waits for.
"""

from dataclasses import dataclass, field, replace
from enum import IntEnum
from math import ceil

WINDOW_MS = 60_000
MARGIN_MS = 1_000
SAME_WINDOW_MS = 1_500  # two Resets closer than this name the same window
PROBE_MS = 10_000  # how long the first call of an unknown token may keep the others waiting
CLAIM_MS = 1_000
_SHORTEST_WINDOW_MS, _LONGEST_WINDOW_MS = 1_000, 120_000
_LEND_ALL_MS = 1_500
_HIGHEST_LIMIT = 10**12  # a sandbox without a limit says a large number
CONFIRMATIONS = 10  # answers in a row that name another limit before it counts
_AHEAD = 0.1


class PriorityClass(IntEnum):
    """Who goes first: a lower value does."""

    INTERACTIVE = 0
    ROUTING = 1
    METRICS = 2
    REPORTS = 3
    BULK = 4


# The share of a fresh window that each class leaves to those above it.
LEFT_TO_HIGHER = {
    PriorityClass.INTERACTIVE: 0.0,
    PriorityClass.ROUTING: 0.10,
    PriorityClass.METRICS: 0.20,
    PriorityClass.REPORTS: 0.25,
    PriorityClass.BULK: 0.30,
}


@dataclass(frozen=True, slots=True)
class Budget:
    """What is known about a token. Times are Unix ms; `limit` 0 means: nothing yet."""

    limit: int = 0
    used: int = 0
    reset_ms: int = 0
    window_ms: int = WINDOW_MS
    window: int = 0  # counts windows, so that a process can tell a new one
    confirmed: bool = False  # whether an answer has named this window's end
    paused_ms: int = 0
    probe_ms: int = 0
    other_limit: int = 0  # what the last answers named instead of `limit`
    other_count: int = 0  # how many of them
    claims: tuple[int, ...] = field(default=(0,) * len(PriorityClass))


@dataclass(frozen=True, slots=True)
class Reading:
    """What an answer said. `reset_ms` includes the margin; `pause_ms` is set by a 429.

    `assumed`: it said nothing. That counts only as long as nothing better is known.
    """

    limit: int
    remaining: int
    reset_ms: int
    pause_ms: int = 0
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """A question for permits. `window` is the last one this process saw, with `in_flight` calls."""

    priority_class: PriorityClass
    window: int = 0
    in_flight: int = 0
    backlog: bool = False
    reading: Reading | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """`permits` calls may be made until `until_ms`; or none: ask again at `retry_ms`."""

    permits: int
    until_ms: int
    window: int
    confirmed: bool
    retry_ms: int = 0


def spend(budget: Budget, ask: Ask, now_ms: int) -> tuple[Budget, Grant]:
    """The next state and the answer to one question."""
    now = _carry_in_flight(learn(budget, ask.reading, now_ms), ask)
    if now.limit == 0:
        return _probe(now, now_ms)
    wait_ms = max(now.paused_ms, *now.claims[: ask.priority_class], 0)
    if wait_ms > now_ms:
        return _refuse(now, ask.priority_class, wait_ms)
    room = compute_allowance(now, ask.priority_class, now_ms) - now.used
    if room < 1:
        return _refuse(
            now, ask.priority_class, _compute_opening_ms(now, ask.priority_class, now_ms)
        )
    # A stock, so that large budgets cost few transactions; small, so that it is not hoarded.
    permits = max(1, min(now.limit // 200, room // 10))
    spent = replace(now, used=now.used + permits)
    if ask.backlog and now.claims[ask.priority_class] > now_ms:
        spent = _claim(spent, ask.priority_class, now_ms + CLAIM_MS)
    return spent, _build_grant(spent, permits)


def compute_opening_ms(budget: Budget, ask: Ask, now_ms: int) -> int:
    """When a call may be made as things stand; not later than now: at once."""
    now = _carry_in_flight(learn(budget, ask.reading, now_ms), ask)
    wait_ms = max(now.paused_ms, *now.claims[: ask.priority_class], 0)
    if not now.limit or wait_ms > now_ms:
        return wait_ms
    has_room = compute_allowance(now, ask.priority_class, now_ms) - now.used >= 1
    return now_ms if has_room else _compute_opening_ms(now, ask.priority_class, now_ms)


def learn(budget: Budget, reading: Reading | None, now_ms: int) -> Budget:
    """The state after a look at the clock and at what an answer said, if any."""
    budget = _open_next_window(_drop_impossible_times(budget, now_ms), now_ms)
    if reading is None:
        return budget
    if reading.pause_ms > budget.paused_ms:
        budget = replace(budget, paused_ms=reading.pause_ms)
    if (
        not 0 < reading.limit <= _HIGHEST_LIMIT
        or reading.reset_ms <= now_ms
        or (reading.assumed and budget.limit)
    ):
        return budget
    budget = _count_other(budget, reading.limit)
    if 0 < budget.other_count < CONFIRMATIONS:
        return budget
    return _merge(budget, reading, now_ms)


def _count_other(budget: Budget, limit: int) -> Budget:
    """How often in a row answers have named this limit instead of the present one."""
    if budget.limit in (0, limit):
        return replace(budget, other_limit=0, other_count=0) if budget.other_count else budget
    count = budget.other_count + 1 if budget.other_limit == limit else 1
    return replace(budget, other_limit=limit, other_count=count)


def end_probe(budget: Budget) -> Budget:
    """The first call got no answer: the next one may try."""
    return replace(budget, probe_ms=0)


def compute_allowance(budget: Budget, priority_class: PriorityClass, now_ms: int) -> int:
    """How far the window may be used up by this priority class at this time."""
    left_ms = budget.reset_ms - now_ms
    if left_ms <= _compute_lend_all_ms(budget):
        return budget.limit
    # The reserve shrinks with the window: what is not used by its end is lost to everybody.
    share = LEFT_TO_HIGHER[priority_class] * min(1.0, left_ms / budget.window_ms)
    return max(1, budget.limit - ceil(budget.limit * share))


def _drop_impossible_times(budget: Budget, now_ms: int) -> Budget:
    """The same without times that are too far off to come from an answer.

    Another machine's clock was wrong, or this one's is: the next answer will show which.
    """
    times_ms = (budget.reset_ms, budget.paused_ms, *budget.claims)
    if max(times_ms) <= now_ms + _LONGEST_WINDOW_MS + MARGIN_MS + CLAIM_MS:
        return budget
    return replace(
        budget, reset_ms=0, paused_ms=0, claims=(0,) * len(PriorityClass), confirmed=False
    )


def _open_next_window(budget: Budget, now_ms: int) -> Budget:
    if budget.limit == 0 or now_ms < budget.reset_ms:
        return budget
    # Its end is a guess until an answer names it: never shorter than ClickUp's minute.
    reset_ms = now_ms + max(WINDOW_MS, budget.window_ms) + MARGIN_MS
    number = budget.window + 1
    return replace(budget, used=0, reset_ms=reset_ms, window=number, confirmed=False)


def _merge(budget: Budget, reading: Reading, now_ms: int) -> Budget:
    consumed = max(0, reading.limit - reading.remaining)
    ahead_ms = reading.reset_ms - budget.reset_ms
    if budget.confirmed and ahead_ms < -SAME_WINDOW_MS:
        return budget  # an answer from the window before
    is_other = budget.limit not in (0, reading.limit)
    new = budget.limit == 0 or is_other or (budget.confirmed and ahead_ms > SAME_WINDOW_MS)
    return replace(
        budget,
        limit=reading.limit,
        used=consumed if new else max(budget.used, consumed),
        reset_ms=max(reading.reset_ms, budget.reset_ms if budget.confirmed else 0),
        window_ms=_measure_window_ms(budget, reading, now_ms),
        window=budget.window + new,
        confirmed=True,
        probe_ms=0,
        other_limit=0,
        other_count=0,
    )


def _measure_window_ms(budget: Budget, reading: Reading, now_ms: int) -> int:
    """How long windows are: the longest that was seen to be left of one."""
    observed_ms = reading.reset_ms - now_ms - MARGIN_MS
    longest_ms = budget.window_ms if budget.limit else _SHORTEST_WINDOW_MS
    return min(_LONGEST_WINDOW_MS, max(longest_ms, observed_ms))


def _carry_in_flight(budget: Budget, ask: Ask) -> Budget:
    """Calls that left under the last window may still be counted in this one."""
    # 0: this process has not seen a window yet, so nothing of it is in flight.
    if ask.window in (0, budget.window):
        return budget
    return replace(budget, used=budget.used + ask.in_flight)


def _probe(budget: Budget, now_ms: int) -> tuple[Budget, Grant]:
    if max(budget.probe_ms, budget.paused_ms) > now_ms:
        return budget, Grant(0, 0, 0, False, retry_ms=now_ms + 50)
    return replace(budget, probe_ms=now_ms + PROBE_MS), Grant(1, now_ms + PROBE_MS, 0, False)


def _build_grant(budget: Budget, permits: int) -> Grant:
    return Grant(permits, budget.reset_ms, budget.window, budget.confirmed)


def _refuse(budget: Budget, priority_class: PriorityClass, retry_ms: int) -> tuple[Budget, Grant]:
    claimed = _claim(budget, priority_class, retry_ms + CLAIM_MS)
    return claimed, replace(_build_grant(budget, 0), retry_ms=retry_ms)


def _claim(budget: Budget, priority_class: PriorityClass, until_ms: int) -> Budget:
    claims = [*budget.claims]
    claims[priority_class] = max(claims[priority_class], until_ms)
    return replace(budget, claims=tuple(claims))


def _compute_opening_ms(budget: Budget, priority_class: PriorityClass, now_ms: int) -> int:
    """When one more permit will be within the class's allowance."""
    spare = budget.limit - budget.used - 1
    if spare < 0:
        return budget.reset_ms
    all_lent_ms = budget.reset_ms - _compute_lend_all_ms(budget)
    slope = LEFT_TO_HIGHER[priority_class] * budget.limit / budget.window_ms
    # One more millisecond: rounding must not name a time just before it opens.
    opens_ms = ceil(budget.reset_ms - spare / slope) + 1 if slope else now_ms
    return max(now_ms + 1, min(opens_ms, all_lent_ms))


def _compute_lend_all_ms(budget: Budget) -> int:
    return min(_LEND_ALL_MS, budget.window_ms // 8)


def is_sufficient(reading: Reading, now_ms: int) -> bool:
    """Whether the window's calls last until its end if they are used as quickly as so far.

    A tenth of them may be used ahead of the time: each window begins with a call.
    """
    remaining_share = min(1.0, (reading.reset_ms - now_ms) / WINDOW_MS)
    return not reading.pause_ms and reading.remaining >= reading.limit * (remaining_share - _AHEAD)
