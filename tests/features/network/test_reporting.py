"""Findings that are open end when what they are about is read again, and well."""

import pytest

from clickup_mlops.features.metrics.scrape import Reading
from clickup_mlops.features.network.diagnosis.course import CLOSE_AFTER_MS
from clickup_mlops.features.network.diagnosis.diagnose import WINDOW_MS
from clickup_mlops.features.network.diagnosis.windows import Windows, windows
from clickup_mlops.features.network.reporting import SCOPE, Findings
from clickup_mlops.store import Store
from tests.features.network.diagnosis.test_faults import (
    END_MS,
    FAULTY,
    PORT,
    Values,
    fabric,
    healthy,
    readings,
)

KEY = f"slow_receiver {PORT}"


def data_after(changes: Values, later_ms: int) -> Windows:
    late = (
        Reading(entry.measure, "", entry.value, entry.at_ms + later_ms, entry.labels)
        for entry in readings(healthy() | changes)
    )
    return windows(late, END_MS + later_ms, WINDOW_MS, fabric().name_of)


@pytest.mark.parametrize("host", ["gpu-3", "gpu-3.dc.example", ""])
def test_a_finding_ends_though_its_host_was_once_called_otherwise(store: Store, host: str) -> None:
    """Names without a domain came later than the note of the open finding."""
    findings = Findings(store.notes)
    opened = findings.reports(data_after(FAULTY[KEY], 0), fabric(), END_MS)
    findings.remember([news for _report, news in opened], END_MS)
    note = store.notes.all(SCOPE)[KEY].value
    store.notes.put(SCOPE, KEY, {**note, "host": host}, END_MS)

    for later_ms in (60_000, 60_000 + CLOSE_AFTER_MS):
        ended = findings.reports(data_after({}, later_ms), fabric(), END_MS + later_ms)
        findings.remember([news for _report, news in ended], END_MS + later_ms)

    assert [news.state for _report, news in ended] == ["closed"]
    assert store.notes.all(SCOPE) == {}
