"""Measures are named for people: in one way everywhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.features.metrics.derive.formulas import Measure
from clickup_mlops.features.metrics.diagnosis.diagnose import symptoms
from clickup_mlops.features.metrics.settings import kinds
from clickup_mlops.views import measures

KNOWN = {measure.name: measure for kind in kinds().values() for measure in kind.measures}
USED = {name for symptom in symptoms() for name in (*symptom.needs, *symptom.shows)}


@pytest.mark.parametrize("name", sorted({*KNOWN, *USED, *measures.TITLES}))
def test_no_measure_is_shown_by_its_raw_name(name: str) -> None:
    assert "_" not in measures.format_title(name)
    assert measures.format_title(name)[0].isupper()


def test_no_two_measures_have_one_title() -> None:
    assert len({measures.format_title(name) for name in KNOWN}) == len(KNOWN)


@pytest.mark.parametrize("measure", KNOWN.values(), ids=lambda measure: measure.name)
def test_the_unit_of_a_name_is_that_of_the_measure(measure: Measure) -> None:
    assert measures.find_unit(measure.name) in ("", measure.unit)


@pytest.mark.parametrize(
    ("name", "value", "reading"),
    [
        ("ecn_marked_pct", 4.25, "ECN-marked packets 4.25%"),
        ("latency_p99_ms", 1234.5678, "Latency P99 1,235 ms"),
        ("output_tokens_per_s", 0.5, "Output tokens 0.5 tokens/s"),
        ("flows_per_link", 3, "Flows per link 3"),
        ("pcie_bytes_s", 2e9, "PCIe traffic 2,000,000,000 bytes/s"),
        ("pcie_bytes_s", 1.5e10, "PCIe traffic 15,000,000,000 bytes/s"),
        ("bit_error_rate", 2.5e-9, "Bit error rate 2.5e-09"),
        ("bit_error_rate", 3e-12, "Bit error rate 3e-12"),
        ("pause_sent_pct", 1e-7, "PFC pause sent 1e-07%"),
        ('sum(rate(x_total{job="a"}[5m]))', 7, 'sum(rate(x_total{job="a"}[5m])) 7'),
    ],
)
def test_a_reading_has_title_value_and_unit(name: str, value: float, reading: str) -> None:
    assert measures.format_reading(name, value) == reading


@given(st.text(), st.floats())
def test_any_name_and_value_can_be_shown(name: str, value: float) -> None:
    assert measures.format_reading(name, value).startswith(measures.format_title(name))
