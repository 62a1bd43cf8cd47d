"""Notices when lanes stand still and nothing explains it: a deadlock, a hanging store, a bug.

It looks every few seconds and compares. A thread that handles a lane moves as long as its stack, or
the number of its calls, or (while it waits for the rate budget) the number of questions about that
budget changes; so neither a rate limit nor an outage of ClickUp is a standstill. The watchdog takes
none of the bot's locks and asks no store: what is due it hears from the sweeper. So whatever hangs,
it speaks.

A lane or a job may also move and not end, such as one that reads an endless answer. What runs for
much longer than that, without waiting for the rate budget, is reported, too; it is no standstill.
"""

import gc
import sys
import threading
import time
import traceback
from collections.abc import Callable, Hashable, Iterator
from types import FrameType
from typing import Final

from clickup_mlops import logs, telemetry
from clickup_mlops.bot.lanes.activity import Activity, Attempt
from clickup_mlops.bot.lanes.sweeper import Sweep
from clickup_mlops.clickup import request_log
from clickup_mlops.clickup.governor import Governor

LOOKS: Final = 20
"""How often it looks within the time after which a standstill is reported."""

LONG: Final = 3
"""Times `after_s` that a lane or a job may run."""

_log = logs.get()


class Watchdog:
    """`problem` says in words what stands still for longer than `after_s`; else it is empty.

    `long` says which lanes and jobs run for `LONG` times as long, though they move. `swept` is the
    sweeper's last look at the inbox; `paused` tells whether lanes wait on purpose.
    """

    def __init__(
        self,
        activity: Activity,
        budget: Governor,
        swept: Callable[[], Sweep],
        *,
        paused: Callable[[], bool],
        after_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._activity, self._budget, self._swept = activity, budget, swept
        self._paused, self._after_s, self._clock = paused, after_s, clock
        self._every_s = after_s / LOOKS
        self._looked_s, self._now_s, self._passed_s = clock(), 0.0, 0.0
        self._seen: dict[str, tuple[Hashable, float]] = {}
        self._ran_s: dict[Attempt, float] = {}
        self.problem = self.long = ""
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        """Whether its thread runs."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Look in a thread of its own."""
        self._thread = threading.Thread(target=self._loop, name="watchdog", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no more. Does not wait: it may be printing."""
        self._stopping.set()

    def look(self) -> None:
        """Compare with the look before."""
        self._tick()
        marks: dict[str, tuple[Hashable, float]] = {}
        for subject, mark in self._marks():
            before = self._seen.get(subject)
            marks[subject] = before if before and before[0] == mark else (mark, self._now_s)
        self._seen = marks
        self._look_for_long()
        still = [
            subject for subject, (_, at_s) in marks.items() if self._now_s - at_s >= self._after_s
        ]
        self._report("; ".join(still))

    def _look_for_long(self) -> None:
        waiting, every_s = self._budget.list_waiting_threads(), self._passed_s
        self._ran_s = {
            attempt: self._ran_s.get(attempt, 0.0) + (0.0 if thread in waiting else every_s)
            for thread, attempt in self._activity.all().items()
        }
        most_s = LONG * self._after_s
        lanes = sorted(running.lane for running, ran_s in self._ran_s.items() if ran_s >= most_s)
        text = f"{', '.join(lanes)}: running for more than {most_s / 60:.0f} min" if lanes else ""
        news, self.long = text != self.long, text
        if news and text:
            _log.warning("lane_runs_long", lanes=lanes, seconds=most_s)
            self._print_stacks()

    def _tick(self) -> None:
        # A machine that slept, or had no time for this thread, saw nothing stand still meanwhile.
        now = self._clock()
        self._passed_s = min(now - self._looked_s, 2 * self._every_s)
        self._now_s += self._passed_s
        self._looked_s = now

    def _marks(self) -> Iterator[tuple[str, Hashable]]:
        """What should change, in words, and what it looks like now."""
        frames, waiting = _frames(), self._budget.list_waiting_threads()
        attempts = self._activity.running()
        for thread, attempt in attempts.items():
            requests = self._budget.ledger_requests if thread in waiting else None
            mark = (
                attempt.number,
                request_log.count_sent_by(thread),
                requests,
                _stack(frames.get(thread)),
            )
            yield f"lane {attempt.lane} stands still", mark
        sweep = self._swept()
        yield "nobody looks at the inbox", sweep.at_s
        if not attempts and not self._paused() and any(map(self._activity.counts, sweep.ready)):
            yield "lanes are due and nobody takes them up", self._activity.last

    def _report(self, problem: str) -> None:
        # First what others look at: printing may hang, too.
        news, self.problem = bool(problem) != bool(self.problem), problem
        telemetry.STALLED.set(bool(problem))
        if news and problem:
            _log.error("stalled", problem=problem, seconds=self._after_s)
            self._print_stacks()
        elif news:
            _log.warning("stall_ended")

    def _print_stacks(self) -> None:
        """A line for each thread; together they would be too long for some logs."""
        names = {thread.ident: thread.name for thread in threading.enumerate()}
        attempts = self._activity.all()
        for ident, frame in _frames().items():
            lane = attempts[ident].lane if ident in attempts else ""
            stack = "".join(traceback.format_stack(frame))
            _log.error("thread_stack", thread=names.get(ident, ""), lane=lane, stack=stack)

    def _loop(self) -> None:
        while not self._stopping.wait(self._every_s):
            try:
                self.look()
            except Exception:
                _log.exception("watchdog_failed")


def _frames() -> dict[int, FrameType]:
    """What each thread runs, by the thread's number.

    Not while garbage is collected: up to Python 3.11 a collection that begins inside the call, and
    ends a thread's local data, waits for ever for a lock that the call holds
    (github.com/python/cpython/issues/106883).
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        return sys._current_frames()
    finally:
        if collects:
            gc.enable()


def _stack(frame: FrameType | None) -> Hashable:
    """Where a thread is: the instruction in each function that it is in."""
    instructions: list[tuple[int, int]] = []
    while frame is not None:
        instructions.append((id(frame.f_code), frame.f_lasti))
        frame = frame.f_back
    return tuple(instructions)
