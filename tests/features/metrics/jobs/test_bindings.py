"""Which bindings hold, and what cannot be bound."""

from clickup_mlops.features.metrics.jobs.bindings import bound
from clickup_mlops.features.metrics.settings import MetricsSettings
from clickup_mlops.store.tables.space_policies import MetricBinding


def test_a_source_that_templates_need_is_reported_once_each() -> None:
    """Not for each of their fields; once it is there, all of them are bound."""
    required = [
        MetricBinding("s1", template, field, "prometheus", "up")
        for template, fields in (("serving", "abc"), ("training", "d"))
        for field in fields
    ]
    assert bound(MetricsSettings(), required).problems == (
        "template serving reads 3 fields from source 'prometheus': add "
        "[metrics.sources.prometheus]",
        "template training reads 1 field from source 'prometheus': add "
        "[metrics.sources.prometheus]",
    )
    sources = {"prometheus": {"kind": "prometheus", "url": "http://127.0.0.1:1"}}
    result = bound(MetricsSettings.model_validate({"sources": sources}), required)
    assert (len(result.bindings), result.problems) == (4, ())
