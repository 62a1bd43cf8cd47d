"""Planted faults are found through a real Prometheus, by the shipped recording rules."""

import time
from pathlib import Path

import pytest

from clickup_mlops.features.network.diagnosis.diagnose import WINDOW_MS, diagnose
from clickup_mlops.features.network.diagnosis.model import Diagnosis
from clickup_mlops.features.network.diagnosis.windows import windows
from clickup_mlops.features.network.simulate.fabrics import SHAPES
from clickup_mlops.features.network.simulate.hour import SCRAPE_S, scrapes
from clickup_mlops.features.network.simulate.traffic import SCENARIOS, Scenario
from clickup_mlops.features.network.simulate.world import World
from tests.prometheus_fabric import fabric_prometheus, openmetrics, read_through
from tests.simulated_fabric import PLANTED, cases, fabric_of

pytestmark = [pytest.mark.services, pytest.mark.slow, pytest.mark.once]
SCRAPES = 24
"""Twelve minutes: rates are over five."""


def diagnosed(world: World, folder: Path) -> Diagnosis:
    """What the bot says of a fabric that is only read through Prometheus."""
    world.begin()
    start_ms = round(time.time() * 1000) - 3_600_000
    text = openmetrics(scrapes(world, SCRAPES), start_ms)
    with fabric_prometheus(text, folder) as address:
        readings = read_through(address, start_ms, SCRAPES)
    fabric, end_ms = fabric_of(world), start_ms + round(1000 * SCRAPE_S * SCRAPES)
    return diagnose(windows(readings, end_ms, WINDOW_MS, fabric.name_of), fabric)


def check(name: str, shape: str, seed: int, folder: Path) -> None:
    """One finding, of this kind, at its place."""
    world = World(SHAPES[shape], "training", seed)
    places = PLANTED[name].plant(world)
    result = diagnosed(world, folder)

    assert [finding.fault for finding in result.findings] == [PLANTED[name].kind]
    assert result.findings[0].place in places
    assert result.unknown == ()


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("few_flows", "clos-1to1"),
        ("link_flap", "rail"),
        ("wrong_class", "clos-2to1"),
        ("straggler_in_collectives", "rail"),
    ],
)
def test_a_planted_fault_is_found_by_the_shipped_rules(
    name: str, shape: str, tmp_path: Path
) -> None:
    """Nothing is unknown for want of a measure; a flap is counted once."""
    check(name, shape, 1, tmp_path)


def test_a_healthy_fabric_gives_no_finding_by_the_shipped_rules(tmp_path: Path) -> None:
    assert diagnosed(World(SHAPES["rail"], "mixed", 2), tmp_path) == Diagnosis()


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_of_all_faults_on_all_fabrics_each_is_found_by_the_shipped_rules(tmp_path: Path) -> None:
    for number, (name, shape) in enumerate(cases()):
        folder = tmp_path / str(number)
        folder.mkdir()
        check(name, shape, 1, folder)


@pytest.mark.soak
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("shape", SHAPES)
def test_no_healthy_fabric_gives_a_finding_by_the_shipped_rules(
    shape: str, scenario: Scenario, tmp_path: Path
) -> None:
    assert diagnosed(World(SHAPES[shape], scenario, 2), tmp_path).findings == ()
