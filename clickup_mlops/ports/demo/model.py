"""What a feature brings to the demonstration: the `DEMO` of its module `demo`."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from clickup_mlops.config import Table
    from clickup_mlops.ports.demo.environment import Environment
    from clickup_mlops.store.tables.history import Series

Say: TypeAlias = Callable[[str], object]
"""Prints a line of the story."""
Open: TypeAlias = "Callable[[Iterable[Table]], AbstractContextManager[Environment]]"
"""Runs sandbox and bot until the block ends, with these tables in the bot's settings."""
Reading: TypeAlias = "tuple[Series, int, float]"
"""A series, the time (Unix ms) and the value."""


@dataclass(frozen=True, slots=True)
class SceneOptions:
    """How a scene is to be played: the sandbox's port (0: any), what is called between its steps,
    so that people can follow, and how an environment is opened.
    """

    port: int
    pause: Callable[[], object]
    open_environment: Open


@dataclass(frozen=True, slots=True)
class Performance:
    """A scene that is set up. `play` plays it and returns its result as JSON values.

    What is kept running afterwards is the `environment`, or what `next_steps` tells about.
    """

    play: Callable[[Say], Mapping[str, object]]
    environment: "Environment | None" = None
    next_steps: Callable[[], str] = lambda: ""


@dataclass(frozen=True, slots=True)
class Scene:
    """`clickup-mlops demo <name>`. `summary` continues "<name>: ..."."""

    summary: str
    set_up: Callable[[SceneOptions], AbstractContextManager[Performance]]


@dataclass(frozen=True, slots=True)
class Demo:
    """Each part is optional. A demonstration has a made-up past, so that pages show something."""

    scenes: Mapping[str, Scene] = field(default_factory=dict)
    settings: "Callable[[str], Iterable[Table]]" = lambda _url: ()
    """Tables of the bot's settings; the bot is reached at the URL."""
    past_readings: "Callable[[Environment], Iterable[Reading]]" = lambda _demo: ()
    """What was measured before; the caller stores it."""
    finish_past: "Callable[[Environment], None]" = lambda _demo: None
    """What follows from the readings, once those of all features are stored."""
    hint: "Callable[[Environment], str]" = lambda _demo: ""
    """What to try while it is kept running."""
