"""Labels of targets change as Prometheus would change them."""

from typing import Any

import pytest

from clickup_mlops.features.metrics.read.relabel import RelabelRule, relabel

LABELS = {"__address__": "gpu-01:9400", "__meta_rack": "r1", "host": "gpu-01"}


@pytest.mark.parametrize(
    ("rule", "changed"),
    [
        ({"source_labels": ["__meta_rack"], "target_label": "rack"}, {"rack": "r1"}),
        (
            {
                "source_labels": ["__address__"],
                "regex": r"(.+)-(\d+):.*",
                "target_label": "pod",
                "replacement": "$1/${2}",
            },
            {"pod": "gpu/01"},
        ),
        ({"target_label": "cluster", "replacement": "a"}, {"cluster": "a"}),
        ({"source_labels": ["host"], "regex": "cpu.*", "target_label": "host"}, {}),
        ({"action": "labelmap", "regex": "__meta_(.*)"}, {"rack": "r1"}),
        ({"source_labels": ["host"], "regex": "gpu.*", "action": "keep"}, {}),
        ({"source_labels": ["host"], "regex": "cpu.*", "action": "drop"}, {}),
        ({"source_labels": ["host", "__meta_rack"], "regex": "gpu-01;r1", "action": "keep"}, {}),
    ],
)
def test_a_rule_changes_labels(rule: dict[str, Any], changed: dict[str, str]) -> None:
    """The rest stays as it is."""
    assert relabel(LABELS, [RelabelRule(**rule)]) == LABELS | changed


def test_an_empty_value_removes_a_label() -> None:
    """Also `labeldrop` and `labelkeep` remove, by names."""
    rules = [
        {"target_label": "host", "replacement": ""},
        {"action": "labeldrop", "regex": "host"},
        {"action": "labelkeep", "regex": "__.*"},
    ]
    for rule in rules:
        remainder = relabel(LABELS, [RelabelRule(**rule)])  # type: ignore[arg-type]
        assert remainder is not None and "host" not in remainder


@pytest.mark.parametrize(("action", "regex"), [("keep", "cpu.*"), ("drop", "gpu.*")])
def test_a_target_that_is_not_kept_is_none(action: Any, regex: str) -> None:
    """A part of the value is no match."""
    assert (
        relabel(LABELS, [RelabelRule(source_labels=("host",), regex=regex, action=action)]) is None
    )


def test_a_wrong_expression_is_a_mistake_in_the_settings() -> None:
    """Not one of the first scrape."""
    with pytest.raises(ValueError, match="no regular expression"):
        RelabelRule(regex="(")
