"""Which report is built: the newest period that is over, a milestone, an incident."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.errors import InputError
from clickup_mlops.features.incidents.tables.incidents import Incident, Incidents
from clickup_mlops.features.reports.operations import building as reports
from clickup_mlops.features.reports.operations.building import ReportRequest
from clickup_mlops.store import Store
from tests.empty import store_at

NOW_MS = 1_795_812_000_000
"""2026-11-27 20:40 UTC, a Friday."""
HOUR_MS = 3_600_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(store_at(tmp_path / "bot.db")) as store:
        yield store


def period_of(store: Store, every: Any, name: str = "", zone: str = "UTC") -> Any:
    return reports.build(store, "900", ReportRequest(every, name, zone), NOW_MS).period


@pytest.mark.parametrize(
    ("every", "zone", "name"),
    [
        ("daily", "UTC", "2026-11-26"),
        ("daily", "Pacific/Auckland", "2026-11-27"),
        ("weekly", "UTC", "2026-W47"),
        ("monthly", "UTC", "2026-10"),
    ],
)
def test_the_newest_period_that_is_over(store: Store, every: str, zone: str, name: str) -> None:
    """In the time zone, where it may be another day already."""
    assert period_of(store, every, zone=zone).name == name


def test_a_period_by_its_name(store: Store) -> None:
    assert period_of(store, "weekly", "2026-W48").start_ms < NOW_MS


def test_a_period_that_is_not_over_is_until_now_and_says_so(store: Store) -> None:
    """Else tasks wait until its end, and it is compared as if it were whole."""
    created = reports.build(
        store, "900", ReportRequest("weekly", "2026-W48", "Europe/Madrid"), NOW_MS
    )

    assert created.period.end_ms == NOW_MS
    page = str(reports.formats()["markdown"](created))
    assert "2026-W48 (2026-11-23 to 2026-11-27, until 21:40, Europe/Madrid)" in page
    assert "The period is not over: everything is until 2026-11-27 21:40." in page


def test_a_period_counts_as_over_shortly_before_its_end(store: Store) -> None:
    """Clocks differ: a report that is due at the end must be whole."""
    day = ReportRequest("daily", "2026-11-27")
    end_ms = NOW_MS + 3 * HOUR_MS + 20 * 60_000
    created = reports.build(store, "900", day, end_ms - 60_000)
    assert created.period.end_ms == end_ms
    assert "not over" not in str(reports.formats()["markdown"](created))


def test_a_period_that_has_not_begun_is_refused(store: Store) -> None:
    with pytest.raises(InputError, match="2026-W49 has not begun") as problem:
        period_of(store, "weekly", "2026-W49")
    assert "the last one that is over" in problem.value.hint


def test_a_milestone_is_from_its_creation_until_it_is_closed(store: Store) -> None:
    """Or until now."""
    raw = {"id": "m1", "name": "Ship 70B", "date_created": "1000", "status": {"type": "open"}}
    store.mirror.put_many("900", [raw], 1)
    result = period_of(store, "milestone", "m1")
    assert (result.name, result.start_ms, result.end_ms) == ("Ship 70B", 1_000, NOW_MS)

    store.mirror.put_many("900", [raw | {"date_closed": "5000", "date_updated": "5000"}], 2)
    assert period_of(store, "milestone", "m1").end_ms == 5_000


def test_an_incident_by_its_id_or_the_newest_of_its_task(store: Store) -> None:
    """Until just after it was closed, or until now."""
    store.table(Incidents).put(Incident("i1", "900", "t1", "First", 1_000, 2_000))
    store.table(Incidents).put(Incident("i2", "900", "t1", "Second", 3_000))

    first, newest = period_of(store, "incident", "i1"), period_of(store, "incident", "t1")
    assert (first.start_ms, first.end_ms) == (1_000, 2_001)
    assert (newest.name, newest.start_ms, newest.end_ms) == ("i2", 3_000, NOW_MS)


@pytest.mark.parametrize("every", ["milestone", "incident"])
@pytest.mark.parametrize("name", ["", "unknown"])
def test_what_is_not_known_is_refused_with_a_hint(store: Store, every: Any, name: str) -> None:
    with pytest.raises(InputError) as refused:
        period_of(store, every, name)

    assert refused.value.hint


def test_every_kind_is_listed_with_its_sections() -> None:
    result = {kind.every: kind for kind in reports.kinds()}

    assert list(result) == ["daily", "weekly", "monthly", "milestone", "incident"]
    assert result["weekly"].sections["lane"] == "Inference lane"
    assert "lane" not in result["incident"].sections
