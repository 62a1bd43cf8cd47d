"""The scene `migration`: the boards of a local Monday.com move into ClickUp."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final

from clickup_mlops.ports.demo.model import Demo, Performance, Scene, SceneOptions


@contextmanager
def _set_up(options: SceneOptions) -> Iterator[Performance]:
    # Commands that play no scene need none of it.
    from clickup_mlops.features.migration import demonstration

    with demonstration.running(options.port) as world:
        yield Performance(
            partial(demonstration.perform, world),
            next_steps=partial(demonstration.next_steps, world),
        )


_SUMMARY: Final = "the boards of a local Monday.com move into ClickUp."
DEMO: Final = Demo(scenes={"migration": Scene(_SUMMARY, _set_up)})
