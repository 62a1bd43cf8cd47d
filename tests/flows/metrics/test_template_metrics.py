"""The `[metrics]` of a template fill the fields of its Space, from a real Prometheus."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from clickup_mlops.features.metrics import operations
from clickup_mlops.features.metrics.settings import MetricsSettings
from tests.flows.conftest import INFERENCE, LIST, build
from tests.flows.test_space_policy import SERVING, URGENT, Provisioned, provisioned
from tests.own_prometheus import Exporter, prometheus, wait_for

__all__ = ["provisioned"]

FIELD = "P99 latency ms"
QUERY = "max by (model) (served_latency_p99_ms)"


@pytest.fixture
def exporter() -> Iterator[Exporter]:
    exporter = Exporter("served_latency_p99_ms")
    yield exporter
    exporter.stop()


@pytest.mark.services
def test_a_query_of_a_template_fills_the_field_and_routing_acts(
    provisioned: Provisioned, exporter: Exporter, tmp_path: Path
) -> None:
    """In its Space alone; recovery follows, and `explain` names template and query."""
    team = provisioned.team
    provisioned.apply("serving", SERVING.replace('query = "p99"', f'query = "{QUERY}"'))
    task = provisioned.task("Releases", SLO_latency_ms=500)
    outside = team.member.create_task(LIST, INFERENCE)
    before = team.priority(task)
    settings = provisioned.bot.settings
    with prometheus(exporter, tmp_path) as address:
        source = {"kind": "prometheus", "url": address}
        metrics_settings = MetricsSettings(sources={"prometheus": source})
        settings = settings.model_copy(update={"metrics": metrics_settings})
        with build(settings, clock=team.control.clock.now_ms) as pushing:
            for value, priority in ((812.0, URGENT), (120.0, before)):
                exporter.gauge.labels(INFERENCE).set(value)
                wait_for(address, QUERY, value)
                pushed = operations.push(pushing)
                team.settle()
                assert [write.after for write, _state in pushed.writes] == [value]
                assert team.priority(task) == priority
            (explained,) = operations.explain(pushing, task)

    assert (explained.field, explained.now, explained.measure) == (FIELD, 120.0, QUERY)
    assert explained.origin == "template serving"
    assert FIELD not in {field["name"] for field in team.control.task(outside)["custom_fields"]}
