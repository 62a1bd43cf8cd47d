"""A package of the bot: typed members, each built when it is first asked for, once, whichever
thread asks; and what the package adds to the bot: jobs, kinds of lanes, timers.

Not `functools.cached_property`: up to Python 3.11 it holds one lock for all objects of a class
while it calls the function, and from 3.12 on none, so that two threads build a member twice.
"""

import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, overload

from clickup_mlops.bot.registered import Job, LaneKind, Timer

if TYPE_CHECKING:
    from clickup_mlops.bot.core import Core

T_co = TypeVar("T_co", covariant=True)


class Members:
    """An object whose members are built by methods with the decorator `member`.

    All packages of a bot share one lock: members ask for members of other packages while they are
    built, and with a lock for each package two threads could wait for each other.
    """

    def __init__(self, building: threading.RLock) -> None:
        self.building = building
        self._built: dict[object, Any] = {}

    def build_all(self) -> None:
        """Build every member that is not there yet. Before threads start, so that none has to wait
        for a member that another one is building.
        """
        for name in dir(type(self)):
            if isinstance(getattr(type(self), name), Member):
                getattr(self, name)

    def built(self, key: object, build: Callable[[], Any]) -> Any:
        """What is kept under this key. Raises what `build` raises; then it is not there yet."""
        if key in self._built:
            return self._built[key]
        with self.building:
            if key not in self._built:
                self._built[key] = build()
            return self._built[key]


class Member(Generic[T_co]):
    """The decorator: turns a method of `Members` into a value that is built once."""

    def __init__(self, build: Callable[[Any], T_co]) -> None:
        self._build, self.__doc__ = build, build.__doc__

    @overload
    def __get__(self, owner: None, _type: type) -> Self: ...
    @overload
    def __get__(self, owner: Members, _type: type) -> T_co: ...
    def __get__(self, owner: Members | None, _type: type) -> Self | T_co:
        if owner is None:
            return self
        value: T_co = owner.built(self, lambda: self._build(owner))
        return value


member = Member


class Package(Members):
    """What one folder adds to the bot. A new one overrides what it needs of these methods."""

    def __init__(self, core: "Core") -> None:
        super().__init__(core.building)
        self.core = core

    def jobs(self) -> Iterable[Job]:
        """What is done every so often. Builds no member: commands that need no token ask, too."""
        return ()

    def lane_kinds(self) -> Iterable[LaneKind]:
        """Lanes and who handles their rows. Asked before the first lane runs."""
        return ()

    def timers(self) -> Iterable[Timer]:
        """What the scheduler's thread calls. Asked before it starts."""
        return ()

    def start(self) -> None:
        """Begin, when everything is built. Called again if the store went away meanwhile."""

    def catch_up(self) -> None:
        """Have done what was due while the store was away. What was done stays as it is."""

    def stop(self) -> None:
        """Finish what is being done. Takes seconds, whatever hangs."""
