"""Members: parts of an object, each built when it is first asked for, once, whichever thread asks.

Not `functools.cached_property`: up to Python 3.11 it holds one lock for all objects of a class
while it calls the function, and from 3.12 on none, so that two threads build a member twice.
"""

import threading
from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

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
        self._build, self.__doc__, self._name = build, build.__doc__, build.__name__

    @overload
    def __get__(self, owner: None, _type: type) -> Self: ...
    @overload
    def __get__(self, owner: Members, _type: type) -> T_co: ...
    def __get__(self, owner: Members | None, _type: type) -> Self | T_co:
        if owner is None:
            return self
        value: T_co = owner.built(self, lambda: self._build(owner))
        owner.__dict__[self._name] = value  # from now on Python finds it there, before this
        return value


member = Member
