"""The same period from the same store gives the same bytes."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from clickup_mlops.features.reports import build
from clickup_mlops.features.reports.operations.building import formats
from clickup_mlops.ports.sections.model import Report
from clickup_mlops.ports.sections.subject import Subject
from clickup_mlops.store import Store
from tests.empty import store_at
from tests.features.reports import seeded
from tests.pango import HAS_PANGO

# An alarm in the midst of a PDF leaves a picture out of it, in place of ending the test.
pytestmark = pytest.mark.timeout(600)

ROOT = Path(__file__).parents[3]
PROGRAM = """
import sys
from tests.features.reports.test_reproducible import digests, report_of
for form, digest in digests(report_of(sys.argv[1])).items():
    print(form, digest)
"""


def report_of(url: str) -> Report:
    """The week's report from the store at this address."""
    with Store.open(url) as store:
        return build.report(store, seeded.WORKSPACE, Subject(seeded.week()))


def digests(report: Report) -> Mapping[str, str]:
    """Of the report in each format."""
    usable = {form: writer for form, writer in formats().items() if HAS_PANGO or form != "pdf"}
    return {form: _digest(render(report)) for form, render in usable.items()}


def _digest(created: str | bytes) -> str:
    return hashlib.sha256(created if isinstance(created, bytes) else created.encode()).hexdigest()


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    address = store_at(tmp_path_factory.mktemp("same") / "bot.db")
    with Store.open(address) as store:
        seeded.fill(store)
    return address


@pytest.fixture(scope="module")
def report(url: str) -> Report:
    """The report that all others are compared with."""
    return report_of(url)


@pytest.fixture(scope="module")
def expected(report: Report) -> Mapping[str, str]:
    """Of that report; to render a PDF takes seconds."""
    return digests(report)


def test_twice_in_one_process(url: str, expected: Mapping[str, str]) -> None:
    """In every format."""
    assert digests(report_of(url)) == expected


def test_in_another_process_zone_and_locale(url: str, expected: Mapping[str, str]) -> None:
    """The machine's time zone, its locale and the order of hashes are in none of the bytes."""
    environment = os.environ | {
        "TZ": "Pacific/Chatham",
        "PYTHONHASHSEED": "1",
        "LC_ALL": "C",
        "PYTHONPATH": str(ROOT),
    }
    outcome = subprocess.run(
        [sys.executable, "-c", PROGRAM, url],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    assert dict(line.split() for line in outcome.stdout.splitlines()) == expected


@pytest.mark.parametrize("order", [1, 2, 3])
def test_whatever_came_first(report: Report, order: int, tmp_path: Path) -> None:
    """Rows that were written in another order."""
    address = store_at(tmp_path / "shuffled.db")
    with Store.open(address) as store:
        seeded.fill(store, shuffle=order)

    assert report_of(address) == report


@pytest.mark.services
def test_on_sqlite_and_postgresql(report: Report, postgresql_url: str) -> None:
    with Store.open(postgresql_url) as store:
        seeded.fill(store, shuffle=4)

    assert report_of(postgresql_url) == report


def test_later_events_change_nothing(report: Report, tmp_path: Path) -> None:
    """What happens after the period is not in its report, even if it concerns the same tasks."""
    address = store_at(tmp_path / "later.db")
    with Store.open(address) as store:
        seeded.fill(store)
        seeded.later(store)

    assert report_of(address) == report
