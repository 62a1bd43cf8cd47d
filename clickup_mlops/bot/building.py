"""Parts that are built when they are first asked for: each once, whichever thread asks.

Not `functools.cached_property`: up to Python 3.11 it holds one lock for all objects of a class
while it calls the function, and from 3.12 on none, so that two threads build a part twice.
"""

import threading
from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

T_co = TypeVar("T_co", covariant=True)


class Container:
    """An object with parts. It has one lock for all of them, so that there is no order to keep."""

    def __init__(self) -> None:
        self._built: dict[str, Any] = {}
        self._building = threading.RLock()

    def use(self, **parts: Any) -> None:
        """Take these parts, by name, instead of building them. What was built before keeps its."""
        with self._building:
            self._built |= parts

    def discard(self, *names: str) -> None:
        """Build these parts again when they are asked for."""
        with self._building:
            for name in names:
                self._built.pop(name, None)

    def build_all(self) -> None:
        """Build every part that is not there yet. Before threads start, so that none has to wait
        for a part that another one is building.
        """
        for name in dir(type(self)):
            if isinstance(getattr(type(self), name), Part):
                getattr(self, name)

    def built(self, name: str, build: Callable[[], Any]) -> Any:
        """The part of this name. Raises what `build` raises; then it is not there yet."""
        if name in self._built:
            return self._built[name]
        with self._building:
            if name not in self._built:
                self._built[name] = build()
            return self._built[name]


class Part(Generic[T_co]):
    """The decorator: turns a method of a `Container` into one of its parts."""

    def __init__(self, build: Callable[[Any], T_co]) -> None:
        self._build, self.__doc__ = build, build.__doc__

    @overload
    def __get__(self, container: None, _owner: type) -> Self: ...
    @overload
    def __get__(self, container: Container, _owner: type) -> T_co: ...
    def __get__(self, container: Container | None, _owner: type) -> Self | T_co:
        if container is None:
            return self
        part: T_co = container.built(self._build.__name__, lambda: self._build(container))
        return part


part = Part
