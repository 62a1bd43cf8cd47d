"""`ethtool -S` of network devices of this machine: pauses per priority, drops, PCIe, bit errors.

Names of mlx5, bnxt_en, ice, i40e and ionic are known.
"""

from collections.abc import Iterator

from pydantic import Field

from clickup_mlops.features.metrics.scrape import Sample, Scrape, labels, scrape
from clickup_mlops.features.metrics.source import Reader, Source, SourceError, SourceTable
from clickup_mlops.features.network.derive.rdma_names import network_device
from clickup_mlops.features.network.derive.roce import MEASURES


class Settings(SourceTable):
    """`[metrics.sources.<name>]` with `kind = "ethtool"`."""

    devices: tuple[str, ...] = Field(min_length=1)
    """Network devices, such as `ens1f0np0`."""
    command: str = "ethtool"
    """The program to run."""


def parse(text: str, device: str) -> Iterator[Sample]:
    """Samples of the counters that are used. Lines that are no counter are left out."""
    for line in text.splitlines():
        name, colon, value = line.strip().rpartition(": ")
        if colon and value.isdecimal():
            yield from network_device(name, Sample(name, labels(device=device), float(value)))


def collect(settings: Settings, reader: Reader, now_ms: int) -> Scrape:
    """All configured devices. One that fails loses no other."""
    samples, problems = list[Sample](), list[str]()
    for device in settings.devices:
        command = (settings.command, "-S", device)
        try:
            samples += parse(reader.output(command, settings.timeout.total_seconds()), device)
        except SourceError as problem:
            problems.append(f"{device}: {problem}")
    return scrape(now_ms, samples, problems)


SOURCE = Source(Settings, collect, MEASURES)
