"""A simulated fabric as real sources read it: pages -> scrapes -> readings."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import orjson

from clickup_mlops.features.metrics.read.collect import Collector
from clickup_mlops.features.metrics.scrape import Reading
from clickup_mlops.features.metrics.settings import kinds
from clickup_mlops.features.metrics.source import SourceError, SourceTable
from clickup_mlops.json_types import Json

_SWITCHES: Final = "sonic"
"""The kind of source whose targets are switches."""


@dataclass
class PageReader:
    """Answers a GET with a page: the `Reader` of sources, for pages in memory. `files` by path."""

    pages: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)

    def text(self, url: str, headers: Mapping[str, str], timeout_s: float) -> str:
        """The page at an address."""
        return self.pages["/".join(url.split("/")[-2:])]

    def json(
        self,
        url: str,
        params: Mapping[str, str],
        headers: Mapping[str, str],
        timeout_s: float,
        body: Json = None,
    ) -> Json:
        """There is none."""
        raise SourceError(f"{url}: not in memory")

    def file(self, path: str) -> str:
        """A file of targets."""
        return self.texts[path]

    def addresses(self, name: str) -> Sequence[str]:
        """There are none."""
        return ()

    def paths(self, pattern: str) -> Sequence[str]:
        """The pattern itself."""
        return (pattern,)

    def files(self, pattern: str) -> Mapping[str, str]:
        """There is none."""
        return {}

    def output(
        self, command: Sequence[str], timeout_s: float, environment: Sequence[str] = ()
    ) -> str:
        """There is none."""
        raise SourceError(f"{command[0]}: not in memory")


def targets(addresses: Sequence[str], server: str) -> Mapping[str, str]:
    """Files of targets, as Prometheus reads them, by kind of source. `addresses` of pages are
    `<host>/<kind>`, all on one server (`127.0.0.1:9100`).
    """
    by_kind: dict[str, list[Json]] = {}
    for address in addresses:
        host, _, kind = address.rpartition("/")
        names = {"switch": host} if kind == _SWITCHES else {"host": host}
        labels: dict[str, Json] = {**names, "__metrics_path__": f"/{address}"}
        by_kind.setdefault(kind, []).append({"targets": [server], "labels": labels})
    return {kind: orjson.dumps(groups).decode() for kind, groups in by_kind.items()}


def source_tables(paths: Mapping[str, str]) -> Mapping[str, SourceTable]:
    """A source for each kind, of a fleet in a file of targets; `paths` by kind."""
    every = timedelta(seconds=30)
    return {
        kind: kinds()[kind].settings(kind=kind, target_files=(path,), every=every)
        for kind, path in paths.items()
    }


def observe(scrapes: Iterator[tuple[float, Mapping[str, str]]], start_ms: int) -> Iterator[Reading]:
    """What sources make of each scrape; its times are seconds after `start_ms` (Unix ms).

    Raises:
        SourceError: a page could not be read.
    """
    reader = PageReader()
    collector: Collector | None = None
    for time_s, pages in scrapes:
        reader.pages = pages
        if collector is None:
            reader.texts = targets([*pages], "127.0.0.1:9")
            collector = Collector(source_tables({k: k for k in reader.texts}), kinds, reader)
        for kind in reader.texts:
            collected = collector.scrape(kind, start_ms + round(1000 * time_s))
            if collected.problems:
                raise SourceError("; ".join(collected.problems))
            yield from collected.readings
