"""A simulated fabric, read through its exporters' pages by the real sources, and diagnosed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from clickup_mlops import registry
from clickup_mlops.features.metrics.scrape import Reading
from clickup_mlops.features.network.diagnosis.diagnose import WINDOW_MS, diagnose
from clickup_mlops.features.network.diagnosis.fabric import Fabric, of_topology
from clickup_mlops.features.network.diagnosis.model import Finding
from clickup_mlops.features.network.diagnosis.windows import windows
from clickup_mlops.features.network.observing import observe
from clickup_mlops.features.network.simulate import planted, topology
from clickup_mlops.features.network.simulate.fabrics import SHAPES
from clickup_mlops.features.network.simulate.hour import SCRAPE_S, scrapes
from clickup_mlops.features.network.simulate.planting import Planted
from clickup_mlops.features.network.simulate.traffic import Scenario
from clickup_mlops.features.network.simulate.world import World
from clickup_mlops.features.network.topology.loaders import file
from clickup_mlops.features.network.topology.merge import merge

PLANTED: Final[Mapping[str, Planted]] = registry.find(planted, "PLANTED")
START_MS: Final = 1_800_000_000_000
SCRAPES: Final = 12


@dataclass(frozen=True)
class Outcome:
    """What was planted, where, and what was found."""

    kind: str
    places: frozenset[str]
    findings: tuple[Finding, ...]

    @property
    def is_recalled(self) -> bool:
        return any(finding.fault == self.kind for finding in self.findings)

    @property
    def is_placed(self) -> bool:
        return any(f.fault == self.kind and f.place in self.places for f in self.findings)


def fabric_of(world: World) -> Fabric:
    """As its operators wrote it down."""
    return of_topology(merge([file.load(topology.text(world), "simulated")]))


def cases() -> list[tuple[str, str]]:
    """Each planted fault on each shape that can have it."""
    return [
        (name, shape.name)
        for name, fault in PLANTED.items()
        for shape in SHAPES.values()
        if fault.oversubscription <= shape.oversubscription
    ]


def planted_and_found(name: str, shape: str, seed: int, scenario: Scenario = "training") -> Outcome:
    """Six minutes with one fault."""
    world = World(SHAPES[shape], scenario, seed)
    places = PLANTED[name].plant(world)
    world.begin()
    readings = [*observe(scrapes(world, SCRAPES), START_MS)]
    return Outcome(PLANTED[name].kind, places, findings_after(world, readings, SCRAPES))


def findings_after(world: World, readings: Sequence[Reading], count: int) -> tuple[Finding, ...]:
    """After so many scrapes."""
    fabric, end_ms = fabric_of(world), START_MS + round(1000 * SCRAPE_S * count)
    data = windows(readings, end_ms, WINDOW_MS, fabric.name_of)
    return diagnose(data, fabric).findings


def findings_of_healthy(
    shape: str, scenario: Scenario, seed: int, count: int, every: int = 4
) -> Iterator[Finding]:
    """All findings of a fabric without a fault, looked at every so many scrapes."""
    world = World(SHAPES[shape], scenario, seed)
    world.begin()
    readings: list[Reading] = []
    window_ms = 0
    for reading in observe(scrapes(world, count), START_MS):
        if reading.at_ms != window_ms and readings:
            number = round((window_ms - START_MS) / 1000 / SCRAPE_S)
            if number % every == 0:
                yield from findings_after(world, readings, number)
            readings = [r for r in readings if r.at_ms > window_ms - WINDOW_MS]
        window_ms = reading.at_ms
        readings.append(reading)
    yield from findings_after(world, readings, count)
