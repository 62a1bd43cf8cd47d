"""Which bindings hold, and what cannot be bound."""

from clickup_mlops.features.metrics.jobs.bindings import bound
from clickup_mlops.features.metrics.scrape import Reading, labels
from clickup_mlops.features.metrics.settings import MetricsSettings
from clickup_mlops.features.metrics.sources.prometheus import SettingsWithTemplates
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


def test_a_query_of_a_template_is_the_measure_that_it_names() -> None:
    """In two Spaces with two clusters each has its own query, and takes its own series."""
    required = [
        MetricBinding(
            space,
            "fabric",
            "ECN marked %",
            "prometheus",
            f'marked{{cluster="{cluster}"}}',
            measure="ecn_marked_pct",
            where={"cluster": cluster},
        )
        for space, cluster in (("s1", "a"), ("s2", "b"))
    ]
    sources = {"prometheus": {"kind": "prometheus", "url": "http://127.0.0.1:1"}}
    result = bound(MetricsSettings.model_validate({"sources": sources}), required)

    table = result.sources["prometheus"]
    assert isinstance(table, SettingsWithTemplates)
    assert [name for name, _query in table.added] == ["ecn_marked_pct", "ecn_marked_pct"]
    reading = Reading("ecn_marked_pct", "%", 2.0, 0, labels(cluster="a", device="mlx5_0"))
    assert [binding.takes(reading) for binding in result.bindings] == [True, False]
    assert [binding.query for binding in result.bindings] == [
        'marked{cluster="a"}',
        'marked{cluster="b"}',
    ]
