"""What was measured of a network before the demonstration began, and the advice on it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from clickup_mlops.ports.demo.model import Demo, Reading

if TYPE_CHECKING:
    from clickup_mlops.ports.demo.environment import Environment


def _past_readings(demo: "Environment") -> Iterable[Reading]:
    from clickup_mlops.features.network import demonstration

    return demonstration.readings(demo)


def _finish_past(demo: "Environment") -> None:
    from clickup_mlops.features.network import demonstration

    demonstration.advise(demo)


DEMO: Final = Demo(past_readings=_past_readings, finish_past=_finish_past)
