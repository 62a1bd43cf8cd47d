"""History from a real Prometheus, with a past that was written into it."""

import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.features.metrics.bindings import Binding
from clickup_mlops.features.metrics.presentation.prometheus_history import PrometheusHistory
from clickup_mlops.features.metrics.read.reader import WorldReader
from clickup_mlops.features.metrics.source import SourceError
from clickup_mlops.features.metrics.sources.prometheus import Settings
from clickup_mlops.series.history import MOST_POINTS, StoreHistory
from clickup_mlops.store import Store
from clickup_mlops.store.tables.history import Series
from tests.empty import store_at
from tests.own_prometheus import Exporter, prometheus

MINUTE_S, HOUR_S = 60, 3_600
QUERY = "max by (model) (served_ms)"
FIELD = Series("ws", "prom", QUERY, "model=a", "t1", "P99 latency ms", "ms")
BINDING = Binding(
    "P99 latency ms", "prom", QUERY, match={"model": "name"}, template="serving", query=QUERY
)


class Past:
    """A day of `served_ms` of two replicas of model a and of b, with an hour of silence."""

    def __init__(self) -> None:
        self.end_s = int(time.time()) // HOUR_S * HOUR_S - HOUR_S
        self.start_s = self.end_s - 24 * HOUR_S
        self.silent_s = range(self.end_s - 10 * HOUR_S, self.end_s - 9 * HOUR_S)

    def text(self) -> str:
        """In the OpenMetrics format. Replica 2 is 10 ms slower; b is at 5 ms."""
        lines = ["# TYPE served_ms gauge"]
        for model, replica, value in (("a", "1", 70), ("a", "2", 80), ("b", "1", 5)):
            lines += [
                f'served_ms{{model="{model}",replica="{replica}"}} {value} {at}'
                for at in range(self.start_s, self.end_s, MINUTE_S)
                if at not in self.silent_s
            ]
        return "\n".join([*lines, "# EOF", ""])


@pytest.fixture(scope="module")
def past() -> Past:
    return Past()


@pytest.fixture(scope="module")
def address(past: Past, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    tool = shutil.which("promtool")
    if tool is None:
        pytest.skip("no promtool: install the package prometheus")
    folder = tmp_path_factory.mktemp("prometheus")
    text = folder / "past.txt"
    text.write_text(past.text(), encoding="utf-8")
    command = [tool, "tsdb", "create-blocks-from", "openmetrics", text, folder / "data"]
    subprocess.run(command, check=True, capture_output=True)
    exporter = Exporter("other")
    with prometheus(exporter, folder) as result:
        yield result
    exporter.stop()


@pytest.fixture
def stored_history(tmp_path: Path) -> Iterator[StoreHistory]:
    with Store.open(store_at(tmp_path / "s.db")) as store:
        yield StoreHistory(store, "ws", 0, raw_ms=0, five_minutes_ms=0)


def history(
    store_history: StoreHistory,
    address: str,
    *bindings: Binding,
    queries: Mapping[str, str] | None = None,
    **of: Any,
) -> PrometheusHistory:
    table = Settings(kind="prometheus", url=address, queries=queries or {}, **of)  # type: ignore[arg-type]
    return PrometheusHistory(store_history, {"prom": table}, bindings, WorldReader())


@pytest.mark.services
def test_a_line_comes_from_prometheus_and_silence_is_a_gap(
    stored_history: StoreHistory, address: str, past: Past
) -> None:
    """A day has no more points than a chart shows; the source names the query and its step."""
    result = history(stored_history, address, BINDING)
    start, end = past.start_s * 1000, past.end_s * 1000
    line = result.line(FIELD, start, end, name="P99")

    values = [value for _at, value in line.points]
    assert 200 < len(values) <= MOST_POINTS
    assert {value for value in values if value is not None} == {80.0}
    ((gap, _none),) = [point for point in line.points if point[1] is None]
    assert gap // 1000 in past.silent_s
    assert line.points[0][0] >= start
    assert result.source(FIELD, start, end) == (
        f"prom ({address}/): {QUERY} of {{model=a}}, every 300 s"
    )


@pytest.mark.services
def test_several_series_are_one_as_the_binding_says(
    stored_history: StoreHistory, address: str, past: Past
) -> None:
    """`of` and `factor` apply; without a word on what to do with two there is no line."""
    start, end = past.start_s * 1000, past.start_s * 1000 + HOUR_S * 1000
    series = replace(FIELD, measure="latency")
    local = Binding("P99 latency ms", "prom", "latency", match={"model": "name"})
    requests = {"latency": "served_ms"}

    for how, value in (("mean", 75.0), ("max", 80.0)):
        binding = replace(local, of=how, factor=0.5)  # type: ignore[arg-type]
        line = history(stored_history, address, binding, queries=requests).line(series, start, end)
        assert {value for _at, value in line.points} == {value / 2}
    assert (
        history(stored_history, address, local, queries=requests).line(series, start, end).points
        == ()
    )
    narrow = replace(local, where={"replica": "2"})
    line = history(stored_history, address, narrow, queries=requests).line(series, start, end)
    assert {value for _at, value in line.points} == {80.0}


@pytest.mark.services
def test_a_series_of_no_task_is_found_by_its_labels(
    stored_history: StoreHistory, address: str, past: Past
) -> None:
    """One answer serves the lines of all ports, and what the store keeps is not asked."""
    start, end = past.start_s * 1000, past.end_s * 1000
    series = Series("ws", "prom", "rail_peak", "model=b, replica=1", "", "", "")
    result = history(stored_history, address, queries={"rail_peak": "served_ms"})
    assert {value for _at, value in result.line(series, start, end).points} == {5.0, None}
    second = replace(series, labels="model=a, replica=1")
    assert {value for _at, value in result.line(second, start, end).points} == {70.0, None}


@pytest.mark.services
def test_an_error_names_source_and_reason(stored_history: StoreHistory, address: str) -> None:
    """A query that is wrong; a server that is not there."""
    wrong = history(stored_history, address, queries={QUERY: "max by ("})
    with pytest.raises(SourceError, match=r"source prom: .*parse error"):
        wrong.line(FIELD, 0, 3_600_000)


def test_a_server_that_is_away_is_an_error_with_a_hint(stored_history: StoreHistory) -> None:
    """Not an empty line, which would look like silence."""
    away = history(stored_history, "http://127.0.0.1:9", BINDING, timeout="PT1S")
    with pytest.raises(SourceError, match="source prom") as problem:
        away.line(FIELD, 0, 3_600_000)
    assert problem.value.hint


def test_what_the_settings_do_not_have_any_more_comes_from_the_store(
    stored_history: StoreHistory,
) -> None:
    """So does every other source."""
    result = history(stored_history, "http://127.0.0.1:9")
    for series in (FIELD, replace(FIELD, source="vllm")):
        assert result.line(series, 0, 3_600_000).points == ()
        assert "kept by the bot" in result.source(series, 0, 3_600_000)
