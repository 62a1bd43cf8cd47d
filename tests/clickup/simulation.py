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
class CompletedCall:
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
    calls: list[CompletedCall]

    def of(self, priority_class: PriorityClass) -> list[CompletedCall]:
        return [call for call in self.calls if call.priority_class == priority_class]


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
    completed: list[CompletedCall] = []
    window, in_flight = 0, 0
    # (time, number, what happens next, whose, since when, reading)
    agenda: list[tuple[int, int, str, Callers, int, Reading | None]] = []
    numbers = iter(range(10**9))

    def schedule(
        at_ms: int, step: str, caller: Callers, since: int, reading: Reading | None = None
    ) -> None:
        heapq.heappush(agenda, (at_ms, next(numbers), step, caller, since, reading))

    remaining = {id(caller): caller.calls for caller in callers}
    for caller in callers:
        for _ in range(caller.threads):
            schedule(START_MS + caller.start_ms, "want", caller, 0)
    while agenda and agenda[0][0] < START_MS + until_ms:
        now, _, step, caller, since, reading = heapq.heappop(agenda)
        if step == "want" and remaining[id(caller)] > 0:
            remaining[id(caller)] -= 1
            schedule(now, "ask", caller, now)
        elif step == "ask":
            budget, grant = spend(budget, Ask(caller.priority_class, window, in_flight), now)
            window = grant.window or window
            if not grant.permits:
                schedule(grant.retry_ms, "ask", caller, since)
                continue
            in_flight += 1
            completed.append(CompletedCall(caller.priority_class, now - START_MS, now - since))
            schedule(now + chance.randint(1, latency_ms), "arrive", caller, since)
        elif step == "arrive":
            schedule(now + chance.randint(1, latency_ms), "answer", caller, since, server.call(now))
        elif step == "answer":
            in_flight -= 1
            budget = learn(budget, reading, now)
            schedule(now + caller.pause_ms, "want", caller, 0)
    return Run(server, completed)
