"""Writes down which locks are taken while others are held, and what is called meanwhile.

`recorded()` wraps the locks that the package makes from then on, and on Python 3.11 those inside
its `functools.cached_property`s. A lock is named by the class that makes it: two locks of one class
have one name, and holding both is a cycle like any other.
"""

import functools
import gc
import sys
import threading
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import Any

from urllib3 import HTTPConnectionPool

import clickup_mlops
from clickup_mlops.clickup.transport import Transport
from clickup_mlops.store.database.engine import Database
from clickup_mlops.store.database.group_commit import GroupWriter

PACKAGE = str(Path(clickup_mlops.__file__).parent)
WRITER = "the turn to write to the store"
SIGNALS = frozenset({"_Job"})
"""Locks that one thread takes and another one releases: nobody holds them."""


class Mine(threading.local):
    """What each thread has for itself."""

    def __init__(self) -> None:
        self.held: list[Recorded] = []


class Locks:
    """`order`: pairs of names, the second taken while the first was held, and where. `during`: what
    was called (`HTTP` or `store`) while a lock was held, and where.
    """

    def __init__(self) -> None:
        self.order: dict[tuple[str, str], str] = {}
        self.during: dict[tuple[str, str], str] = {}
        self._mine = Mine()

    @property
    def held(self) -> list["Recorded"]:
        """What this thread holds, in order."""
        return self._mine.held

    def wants(self, lock: "Recorded") -> None:
        """This thread is about to wait for the lock."""
        for held_lock in self.held:
            if lock not in self.held and (held_lock.name, lock.name) not in self.order:
                self.order[held_lock.name, lock.name] = _where()

    def note_call(self, call_name: str) -> None:
        """This thread calls something that may take long."""
        for lock in self.held:
            if lock.name != WRITER and (call_name, lock.name) not in self.during:
                self.during[call_name, lock.name] = _where()

    def cycle(self) -> list[str]:
        """Names of locks that are taken in a circle; empty if there is none."""
        after = defaultdict(set)
        for first, second in self.order:
            after[first].add(second)
        return next((cycle for name in sorted(after) if (cycle := _circle(after, [name]))), [])

    def story(self, names: list[str]) -> str:
        """Where each lock of a circle was taken."""
        steps = pairwise(names)
        return "\n".join(
            f"{first} -> {second}\n{self.order[first, second]}" for first, second in steps
        )


class Recorded:
    """A lock that tells `locks` what happens to it."""

    def __init__(self, lock: Any, name: str, locks: Locks) -> None:
        self._lock, self.name, self._locks = lock, name, locks

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        if blocking:
            self._locks.wants(self)
        is_acquired: bool = self._lock.acquire(blocking, timeout)
        if is_acquired:
            self._locks.held.append(self)
        return is_acquired

    def release(self) -> None:
        self._locks.held.remove(self)
        self._lock.release()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()

    def locked(self) -> bool:
        return bool(self._lock.locked())

    # -- what a Condition asks of its lock

    def _is_owned(self) -> bool:
        return self in self._locks.held

    def _release_save(self) -> int:
        count = self._locks.held.count(self)
        for _ in range(count):
            self.release()
        return count

    def _acquire_restore(self, count: int) -> None:
        for _ in range(count):
            self.acquire()


class Writing:
    """Stands for the turn to write to the store, for which a thread waits like for a lock."""

    name = WRITER


@contextmanager
def recorded() -> Iterator[Locks]:
    """What happens to the locks of everything that is made meanwhile."""
    locks = Locks()
    with ExitStack() as undo:
        for kind in ("Lock", "RLock"):
            _patch(undo, threading, kind, _maker(getattr(threading, kind), locks))
        for owner, name, descriptor in _cached_properties():
            if hasattr(descriptor, "lock"):  # up to Python 3.11
                label = f"{owner.__name__}.{name}"
                _patch(undo, descriptor, "lock", Recorded(descriptor.lock, label, locks))
        _watch(undo, HTTPConnectionPool, "urlopen", locks, "HTTP")
        _watch(undo, Transport, "_exchange", locks, "HTTP")
        for name in ("rows", "write", "submit", "reading"):
            _watch(undo, Database, name, locks, "store")
        _watch_the_writer(undo, locks)
        yield locks


def _maker(make: Callable[[], Any], locks: Locks) -> Callable[[], Any]:
    def lock() -> Any:
        frame: FrameType | None = sys._getframe(1)
        while frame and type(frame.f_locals.get("self")) is threading.Condition:
            frame = frame.f_back
        if frame is None or not frame.f_code.co_filename.startswith(PACKAGE):
            return make()
        maker = frame.f_locals.get("self")
        name = type(maker).__name__ if maker is not None else frame.f_code.co_name
        return make() if name in SIGNALS else Recorded(make(), name, locks)

    return lock


def _cached_properties() -> list[tuple[type, str, Any]]:
    return [
        (kind, name, value)
        for kind in gc.get_objects()
        # Not `isinstance`: it asks the object, and a weak reference may be dead.
        if issubclass(type(kind), type) and str(kind.__module__).startswith("clickup_mlops")
        for name, value in vars(kind).items()
        if isinstance(value, functools.cached_property)
    ]


def _watch(undo: ExitStack, owner: Any, name: str, locks: Locks, call_name: str) -> None:
    original = getattr(owner, name)

    @functools.wraps(original)
    def call(*arguments: Any, **named: Any) -> Any:
        locks.note_call(call_name)
        return original(*arguments, **named)

    _patch(undo, owner, name, call)


def _watch_the_writer(undo: ExitStack, locks: Locks) -> None:
    """What a thread holds that hands a write in, and what is taken while one writes."""
    submit, perform = GroupWriter.submit, GroupWriter._perform
    writing: Any = Writing()

    def submitting(self: GroupWriter, *arguments: Any, **named: Any) -> Any:
        locks.wants(writing)
        return submit(self, *arguments, **named)

    def performing(self: GroupWriter, batch: Any) -> None:
        locks.held.append(writing)
        try:
            perform(self, batch)
        finally:
            locks.held.remove(writing)

    _patch(undo, GroupWriter, "submit", submitting)
    _patch(undo, GroupWriter, "_perform", performing)


def _patch(undo: ExitStack, owner: Any, name: str, value: Any) -> None:
    undo.callback(setattr, owner, name, getattr(owner, name))
    setattr(owner, name, value)


def _circle(after: dict[str, set[str]], path: list[str]) -> list[str]:
    for name in sorted(after.get(path[-1], ())):
        if name in path:
            return [*path[path.index(name) :], name]
        if cycle := _circle(after, [*path, name]):
            return cycle
    return []


def _where() -> str:
    frames = [frame for frame in traceback.extract_stack() if frame.filename.startswith(PACKAGE)]
    return "".join(traceback.format_list(frames[-8:]))
