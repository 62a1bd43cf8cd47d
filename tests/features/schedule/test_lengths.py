"""How long runs take is learnt from all of the time in which they ran."""

import pytest

from clickup_mlops.features.schedule.tables.lengths import RunLengths
from clickup_mlops.store import Store
from tests.store.conftest import postgresql_url, sqlite_url, store, store_url

__all__ = ["postgresql_url", "sqlite_url", "store", "store_url"]
HOUR = 3_600_000


def test_a_requeued_run_counts_with_all_of_its_segments(store: Store) -> None:
    """Not with the first alone, nor with the time in which it waited again."""
    lengths, estimates = store.table(RunLengths), {"a": 4 * HOUR}
    lengths.begin("w", estimates, 0)
    lengths.begin("w", estimates, HOUR)  # it runs still
    lengths.end_others("w", (), HOUR)
    assert lengths.ratios("w") == [0.25]

    lengths.begin("w", estimates, 10 * HOUR)
    assert lengths.ratios("w") == []
    lengths.begin("w", estimates, 11 * HOUR)
    lengths.end_others("w", (), 13 * HOUR)
    assert lengths.ratios("w") == [pytest.approx(1.0)]
