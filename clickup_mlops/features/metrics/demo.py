"""The scene `metrics`, and what was measured before the demonstration began."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Final

from clickup_mlops.ports.demo.model import Demo, Performance, Reading, Scene, SceneOptions

if TYPE_CHECKING:
    from clickup_mlops.ports.demo.environment import Environment


@contextmanager
def _set_up(options: SceneOptions) -> Iterator[Performance]:
    # Commands that play no scene need none of it.
    from clickup_mlops.features.metrics.demonstration import slow_model

    with slow_model.running(options.open_environment) as (demo, server):
        play = partial(slow_model.perform, demo, server, pause=options.pause)
        yield Performance(play, environment=demo)


def _past_readings(demo: "Environment") -> Iterable[Reading]:
    from clickup_mlops.features.metrics.demonstration import past

    return past.readings(demo)


def _finish_past(demo: "Environment") -> None:
    from clickup_mlops.features.metrics.demonstration import past

    past.finish(demo)


_SUMMARY: Final = "a model server gets slow, and its task shows it."
DEMO: Final = Demo(
    {"metrics": Scene(_SUMMARY, _set_up)}, past_readings=_past_readings, finish_past=_finish_past
)
