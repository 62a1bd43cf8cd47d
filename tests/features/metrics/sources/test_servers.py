"""Sources that are asked: Prometheus and MLflow, by what they really answer."""

from collections.abc import Mapping
from typing import Any

import pytest

from clickup_mlops.features.metrics import operations
from clickup_mlops.features.metrics.read.collect import Collector
from clickup_mlops.features.metrics.scrape import Sample, labels
from clickup_mlops.features.metrics.settings import kinds
from clickup_mlops.features.metrics.source import SourceError
from clickup_mlops.features.metrics.sources import mlflow, openmetrics, prometheus


class Answers:
    """Gives answers by the end of the address, and raises what is one."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self._answers, self.asked = answers, list[tuple[str, Mapping[str, str], Any]]()

    def json(self, url: str, params: Any, headers: Any, timeout_s: float, body: Any = None) -> Any:
        self.asked.append((url, params, body))
        result = self._answers[params.get("query") or url.rpartition("/mlflow/")[2]]
        if isinstance(result, Exception):
            raise result
        return result

    def text(self, url: str, headers: Any, timeout_s: float) -> str:
        return str(self._answers["text"])


def _vector(*pairs: tuple[dict[str, str], str]) -> Any:
    result = [{"metric": metric, "value": [1_700_000_000, value]} for metric, value in pairs]
    return {"status": "success", "data": {"resultType": "vector", "result": result}}


def test_prometheus_gives_a_value_for_each_series() -> None:
    """Its own name of the metric goes, NaN is no value, and the time is that of the pass."""
    scalar = {"status": "success", "data": {"resultType": "scalar", "result": [1, "42"]}}
    vector = _vector(({"__name__": "up", "job": "a"}, "1"), ({"job": "b"}, "NaN"))
    reader = Answers({"up": vector, "scalar(x)": scalar})
    settings = prometheus.Settings(
        kind="prometheus", url="http://p:9090/", queries={"up": "up", "x": "scalar(x)"}
    )

    result = prometheus.collect(settings, reader, 1_700_000_000_500)  # type: ignore[arg-type]

    assert result.samples == (Sample("up", labels(job="a"), 1), Sample("x", labels(), 42))
    assert reader.asked[0] == (
        "http://p:9090/api/v1/query",
        {"query": "up", "time": "1700000000.500"},
        None,
    )


def test_of_a_native_histogram_a_quantile_is_taken() -> None:
    """The one that the settings name; one without observations is no value."""
    buckets = [[0, "0", "1", "50"], [0, "1", "2", "50"]]
    full = {"count": "100", "sum": "100", "buckets": buckets}
    result = [
        {"metric": {"job": "a"}, "histogram": [1, full]},
        {"metric": {"job": "b"}, "histogram": [1, {"count": "0", "sum": "0"}]},
        {"metric": {"job": "c"}},
    ]
    answer = {"status": "success", "data": {"resultType": "vector", "result": result}}
    reader = Answers({"rate(latency[5m])": answer})
    queries = {"latency": "rate(latency[5m])"}
    for quantile, seconds in ((0.99, 1.98), (0.5, 1.0)):
        settings = prometheus.Settings(
            kind="prometheus", url="http://p", queries=queries, quantile=quantile
        )
        scrape = prometheus.collect(settings, reader, 0)  # type: ignore[arg-type]
        (sample,) = scrape.samples
        assert (sample.name, sample.labels) == ("latency", labels(job="a"))
        assert sample.value == pytest.approx(seconds)


def test_a_bad_query_loses_no_other() -> None:
    """It is reported, and so is a range without a function."""
    matrix = {"status": "success", "data": {"resultType": "matrix", "result": []}}
    reader = Answers({"good": _vector(({}, "1")), "bad(": SourceError("HTTP 400"), "r[5m]": matrix})
    queries = {"a": "bad(", "b": "good", "c": "r[5m]"}
    settings = prometheus.Settings(kind="prometheus", url="http://p", queries=queries)

    result = prometheus.collect(settings, reader, 0)  # type: ignore[arg-type]

    assert [sample.name for sample in result.samples] == ["b"]
    assert result.problems[0] == "a: HTTP 400"
    assert "a matrix" in result.problems[1]


def _run(**metrics: float | str) -> Any:
    values = [{"key": key, "value": value} for key, value in metrics.items()]
    return {"info": {"run_id": "r1", "run_name": "sly-fox"}, "data": {"metrics": values}}


def test_mlflow_gives_metrics_of_the_run_behind_an_alias() -> None:
    """And of an experiment's newest run; a model that is missing is reported."""
    reader = Answers(
        {
            "registered-models/alias": {"model_version": {"version": "3", "run_id": "r1"}},
            "model-versions/search": {},
            "runs/get": {"run": _run(accuracy=0.91, loss="NaN")},
            "experiments/get-by-name": {"experiment": {"experiment_id": "7"}},
            "runs/search": {"runs": [_run(win_rate=0.6)]},
        }
    )
    settings = mlflow.Settings(
        kind="mlflow",
        url="http://m:5000",
        models=("churn@champion", "it's gone"),
        experiments=("evals",),
    )

    result = mlflow.collect(settings, reader, 0)  # type: ignore[arg-type]

    run = {"run_id": "r1", "run_name": "sly-fox"}
    assert result.samples == (
        Sample(
            "metrics.accuracy", labels(model="churn", version="3", alias="champion", **run), 0.91
        ),
        Sample("metrics.win_rate", labels(experiment="evals", **run), 0.6),
    )
    assert result.problems == (
        "it's gone: there is no such registered model, or it has no version",
    )
    assert reader.asked[2][1]["filter"] == "name='it''s gone'"


def test_a_page_without_the_wanted_names_is_an_error() -> None:
    """It names them."""
    settings = openmetrics.Settings(kind="openmetrics", url="http://x/m", names=("a", "b"))
    with pytest.raises(SourceError, match="a, b"):
        openmetrics.collect(settings, Answers({"text": "c 1\n"}), 0)  # type: ignore[arg-type]


def test_recorded_measures_of_a_fleet_are_one_query() -> None:
    """They come by their own names, with their units, only those that are chosen."""
    query = '{__name__=~"clickup_mlops:(ecn_marked_pct|pause_.*)",cluster="a"}'
    answer = _vector(
        ({"__name__": "clickup_mlops:ecn_marked_pct", "host": "gpu-01", "device": "mlx5_0"}, "2"),
        ({"__name__": "clickup_mlops:pause_sent_pct", "host": "gpu-01"}, "0"),
    )
    table = prometheus.Settings(
        kind="prometheus",
        url="http://p:9090",
        recorded=("ecn_marked_pct", "pause_*"),
        selector='cluster="a"',
    )
    collector = Collector({"p": table}, kinds, Answers({query: answer}))  # type: ignore[arg-type]

    readings = {reading.measure: reading for reading in collector.scrape("p", 0).readings}

    assert readings["ecn_marked_pct"].unit == "%"
    assert readings["ecn_marked_pct"].labels == labels(host="gpu-01", device="mlx5_0")
    assert readings.keys() == {"ecn_marked_pct", "pause_sent_pct"}
    assert prometheus.query_of(table, "pause_sent_pct") == (
        'clickup_mlops:pause_sent_pct{cluster="a"}'
    )
    assert prometheus.query_of(table, "xid") is None


def test_rules_that_are_not_loaded_are_reported() -> None:
    """Else a fleet looks as if it were healthy."""
    table = prometheus.Settings(kind="prometheus", url="http://p:9090", recorded=("*",))
    answers = Answers({'{__name__=~"clickup_mlops:(.*)"}': _vector()})
    collector = Collector({"p": table}, kinds, answers)  # type: ignore[arg-type]
    assert "recording_rules.yml" in collector.scrape("p", 0).remark


def test_a_query_that_is_named_as_a_measure_is_one() -> None:
    """With its unit, and -1 is no number of it; any other name is raw."""
    table = prometheus.Settings(
        kind="prometheus", url="http://p:9090", queries={"kv_cache_pct": "a", "my_number": "b"}
    )
    answers = Answers(
        {"a": _vector(({"x": "1"}, "50"), ({"x": "2"}, "-1")), "b": _vector(({}, "-1"))}
    )
    collector = Collector({"p": table}, kinds, answers)  # type: ignore[arg-type]
    readings = [(r.measure, r.unit, r.value) for r in collector.scrape("p", 0).readings]
    assert readings == [("kv_cache_pct", "%", 50), ("my_number", "", -1)]


def test_recorded_measures_of_a_port_get_advice() -> None:
    """As those of an exporter do: of that port, and of no other."""
    port = {"cluster": "a", "host": "gpu-01", "port": "1"}
    paused = [
        ({"__name__": "clickup_mlops:pause_sent_pct", **port, "device": device}, value)
        for device, value in (("mlx5_0", "12"), ("mlx5_1", "0"))
    ]
    table = prometheus.Settings(kind="prometheus", url="http://p:9090", recorded=("*",))
    answers = Answers({'{__name__=~"clickup_mlops:(.*)"}': _vector(*paused)})
    collector = Collector({"p": table}, kinds, answers)  # type: ignore[arg-type]

    advised = [part for part in operations.advise([collector.scrape("p", 0)], ()) if part.advice]

    assert [part.where for part in advised] == ["cluster=a device=mlx5_0 host=gpu-01 port=1"]
