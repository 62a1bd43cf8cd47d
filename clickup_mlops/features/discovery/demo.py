"""The scene `discover`: what a made-up team's export says, and what would answer it."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final

from clickup_mlops.ports.demo.model import Demo, Performance, Scene, SceneOptions


@contextmanager
def _set_up(options: SceneOptions) -> Iterator[Performance]:
    # Commands that play no scene need none of it.
    from clickup_mlops.features.discovery import demonstration

    with options.open_environment(()) as environment:
        yield Performance(partial(demonstration.perform, environment, options.pause))


_SUMMARY: Final = "where work waits in a made-up team, and what would answer it."
DEMO: Final = Demo(scenes={"discover": Scene(_SUMMARY, _set_up)})
