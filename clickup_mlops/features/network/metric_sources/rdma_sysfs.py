"""RDMA ports of this machine, read from sysfs: complete on any kernel, without an exporter."""

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Final

from clickup_mlops.features.metrics.scrape import Sample, Scrape, labels, scrape
from clickup_mlops.features.metrics.source import Reader, Source, SourceError, SourceTable
from clickup_mlops.features.network.derive.rdma_names import rates, sysfs, together
from clickup_mlops.features.network.derive.roce import MEASURES

_STATE: Final = re.compile(r"(\d+):")


class Settings(SourceTable):
    """`[metrics.sources.<name>]` with `kind = "rdma_sysfs"`."""

    root: str = "/sys"
    """Where sysfs is mounted: in a container perhaps `/host/sys`."""


def parse(files: Mapping[str, str]) -> Iterator[Sample]:
    """Samples from files by path, `…/<device>/ports/<port>/…`. What is no number is left out."""
    for path, text in files.items():
        *_, device, _ports, port, name = _short(path)
        key = labels(device=device, port=port)
        yield from (Sample(counter, key, value) for counter, value in _values(name, text))


def _short(path: str) -> tuple[str, ...]:
    parts = PurePath(path).parts
    at = len(parts) - 1 - parts[::-1].index("ports")
    return (*parts[at - 1 : at + 2], parts[-1])


def _values(name: str, text: str) -> Iterator[tuple[str, float]]:
    if name == "rate":
        yield from rates(text)
    elif name in ("state", "phys_state"):
        if match := _STATE.match(text):
            yield name, float(match[1])
    elif text.isdecimal() and (counter := sysfs(name, float(text))):
        yield counter


def collect(settings: Settings, reader: Reader, now_ms: int) -> Scrape:
    """All ports of all devices.

    Raises:
        SourceError: there is none.
    """
    ports = f"{settings.root}/class/infiniband/*/ports/*"
    files: dict[str, str] = {}
    for part in ("rate", "state", "phys_state", "counters/*", "hw_counters/*"):
        files |= reader.files(f"{ports}/{part}")
    if not files:
        raise SourceError(
            f"{settings.root}/class/infiniband: no RDMA port",
            hint="Set `root` if sysfs is mounted elsewhere, or use kind `node_exporter`.",
        )
    return scrape(now_ms, together(parse(files)))


SOURCE = Source(Settings, collect, MEASURES)
