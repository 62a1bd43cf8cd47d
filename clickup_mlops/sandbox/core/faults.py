"""Faults on request: for API calls and for webhook deliveries, scoped and counted."""

import random
import threading
from collections.abc import Collection
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Any

CALL_FAULTS = (
    "status",
    "rate_limit",
    "stray_limit",
    "slow",
    "cut_before",
    "cut_after",
    "cut_half",
    "cut_late",
)
DELIVERY_FAULTS = ("duplicate", "late", "shuffle", "drop")


@dataclass
class Fault:
    """One fault.

    For calls: `status` answers `status_code` instead of acting, or one of the tool's own error
    answers by its name, `shape` (of ClickUp an ECODE, with its own status, or `page`: HTML of
    something in between); `rate_limit` answers 429 with
    a wait of `wait_s`; `stray_limit` lets the call act, and its answer names the limit of something
    else, 100 calls; `slow` answers after `wait_s`; `cut_before` drops the connection before
    anything happens; `cut_after` lets the call act and then drops it; `cut_half` drops it in
    the middle of the answer; `cut_late` drops it at once, and lets the call act after `wait_s`.
    For deliveries: `duplicate` sends `copies` more of each; `late` delays by `wait_s`; `shuffle`
    delays each by a random time up to `wait_s`; `drop` loses it.

    `method` and `path` (of calls) and `event` (of deliveries) are patterns with `*`. It happens
    `times` times (None: until cleared), after letting `skip` matching ones pass.
    """

    kind: str
    method: str = "*"
    path: str = "*"
    event: str = "*"
    times: int | None = 1
    skip: int = 0
    status_code: int = 500
    wait_s: float = 1.0
    copies: int = 1
    shape: str = ""

    def __post_init__(self) -> None:
        if self.kind not in CALL_FAULTS + DELIVERY_FAULTS:
            kinds = ", ".join(CALL_FAULTS + DELIVERY_FAULTS)
            raise ValueError(f"unknown fault {self.kind!r}; known: {kinds}")
        numbers = (self.times or 0, self.skip, self.status_code, self.wait_s, self.copies)
        if not all(isinstance(number, int | float) and number >= 0 for number in numbers):
            raise ValueError("times, skip, status_code, wait_s and copies are numbers from 0 on")


class Faults:
    """The pending faults, in the order in which they were added. Thread-safe.

    `shapes` are the error answers that there are; None: whoever adds a fault has checked it.
    """

    def __init__(self, shapes: Collection[str] | None = None, *, seed: int = 0) -> None:
        self._shapes = shapes
        self._lock = threading.Lock()
        self._pending: list[Fault] = []
        self._random = random.Random(seed)

    def add(self, kind: str, **details: Any) -> Fault:
        """Inject a fault; see `Fault` for the details. Raises ValueError."""
        fault = Fault(kind, **details)
        if fault.shape and self._shapes is not None and fault.shape not in self._shapes:
            raise ValueError(f"no error answer {fault.shape!r}; known: {', '.join(self._shapes)}")
        with self._lock:
            self._pending.append(fault)
        return fault

    def clear(self) -> None:
        """Remove every pending fault."""
        with self._lock:
            self._pending.clear()

    def list_pending(self) -> list[dict[str, Any]]:
        """The pending faults, each as a JSON object."""
        with self._lock:
            return [asdict(fault) for fault in self._pending]

    def take_call_fault(self, method: str, path: str) -> Fault | None:
        """The fault that hits this API call, if any; it is used up."""
        with self._lock:
            for fault in self._pending:
                if fault.kind in CALL_FAULTS and _matches_call(fault, method, path):
                    return fault if self._use(fault) else None
        return None

    def plan_delivery(self, event: str) -> list[float]:
        """When to send a delivery: one wait in seconds for each copy, none if it is lost."""
        waits = [0.0]
        with self._lock:
            for fault in list(self._pending):
                if fault.kind not in DELIVERY_FAULTS or not fnmatchcase(event, fault.event):
                    continue
                if self._use(fault):
                    waits = self._delay(fault, waits)
        return waits

    def _delay(self, fault: Fault, waits: list[float]) -> list[float]:
        if fault.kind == "drop":
            return []
        if fault.kind == "duplicate":
            return waits + waits[:1] * fault.copies
        if fault.kind == "late":
            return [wait + fault.wait_s for wait in waits]
        return [wait + self._random.uniform(0, fault.wait_s) for wait in waits]

    def _use(self, fault: Fault) -> bool:
        if fault.skip > 0:
            fault.skip -= 1
            return False
        if fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                self._pending.remove(fault)
        return True


def _matches_call(fault: Fault, method: str, path: str) -> bool:
    return fnmatchcase(method, fault.method.upper()) and fnmatchcase(path, fault.path)
