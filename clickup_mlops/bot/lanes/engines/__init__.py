"""Who runs the lanes: one small port, and one file per engine in this folder.

An engine never holds anything that matters. The inbox and the lane leases are the truth; what an
engine drops when it dies is dispatched again by the sweeper. A message is only a lane's name, so
that it may arrive twice, late or never.
"""

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any, Final, Protocol

from clickup_mlops import registry
from clickup_mlops.bot.lanes.settings import EngineSettings
from clickup_mlops.errors import ConfigError
from clickup_mlops.store.ranks import DEFAULT

STOP_S: Final = 8.0
"""How long a stop waits for lanes that run; what they leave undone is done by the next process."""

Handler = Callable[[str], None]
"""Runs one lane until it has nothing ready; harmless when the lane is empty or taken."""


class Engine(Protocol):
    """What the bot asks of an engine."""

    def start(self, handler: Handler) -> None:
        """Begin to run lanes in this process."""

    def dispatch(self, lane: str, rank: int = DEFAULT) -> None:
        """Have this lane run soon, here or elsewhere: its class takes turns with the others
        (`store.ranks`). Never waits, nor fails, for a broker.
        """

    @property
    def problem(self) -> str:
        """Why lanes cannot be handed over, as of the last one; empty if they can."""

    def stop(self) -> None:
        """Run no more lanes, and let those that run in this process end: at most `STOP_S`."""


def create(settings: EngineSettings, store_url: str) -> Engine:
    """The engine that the settings name. Each module defines `ENGINE(settings, store_url)`.

    Raises:
        ConfigError: there is no such engine, or its packages are not installed.
    """
    try:
        engine: Engine = _factory(settings.kind)(settings, store_url)
    except ModuleNotFoundError as missing:
        raise ConfigError(
            f"engine.kind: {settings.kind} needs the package {missing.name}",
            hint=f'pip install "clickup-mlops[{settings.kind}]"',
        ) from missing
    return engine


def _factory(kind: str) -> Callable[[EngineSettings, str], Engine]:
    # Only the one that is wanted is imported: the others' packages may be missing.
    factory_: Any = None
    if kind in _shipped_names():
        factory_ = importlib.import_module(f"{__name__}.{kind}").ENGINE
    for entry in registry.list_installed(__name__).select(name=kind):
        factory_ = entry.load().ENGINE
    if factory_ is None:
        raise ConfigError(
            f"engine.kind: no engine {kind!r}", hint=f"There are: {', '.join(names())}."
        )
    factory: Callable[[EngineSettings, str], Engine] = factory_
    return factory


def names() -> list[str]:
    """Every engine that can be named in `engine.kind`."""
    return sorted({*_shipped_names(), *(entry.name for entry in registry.list_installed(__name__))})


def _shipped_names() -> set[str]:
    names_ = (info.name for info in pkgutil.iter_modules(__path__))
    return {name for name in names_ if not name.startswith("_")}
