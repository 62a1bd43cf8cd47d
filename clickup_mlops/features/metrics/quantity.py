"""The vocabulary: what a measure's name means, whichever source it comes from.

A quantity is defined once, in a module of a feature's folder `vocabulary`. A source derives it, a
file or a query gives it by its name; what has any other name is *raw*: shown and bound as it is,
and never diagnosed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from clickup_mlops import registry

ROOM: Final = "vocabulary"
"""The sub-package in which each feature keeps the quantities that it defines."""
Direction = Literal["", "sent", "received", "both"]
"""As seen from the place that is measured: what a port *sent* left it. Empty: it has none."""
Scope = Literal[
    "port",
    "host",
    "switch port",
    "queue",
    "switch",
    "uplink group",
    "rail",
    "job",
    "rank",
    "gpu",
    "model",
    "replica",
    "workload queue",
    "cluster",
]
"""What a series is about. A *port* is a host's, a *queue* is one priority of a switch port, and a
*workload queue* is where jobs wait to be scheduled.
"""
LABELS: Final[Mapping[Scope, tuple[str, ...]]] = {
    "port": ("host", "device", "port"),
    "host": ("host",),
    "switch port": ("switch", "interface"),
    "queue": ("switch", "interface", "queue"),
    "switch": ("switch",),
    "uplink group": ("switch", "group"),
    "rail": ("rail",),
    "job": ("job",),
    "rank": ("job", "rank"),
    "gpu": ("host", "gpu"),
    "model": ("model_name",),
    "replica": ("model_name", "replica"),
    "workload queue": ("queue",),
    "cluster": (),
}
"""Labels that name the place in recording rules and of a fleet's series. A source of one host or
server may leave out what all of its series have, or call it by its exporter's name.
"""

SIGNED: Final = frozenset(["°C", "dBm", "correlation", "loss"])
"""Units of what may be below 0."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """What is measured, in which unit, in which direction and of what."""

    id: str
    unit: str
    scope: Scope
    meaning: str
    direction: Direction = ""


@cache
def quantities() -> Mapping[str, Quantity]:
    """All of them by id.

    Raises:
        ConfigError: a module defines none.
    """
    modules = registry.find_all(ROOM, "QUANTITIES").values()
    return {quantity.id: quantity for group in modules for quantity in group}


def unit_of(measure: str) -> str:
    """The unit of a quantity; empty for what is raw."""
    quantity = quantities().get(measure)
    return quantity.unit if quantity else ""


def is_raw(measure: str) -> bool:
    """Whether nothing is known of it but its name."""
    return measure not in quantities()


def is_possible(measure: str, value: float) -> bool:
    """Whether it may be so much: programs write -1 for what they do not know."""
    quantity = quantities().get(measure)
    return value >= 0 or quantity is None or quantity.unit in SIGNED


def percentiles(key: str, title: str, scope: Scope = "model") -> Iterator[Quantity]:
    """Three percentiles and the mean of a time, in ms."""
    for percent in (50, 95, 99):
        meaning = f"{title}, {percent}th percentile."
        yield Quantity(f"{key}_p{percent}_ms", "ms", scope, meaning)
    yield Quantity(f"{key}_mean_ms", "ms", scope, f"{title}, mean.")
