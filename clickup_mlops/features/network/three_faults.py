"""The demonstration of networks: a fabric with three faults that nobody has reported.

The fabric is simulated; its exporters' pages are read by the real sources, and what the bot finds
and writes is not made up. Minutes of the fabric pass in a second.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from clickup_mlops.automations.choices import AutomationChoice
from clickup_mlops.automations.settings import AutomationsSettings
from clickup_mlops.errors import ConfigError
from clickup_mlops.features.metrics.scrape import Reading
from clickup_mlops.features.network.balance.operations import measured
from clickup_mlops.features.network.diagnosis import text
from clickup_mlops.features.network.diagnosis.diagnose import WINDOW_MS, diagnose
from clickup_mlops.features.network.diagnosis.fabric import Fabric, of_topology
from clickup_mlops.features.network.diagnosis.model import Finding
from clickup_mlops.features.network.diagnosis.windows import Windows, windows
from clickup_mlops.features.network.observing import observe
from clickup_mlops.features.network.package import NetworkPackage
from clickup_mlops.features.network.topology.loaders import file
from clickup_mlops.features.network.topology.merge import merge
from clickup_mlops.ports.demo.environment import Environment, settle
from clickup_mlops.ports.demo.model import Open, Say

try:
    from clickup_mlops.features.network.simulate import topology
    from clickup_mlops.features.network.simulate.fabrics import SHAPES
    from clickup_mlops.features.network.simulate.hour import SCRAPE_S, scrapes
    from clickup_mlops.features.network.simulate.world import World
except ImportError as problem:
    raise ConfigError(
        "the simulated fabric needs numpy", hint="pip install 'clickup-mlops[network]'"
    ) from problem

_LIST: Final = "Cluster"
_SEED: Final = 11
_BEFORE, _AFTER, _STEP = 12, 34, 4
"""Scrapes with the faults, and after they are fixed; the bot looks at every so many."""
_OPTIC, _LATE = ("gpu-06", 1), "gpu-12"
_ERRORS, _LOSS, _PACE = 1e-10, 4e-5, 0.6
Pages = Iterator[tuple[float, Mapping[str, str]]]


@dataclass(frozen=True, slots=True)
class Look:
    """What the bot found at a time of the fabric, and what its ports sent."""

    findings: tuple[Finding, ...]
    sent_gbps: float


@contextmanager
def running(open_environment: Open) -> Iterator[Environment]:
    """Sandbox and bot, with the automations about findings switched on."""
    choices = {
        "network_finding": AutomationChoice(mode="on", settings={"list": _LIST}),
        "reported_over": AutomationChoice(mode="on", settings={"status": "complete"}),
    }
    with open_environment([AutomationsSettings(mode="on", by_name=choices)]) as demo:
        yield demo


def perform(demo: Environment, say: Say, *, pause: Callable[[], object]) -> dict[str, object]:
    """Play everything."""
    world = World(SHAPES["clos-1to1"], "training", _SEED)
    _plant(world)
    world.begin()
    story = _Story(demo, world)
    say(f"A local ClickUp runs at {demo.clickup.url}. Beside it a fabric: 16 hosts, 4 leaves, 8")
    say("spines, two training jobs. Three things are wrong, and nobody has reported any of them:")
    say("  one job uses a single queue pair per connection, an optic damages packets, and a GPU is")
    say("  throttled. The bot only sees what hosts, GPUs and switches export.")
    before = story.look(_BEFORE)
    for finding in before.findings:
        say("\n" + text.block(finding))
        pause()
    say(f"\nA task for each is in the List {_LIST}; the ports send {before.sent_gbps:,.0f} Gbit/s.")
    say("\nThe team sets 16 queue pairs, replaces the optic, and swaps the GPU.")
    _fix(world)
    world.begin()
    after = story.look(_AFTER)
    gain = 100 * (after.sent_gbps / before.sent_gbps - 1) if before.sent_gbps else 0.0
    say(
        f"A quarter of an hour later: {len(after.findings)} findings, {after.sent_gbps:,.0f} Gbit/s"
    )
    say(f"sent ({gain:+.0f}%).")
    tasks = _tasks(demo, before.findings)
    for name, status in tasks.items():
        say(f"  ► {name}: {status}")
    return {
        "findings": [finding.key for finding in before.findings],
        "findings_after": [finding.key for finding in after.findings],
        "sent_gbps_before": round(before.sent_gbps),
        "sent_gbps_after": round(after.sent_gbps),
        "tasks": tasks,
    }


class _Story:
    """The fabric's time goes on while the bot looks at it."""

    def __init__(self, demo: Environment, world: "World") -> None:
        self._demo, self._world = demo, world
        self._fabric: Fabric = of_topology(merge([file.load(topology.text(world), "demo")]))
        self._start_ms = self._now_ms = demo.bot.now_ms()
        self._readings: list[Reading] = []
        self._pages: Pages = scrapes(world, _BEFORE + _AFTER)
        self._observed = observe(self._pages, self._start_ms)

    def look(self, count: int) -> Look:
        """After so many scrapes more; what is new on the way becomes reports."""
        data = self._window()
        for number in range(count):
            self._read_one()
            if number % _STEP == _STEP - 1 or number == count - 1:
                data = self._window()
                self._demo.bot.get(NetworkPackage).report(data, self._fabric, self._now_ms)
        settle(self._demo)
        return Look(
            diagnose(data, self._fabric).findings,
            measured(self._fabric, data).sent_gbps,
        )

    def _read_one(self) -> None:
        """All readings of one scrape have its time."""
        self._now_ms += round(1000 * SCRAPE_S)
        for reading in self._observed:
            self._readings.append(reading)
            if reading.at_ms > self._now_ms:
                break

    def _window(self) -> Windows:
        self._readings = [r for r in self._readings if r.at_ms > self._now_ms - WINDOW_MS]
        return windows(self._readings, self._now_ms, WINDOW_MS, self._fabric.name_of)


def _plant(world: "World") -> None:
    first, second = world.jobs
    first.is_ring, first.pairs, first.demand, second.demand = True, 1, 0.9, 0.3
    host, rail = _OPTIC
    index = world.shape.nics_by_host[host][rail].index
    world.conditions.post_fec[index], world.conditions.loss[index] = _ERRORS, _LOSS
    world.conditions.gpu_pace[_LATE] = _PACE


def _fix(world: "World") -> None:
    host, rail = _OPTIC
    index = world.shape.nics_by_host[host][rail].index
    world.jobs[0].pairs = 16
    world.conditions.post_fec[index] = world.conditions.loss[index] = 0.0
    world.conditions.gpu_pace.clear()


def _tasks(demo: Environment, findings: Sequence[Finding]) -> dict[str, str]:
    """Status of the task of each finding, by its name."""
    names = {text.title(finding) for finding in findings}
    control = demo.clickup.control
    return {
        task.name: str(control.task(task.id)["status"]["status"])
        for task in control.tasks
        if task.name in names
    }
