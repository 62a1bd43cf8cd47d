"""Series are drawn where they belong."""

import pytest

from clickup_mlops.features.metrics.presentation.families import aspect
from clickup_mlops.store.tables.history import Series


@pytest.mark.parametrize(
    ("field", "measure", "drawn"),
    [
        ("P99 latency ms", "latency_p99_ms", "latency"),
        ("Pause time %", "pause_received_pct", "other"),
        ("Pause duration", "pause_sent_pct", "other"),
        ("Collective ms", "collective_p99_ms", "other"),
        ("Anything", "ttft_p99_ms", "latency"),
        ("Anything", "my_own_duration", "latency"),
    ],
)
def test_what_is_measured_of_a_network_is_no_latency(field: str, measure: str, drawn: str) -> None:
    """Whatever its field is called; what is raw goes by its words."""
    assert aspect(Series("w", "p", measure, "", "t", field, "%")) == drawn
