"""A fleet is one source: its series have their target's labels, and a failure loses no other."""

import json
from collections.abc import Mapping, Sequence
from threading import Event
from typing import Any

import pytest

from clickup_mlops.features.metrics.read.collect import Collector
from clickup_mlops.features.metrics.read.settings import PageTable
from clickup_mlops.features.metrics.read.targets import file_sd, targets
from clickup_mlops.features.metrics.settings import kinds
from clickup_mlops.features.metrics.source import SourceError


class Fleet:
    """Pages by address, files by path, and addresses by name."""

    def __init__(
        self,
        pages: Mapping[str, str] | None = None,
        files: Mapping[str, str] | None = None,
        names: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.pages, self._files, self._names = dict(pages or {}), files or {}, names or {}

    def text(self, url: str, headers: Any, timeout_s: float) -> str:
        if url not in self.pages:
            raise SourceError(f"{url}: no answer in time")
        return self.pages[url]

    def file(self, path: str) -> str:
        return self._files[path]

    def paths(self, pattern: str) -> Sequence[str]:
        return sorted(path for path in self._files if path.startswith(pattern.rstrip("*")))

    def addresses(self, name: str) -> Sequence[str]:
        return self._names[name]


def rdma(messages: float) -> str:
    port = 'device="mlx5_0",port="1"'
    return (
        f"rdma_port_xmit_data_total{{{port}}} {messages}\n"
        f'rdma_port_info{{{port},link_speed="400 Gb/sec",state="ACTIVE"}} 1\n'
    )


def test_a_fleet_of_hosts_is_one_source() -> None:
    """With the same device on each; rates are of each host's own counters."""
    fleet = Fleet({f"http://gpu-0{n}:9879/metrics": rdma(0) for n in (1, 2)})
    table = PageTable(kind="rdma_exporter", targets=("gpu-01:9879", "gpu-02:9879", "gpu-03:9879"))
    collector = Collector({"roce": table}, kinds, fleet)  # type: ignore[arg-type]
    collector.scrape("roce", 0)
    fleet.pages |= {
        "http://gpu-01:9879/metrics": rdma(1.25e9),
        "http://gpu-02:9879/metrics": rdma(2.5e9),
    }

    collected = collector.scrape("roce", 1_000)

    messages = {
        reading.label("host"): reading.value
        for reading in collected.readings
        if reading.measure == "sent_bytes_s"
    }
    assert messages == {"gpu-01": 5e9, "gpu-02": 1e10}
    assert collected.problems == ("http://gpu-03:9879/metrics: no answer in time",)


def test_a_target_that_is_no_address_loses_no_other() -> None:
    """As one that does not answer."""
    table = PageTable(kind="rdma_exporter", targets=("[gpu-01", "gpu-02:9879"))
    fleet = Fleet({"http://gpu-02:9879/metrics": rdma(1)})
    collector = Collector({"roce": table}, kinds, fleet)  # type: ignore[arg-type]
    collected = collector.scrape("roce", 0)

    assert {reading.label("host") for reading in collected.readings} == {"gpu-02"}
    assert len(collected.problems) == 1


def test_a_fleet_that_nobody_answers_for_is_a_problem() -> None:
    """As one address is; readings of before do not come back."""
    collector = Collector(
        {"roce": PageTable(kind="rdma_exporter", targets=("gpu-01:9879", "gpu-02:9879"))},
        kinds,
        Fleet(),  # type: ignore[arg-type]
    )
    collected = collector.scrape("roce", 0)
    assert not collected.readings
    assert collected.problems[0].startswith("none of 2 targets: http://gpu-01:9879/metrics: ")


def test_targets_come_from_files_and_names() -> None:
    """Prometheus' own files; labels of a group; each target once."""
    groups = [{"targets": ["gpu-01:9400"], "labels": {"rack": "r1"}}]
    yaml = "- targets: ['gpu-02:9400']\n  labels: {rack: r2, host: second}\n"
    fleet = Fleet(
        files={"/sd/a.json": json.dumps(groups), "/sd/b.yml": yaml},
        names={"dcgm.svc": ["10.0.0.1", "[fd00::1]"]},
    )
    table = PageTable(
        kind="dcgm",
        target_files=("/sd/*",),
        target_names=("dcgm.svc:9400",),
        targets=("10.0.0.1:9400",),
        labels={"cluster": "a"},
        scheme="https",
    )
    result = targets(table, fleet)  # type: ignore[arg-type]
    assert [(target.url, dict(target.labels)) for target in result] == [
        ("https://10.0.0.1:9400/metrics", {"host": "10.0.0.1", "cluster": "a"}),
        ("https://gpu-01:9400/metrics", {"host": "gpu-01", "cluster": "a", "rack": "r1"}),
        ("https://gpu-02:9400/metrics", {"host": "second", "cluster": "a", "rack": "r2"}),
        ("https://[fd00::1]:9400/metrics", {"host": "fd00::1", "cluster": "a"}),
    ]


def test_rules_choose_and_name_targets() -> None:
    """With the labels that only rules see, they are not shown."""
    table = PageTable(
        kind="dcgm",
        targets=("10.0.0.1:9400", "10.0.0.2:9400"),
        relabel=(
            {"source_labels": ["__address__"], "regex": r".*\.2:.*", "action": "drop"},
            {"source_labels": ["host"], "regex": r".*\.(\d+)", "target_label": "rack"},
            {"target_label": "__metrics_path__", "replacement": "/gpu"},
        ),
    )
    (target,) = targets(table, Fleet())  # type: ignore[arg-type]
    assert target.url == "http://10.0.0.1:9400/gpu"
    assert dict(target.labels) == {"host": "10.0.0.1", "rack": "1"}


@pytest.mark.parametrize(
    ("path", "text", "problem"),
    [
        ("a.json", "{}", "a.json: no list of groups"),
        ("a.json", "[{}]", "a.json: group 1 has no targets"),
        ("a.json", "nothing", "a.json: not JSON"),
        ("a.yml", "a: [", "a.yml: not YAML"),
    ],
)
def test_a_file_that_is_none_is_named(path: str, text: str, problem: str) -> None:
    """With the group, and what it should look like."""
    with pytest.raises(SourceError, match=problem):
        list(file_sd(path, text))


@pytest.mark.parametrize("places", [{}, {"url": "http://a/metrics", "targets": ["b:1"]}])
def test_a_source_is_one_page_or_a_fleet(places: dict[str, Any]) -> None:
    """Not neither and not both."""
    with pytest.raises(ValueError, match="name `url`, or `targets`"):
        PageTable(kind="dcgm", **places)


def test_two_targets_with_the_same_labels_are_not_mixed() -> None:
    """One is left out, and that is said."""
    table = PageTable(
        kind="rdma_exporter",
        targets=("a:1", "b:1"),
        relabel=({"target_label": "host", "replacement": "x"},),
    )
    fleet = Fleet({"http://a:1/metrics": rdma(0), "http://b:1/metrics": rdma(0)})
    collected = Collector({"roce": table}, kinds, fleet).scrape("roce", 0)  # type: ignore[arg-type]
    assert "b:1/metrics: left out" in collected.problems[0]


def test_a_slow_target_keeps_no_other_waiting() -> None:
    """More targets than are read at a time; they are listed in their own order all the same."""
    names = [f"gpu-{number:03}" for number in range(80)]
    fleet = Fleet({f"http://{name}:9879/metrics": rdma(0) for name in names})
    slow = Event()

    class Slow(Fleet):
        def text(self, url: str, headers: Any, timeout_s: float) -> str:
            if "gpu-000" in url:
                assert slow.wait(10)
            if "gpu-079" in url:
                slow.set()
            return fleet.text(url, headers, timeout_s)

    table = PageTable(kind="rdma_exporter", targets=tuple(f"{name}:9879" for name in names))
    collected = Collector({"roce": table}, kinds, Slow()).scrape("roce", 0)  # type: ignore[arg-type]
    hosts = dict.fromkeys(reading.label("host") for reading in collected.readings)
    assert list(hosts) == names and not collected.problems
