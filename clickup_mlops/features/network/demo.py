"""The scene `network`, and what was measured of a network before the demonstration began."""

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
    from clickup_mlops.features.network import three_faults

    with three_faults.running(options.open_environment) as demo:
        play = partial(three_faults.perform, demo, pause=options.pause)
        yield Performance(play, environment=demo)


def _past_readings(demo: "Environment") -> Iterable[Reading]:
    from clickup_mlops.features.network import demonstration

    return demonstration.readings(demo)


def _finish_past(demo: "Environment") -> None:
    from clickup_mlops.features.network import demonstration

    demonstration.advise(demo)


_SUMMARY: Final = "a fabric with three faults: found, fixed, before and after."
DEMO: Final = Demo(
    {"network": Scene(_SUMMARY, _set_up)}, past_readings=_past_readings, finish_past=_finish_past
)
