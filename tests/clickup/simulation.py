"""A simulated clock, a server with fixed windows, and callers of each priority class."""

import heapq
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from clickup_mlops.clickup.budget import (
    MARGIN_MS,
    Ask,
    Budget,
    PriorityClass,
    Reading,
    learn,
    spend,
)

START_MS = 1_800_000_000_123


@dataclass
class Callers:
    """`threads` of one process that together want `calls` calls, from `start_ms` on."""

    priority_class: PriorityClass
    calls: int
    threads: int = 1
    start_ms: int = 0
    pause_ms: int = 1


@dataclass(frozen=True)
class Done:
    """A call that got its permit at `at_ms` after a wait."""

    priority_class: PriorityClass
    at_ms: int
    waited_ms: int


@dataclass
class Server:
    """Counts calls in windows of whole seconds, as ClickUp does."""

    limit: int
    window_s: int
    reset_s: int = 0
    used: int = 0
    refused: int = 0
    windows: list[int] = field(default_factory=list)

    def call(self, now_ms: int) -> Reading:
        if now_ms >= self.reset_s * 1000:
            self.windows.append(self.used)
            self.reset_s, self.used = now_ms // 1000 + self.window_s, 0
        self.refused += self.used >= self.limit
        self.used = min(self.limit, self.used + 1)
        return Reading(self.limit, self.limit - self.used, self.reset_s * 1000 + MARGIN_MS)


@dataclass
class Run:
    server: Server
    done: list[Done]

    def of(self, priority_class: PriorityClass) -> list[Done]:
        return [one for one in self.done if one.priority_class == priority_class]


def simulate(
    callers: Sequence[Callers],
    *,
    limit: int,
    window_s: int,
    until_ms: int,
    latency_ms: int,
    seed: int,
) -> Run:
    """Run until the time is over; every decision goes through `spend` and `learn` alone."""
    chance = random.Random(seed)
    server, budget = Server(limit, window_s), Budget()
    done: list[Done] = []
    seen, in_flight = 0, 0
    # (time, number, what happens next, whose, since when, reading)
    agenda: list[tuple[int, int, str, Callers, int, Reading | None]] = []
    numbers = iter(range(10**9))

    def later(
        at_ms: int, what: str, who: Callers, since: int, reading: Reading | None = None
    ) -> None:
        heapq.heappush(agenda, (at_ms, next(numbers), what, who, since, reading))

    left = {id(who): who.calls for who in callers}
    for who in callers:
        for _ in range(who.threads):
            later(START_MS + who.start_ms, "want", who, 0)
    while agenda and agenda[0][0] < START_MS + until_ms:
        now, _, what, who, since, reading = heapq.heappop(agenda)
        if what == "want" and left[id(who)] > 0:
            left[id(who)] -= 1
            later(now, "ask", who, now)
        elif what == "ask":
            budget, grant = spend(budget, Ask(who.priority_class, seen, in_flight), now)
            seen = grant.window or seen
            if not grant.permits:
                later(grant.retry_ms, "ask", who, since)
                continue
            in_flight += 1
            done.append(Done(who.priority_class, now - START_MS, now - since))
            later(now + chance.randint(1, latency_ms), "arrive", who, since)
        elif what == "arrive":
            later(now + chance.randint(1, latency_ms), "answer", who, since, server.call(now))
        elif what == "answer":
            in_flight -= 1
            budget = learn(budget, reading, now)
            later(now + who.pause_ms, "want", who, 0)
    return Run(server, done)
