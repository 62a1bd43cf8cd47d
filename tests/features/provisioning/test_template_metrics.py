"""The `[metrics]` of shipped templates: names that servers really have, placed on tasks."""

import re
import shutil
import subprocess
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from clickup_mlops import content, registry
from clickup_mlops.clickup.model import Task
from clickup_mlops.features.metrics import sources
from clickup_mlops.features.metrics.jobs.bindings import bound
from clickup_mlops.features.metrics.placement.placing import TaskIndex, place
from clickup_mlops.features.metrics.settings import MetricsSettings
from clickup_mlops.features.provisioning.template import load
from clickup_mlops.features.provisioning.template.model import Binding
from clickup_mlops.store.tables.space_policies import MetricBinding
from tests.features.metrics.sources.test_cases import readings

CASES = Path(__file__).parents[2] / "cases" / "metrics"
FOLDER = content.find_folder("templates")
KINDS = registry.find_all("metric_sources", "SOURCE", sources)
BINDINGS = {
    f"{name}: {field}": metric
    for name in load.names(FOLDER)
    for field, metric in load.load(FOLDER, name).metrics.items()
}
PROMQL = {key: binding for key, binding in BINDINGS.items() if binding.source == "prometheus"}
MLFLOW = {key: binding for key, binding in BINDINGS.items() if binding.source == "mlflow"}
OTHERS = {key: binding for key, binding in BINDINGS.items() if key not in {**PROMQL, **MLFLOW}}
LABELS_OF_MLFLOW = {"model", "version", "alias", "run_id", "run_name", "experiment"}
FILLED_IN = {
    "batch_inference": {"rows_per_s_query": "sum by (cronjob) (rate(rows_total[5m]))"},
    "data_pipeline": {"checks_failed_query": "max by (cronjob) (checks_failed)"},
    "model_monitoring": {"drift": "metrics.worst_psi"},
}
_KEYWORDS = {"by", "bool", "or", "and", "on", "without"}


def listed() -> Mapping[str, set[str]]:
    """Names by the program that exposes them."""
    total = tomllib.loads((CASES / "names.toml").read_text(encoding="utf-8"))
    return {program: set(table["names"]) for program, table in total.items()}


def metric_names() -> set[str]:
    """All metrics of the recorded pages, and those of the list."""
    pages = "\n".join(page.read_text(encoding="utf-8") for page in CASES.glob("*/*.prom"))
    result = set(re.findall(r"^([A-Za-z_:][\w:]*)", pages, re.MULTILINE))
    return result.union(*listed().values())


def queried_names(query: str) -> set[str]:
    """Names of the metrics in a PromQL query."""
    bare = re.sub(r'"[^"]*"|\{[^}]*\}|\[[^\]]*\]|\b(?:by|on)\s*\([^)]*\)', " ", query)
    names = re.findall(r"(?<![\w.])([A-Za-z_:][\w:]*)(?!\s*\()\b(?!\s*\()", bare)
    return {re.sub(r"_bucket$", "", name) for name in names} - _KEYWORDS


def test_names_are_read_from_a_query():
    """The test of the names depends on it."""
    query = 'time() - max by (le, a) (rate(x_bucket{b="c"}[5m]) < bool 5) / sum(d:e_total or f)'

    assert queried_names(query) == {"x", "d:e_total", "f"}


@pytest.mark.parametrize("key", PROMQL)
def test_a_query_asks_for_metrics_that_exist(key):
    """Each name is in a recorded page of its exporter, or in the list with its origin."""
    names = queried_names(PROMQL[key].query)

    assert names
    assert names <= metric_names()


def test_prometheus_understands_every_query(tmp_path):
    """By its own tool."""
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("no promtool: install the package promtool")
    rules = [{"record": f"q:{n}", "expr": added.query} for n, added in enumerate(PROMQL.values())]
    file = tmp_path / "rules.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "templates", "rules": rules}]}))

    outcome = subprocess.run([promtool, "check", "rules", file], capture_output=True, text=True)

    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def _answers(folder: Path, query: str, series: Mapping[str, str]) -> str:
    """What promtool says to a query after 15 minutes; `series` are values a minute apart."""
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("no promtool: install the package promtool")
    value = [{"series": name, "values": values} for name, values in series.items()]
    requests = {"expr": query, "eval_time": "15m", "exp_samples": [{"labels": "none", "value": -1}]}
    case = {"interval": "1m", "input_series": value, "promql_expr_test": [requests]}
    file = folder / "case.yml"
    file.write_text(yaml.safe_dump({"evaluation_interval": "1m", "tests": [case]}))
    outcome = subprocess.run([promtool, "test", "rules", file], capture_output=True, text=True)
    result = re.search(r"got:(.*)", outcome.stdout + outcome.stderr)
    assert result, outcome.stdout + outcome.stderr
    return result[1].strip()


@pytest.mark.parametrize("field", ["Error rate %", "Control error rate %"])
def test_a_version_without_errors_has_an_error_rate_of_zero(tmp_path, field):
    """So that a bad candidate is compared with a control that never failed."""
    query = load.load(FOLDER, "progressive_rollout", {"service": "ranker"}).metrics[field].query
    requests = 'istio_requests_total{destination_service_name="ranker",destination_version="%s"%s}'
    series = {
        requests % ("v1", ',response_code="200"'): "0+60x20",
        requests % ("v2", ',response_code="200"'): "0+54x20",
        requests % ("v2", ',response_code="503"'): "0+6x20",
    }
    answer = _answers(tmp_path, query, series)

    assert 'destination_version="v1"} 0E+00' in answer
    assert 'destination_version="v2"} 1E+01' in answer


def test_a_host_that_hardly_sends_has_no_balance(tmp_path):
    """Some bytes on one of its ports are no uneven load."""
    template = load.load(FOLDER, "infra_change_board", {"cluster": "c"})
    query = template.metrics["Load-balance efficiency %"].query
    messages = "node_infiniband_port_data_transmitted_bytes_total"
    port = '{cluster="c",instance="%s",device="mlx5_%s",port="1"}'
    bytes_a_minute = {("busy", 0): 24 * 10**11, ("busy", 1): 6 * 10**11, ("idle", 0): 600_000}
    series = {
        messages + port % (host, number): f"0+{bytes_a_minute.get((host, number), 0)}x20"
        for host in ("busy", "idle")
        for number in (0, 1)
    } | {
        f"node_infiniband_rate_bytes_per_second{port % (host, number)}": "50000000000x20"
        for host in ("busy", "idle")
        for number in (0, 1)
    }
    assert _answers(tmp_path, query, series) == '{cluster="c", instance="busy"} 6.25E+01'


@pytest.mark.parametrize("key", PROMQL)
def test_the_series_of_a_query_name_their_task(key):
    """They are grouped by exactly the labels that find the task, and the cluster's."""
    binding = PROMQL[key]
    groups = [
        set(re.split(r"\s*,\s*", result))
        for result in re.findall(r"by\s*\(([^)]*)\)", binding.query)
    ]

    assert binding.match
    assert groups
    assert all(group - {"le"} == set(binding.match) | set(binding.where) for group in groups)


@pytest.mark.parametrize("key", OTHERS)
def test_a_measure_is_one_of_its_kind_with_the_labels_that_find_the_task(key):
    """`kserve` counts errors by revision, not by model: nothing binds them to a model."""
    binding: Binding = OTHERS[key]
    measures = [
        measure for measure in KINDS[binding.source].measures if measure.name == binding.query
    ]

    assert measures
    assert all(set(binding.match) <= set(measure.by) for measure in measures)


@pytest.mark.parametrize("key", MLFLOW)
def test_a_metric_of_mlflow_is_one_that_is_logged(key):
    """By MLflow itself, or by the trainer that most use."""
    binding = MLFLOW[key]

    assert binding.query.removeprefix("metrics.") in listed()["mlflow"]
    assert set(binding.match) <= LABELS_OF_MLFLOW


@pytest.mark.parametrize("name", FILLED_IN)
def test_an_empty_query_binds_nothing_and_a_team_can_fill_it_in(name):
    """What only the team's own code can expose is a parameter."""
    value = FILLED_IN[name]
    without, total = load.load(FOLDER, name), load.load(FOLDER, name, value)

    (added,) = (total.metrics[field] for field in total.metrics.keys() - without.metrics.keys())
    assert added.query in value.values()


@pytest.mark.parametrize("kind", ["vllm", "sglang"])
def test_a_page_of_an_engine_fills_the_fields_of_its_version(kind):
    """And not those of another version in the same List."""
    template = load.load(FOLDER, "llm_serving", {"server": kind})
    settings = MetricsSettings(sources={kind: {"kind": kind, "url": "http://127.0.0.1/metrics"}})
    bindings = bound(settings, of_template(template.metrics)).bindings
    folder = CASES / kind
    page = readings(kind, folder / "before.prom", folder / "now.prom")
    served = dict(page[0].labels)["model_name"]
    have = [reading for reading in page if dict(reading.labels)["model_name"] == served]
    tasks = [version(name, template.metrics) for name in (served, "previous")]

    placed = place(bindings, {kind: have}, TaskIndex(tasks))

    value = {metric.query for metric in template.metrics.values()} & {
        reading.measure for reading in have
    }
    assert {placed_value.task.name for placed_value in placed.values.values()} == {served}
    assert len(placed.values) == len(value) >= 5
    assert placed.unplaced == []


def of_template(metrics: Mapping[str, Binding]) -> list[MetricBinding]:
    return [
        MetricBinding(
            "s1",
            "t",
            field,
            metric.source,
            metric.query,
            ("f1",),
            metric.match,
            metric.lists,
            metric.of,
            metric.measure,
            metric.where,
        )
        for field, metric in metrics.items()
    ]


def version(served: str, fields: Mapping[str, Binding]) -> Task:
    numbers = [{"id": name, "name": name, "type": "number"} for name in fields]
    name = {"id": "n", "name": "Served name", "type": "short_text", "value": served}
    return Task.parse(
        {
            "id": f"id-{served}",
            "name": served,
            "list": {"id": "l1", "name": "chat-70b models"},
            "folder": {"id": "f1"},
            "space": {"id": "s1"},
            "custom_fields": [*numbers, name],
        }
    )
