"""Planted faults are found at their place, once; healthy fabrics give no finding. End to end: from
exporters' pages through the real sources.
"""

import pytest

from clickup_mlops.features.metrics.read.collect import Collector
from clickup_mlops.features.metrics.read.reader import WorldReader
from clickup_mlops.features.metrics.settings import kinds
from clickup_mlops.features.network.observing import source_tables, targets
from clickup_mlops.features.network.simulate.fabrics import SHAPES
from clickup_mlops.features.network.simulate.hour import SCRAPE_S, scrapes
from clickup_mlops.features.network.simulate.serve import serving
from clickup_mlops.features.network.simulate.traffic import SCENARIOS, Scenario
from clickup_mlops.features.network.simulate.world import World
from tests.simulated_fabric import (
    PLANTED,
    SCRAPES,
    START_MS,
    cases,
    findings_after,
    findings_of_healthy,
    planted_and_found,
)

SAMPLE = (
    ("few_flows", "clos-1to1"),
    ("checkpoint_incast", "clos-2to1"),
    ("slow_receiver", "rail"),
    ("bad_optic", "clos-2to1"),
    ("crossed_rail", "rail"),
    ("topology_gap", "clos-2to1"),
    ("straggler", "clos-1to1"),
    ("straggler_in_collectives", "rail"),
)


@pytest.mark.parametrize(("name", "shape"), SAMPLE)
def test_a_planted_fault_is_one_finding_at_its_place(name: str, shape: str) -> None:
    outcome = planted_and_found(name, shape, seed=1)

    assert outcome.is_placed
    assert len(outcome.findings) == 1


@pytest.mark.parametrize(
    ("shape", "scenario"),
    [("clos-1to1", "mixed"), ("clos-2to1", "checkpoint"), ("rail", "training")],
)
def test_a_healthy_fabric_gives_no_finding(shape: str, scenario: Scenario) -> None:
    """Though packets are lost one by one, errors are corrected, and checkpoints are written."""
    assert [*findings_of_healthy(shape, scenario, seed=5, count=SCRAPES)] == []


def test_the_same_is_found_through_http(tmp_path) -> None:
    """By the reader of real sources, from addresses in a file of targets."""
    world = World(SHAPES["rail"], "training", 3)
    places = PLANTED["half_speed"].plant(world)
    world.begin()
    readings = []
    with serving() as server:
        collector = None
        for time_s, pages in scrapes(world, 8):
            server.pages = pages
            if collector is None:
                paths = {}
                for kind, text in targets([*pages], server.address).items():
                    paths[kind] = str(tmp_path / f"{kind}.json")
                    (tmp_path / f"{kind}.json").write_text(text)
                collector = Collector(source_tables(paths), kinds, WorldReader())
            at_ms = START_MS + round(1000 * time_s)
            for collected in collector.scrape_all([*paths], lambda at_ms=at_ms: at_ms):
                assert not collected.problems
                readings += collected.readings

    (finding,) = findings_after(world, readings, round(8 * SCRAPE_S / SCRAPE_S))

    assert (finding.fault, finding.place in places) == ("half_speed", True)


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_of_all_faults_on_all_fabrics_at_least_95_of_100_are_found() -> None:
    """20 seeds each; the place is right in at least 9 of 10, and each is one finding."""
    outcomes = [
        (name, shape, seed, planted_and_found(name, shape, seed))
        for name, shape in cases()
        for seed in range(20)
    ]
    missed = [case for *case, outcome in outcomes if not outcome.is_recalled]
    misplaced = [case for *case, outcome in outcomes if not outcome.is_placed]
    repeated = [case for *case, outcome in outcomes if len(outcome.findings) > 1]
    assert len(missed) <= 0.05 * len(outcomes), missed
    assert len(misplaced) <= 0.1 * len(outcomes), misplaced
    assert len(repeated) <= 0.05 * len(outcomes), repeated


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_no_finding_in_a_hundred_healthy_hours() -> None:
    """Training, inference, checkpoints and all of them together, on each fabric."""
    false = [
        (shape, scenario, seed, finding.key)
        for seed in range(9)
        for shape in SHAPES
        for scenario in SCENARIOS
        for finding in findings_of_healthy(shape, scenario, seed, count=120)
    ]
    assert false == []
