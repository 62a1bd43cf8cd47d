"""A simulated fabric in a real Prometheus: its exporters' pages as samples of the past, read by the
source of kind `prometheus` with the expressions of the shipped recording rules.
"""

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
import yaml

from clickup_mlops.features.metrics.read.collect import Collector
from clickup_mlops.features.metrics.read.reader import WorldReader
from clickup_mlops.features.metrics.scrape import Reading
from clickup_mlops.features.metrics.settings import kinds
from clickup_mlops.features.network.simulate.hour import SCRAPE_S, Pages
from tests.own_prometheus import Exporter, prometheus

RULES: Final = Path(__file__).parents[1] / "deploy" / "prometheus" / "recording_rules.yml"
_LINE: Final = re.compile(r"(\w+)\{(.*)\} (\S+)")
_RECORDED: Final = re.compile(r"clickup_mlops(?:_member)?:\w+")
_GROUPS: Final = {
    "clickup-mlops-ports",
    "clickup-mlops-hosts",
    "clickup-mlops-gpus",
    "clickup-mlops-switches",
    "clickup-mlops-collectives",
}


def expressions() -> Mapping[str, str]:
    """PromQL by measure. A rule that rests on another one has that one's expression in it, since
    rules are evaluated from now on, and the fabric's samples are of the past.
    """
    groups = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    rules: dict[str, str] = {}
    for group in groups:
        for rule in group["rules"] if group["name"] in _GROUPS else ():
            rules[rule["record"]] = _RECORDED.sub(lambda name: f"({rules[name[0]]})", rule["expr"])
    return {
        name.partition(":")[2]: expression
        for name, expression in rules.items()
        if name.startswith("clickup_mlops:")
    }


def samples(pages: Pages, at_s: float) -> Iterator[tuple[str, str]]:
    """Metric and sample of each line, as Prometheus stores what it scrapes: with an instance."""
    for address, page in pages.items():
        host, _, _exporter = address.rpartition("/")
        for line in page.splitlines():
            if match := _LINE.fullmatch(line):
                name, labels, value = match.groups()
                yield name, f'{name}{{{labels},instance="{host}:9100"}} {value} {at_s:.3f}'


def openmetrics(scrapes: Iterator[tuple[float, Pages]], start_ms: int) -> str:
    """All samples of all scrapes. Types do not matter to Prometheus."""
    by_name: dict[str, list[str]] = {}
    for time_s, pages in scrapes:
        for name, sample in samples(pages, start_ms / 1000 + time_s):
            by_name.setdefault(name, []).append(sample)
    lines = [line for name in by_name for line in by_name[name]]
    return "\n".join([*lines, "# EOF", ""])


@contextmanager
def fabric_prometheus(text: str, folder: Path) -> Iterator[str]:
    """The address of a Prometheus that holds these samples."""
    tool = shutil.which("promtool")
    if tool is None:
        pytest.skip("no promtool: install the package promtool")
    (folder / "past.txt").write_text(text, encoding="utf-8")
    command = [tool, "tsdb", "create-blocks-from", "openmetrics", folder / "past.txt"]
    subprocess.run([*command, folder / "data"], check=True, capture_output=True)
    exporter = Exporter("other")
    try:
        with prometheus(exporter, folder) as address:
            yield address
    finally:
        exporter.stop()


def read_through(address: str, start_ms: int, count: int) -> list[Reading]:
    """What the bot reads after each of so many scrapes."""
    table = kinds()["prometheus"].settings(
        kind="prometheus", url=address, queries=expressions(), timeout="PT30S"
    )
    collector = Collector({"fleet": table}, kinds, WorldReader())
    readings: list[Reading] = []
    for number in range(1, count + 1):
        collected = collector.scrape("fleet", start_ms + round(1000 * SCRAPE_S * number))
        assert not collected.problems
        readings += collected.readings
    return readings
