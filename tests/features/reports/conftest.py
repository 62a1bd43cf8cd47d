"""A store that something of everything has happened in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from clickup_mlops.features.reports import build
from clickup_mlops.ports.sections.model import Report
from clickup_mlops.ports.sections.subject import Subject
from clickup_mlops.store import Store
from tests.empty import store_at
from tests.features.reports import seeded
from tests.store.conftest import postgresql_url as postgresql_url


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Store]:
    """Nothing happened."""
    with Store.open(store_at(tmp_path / "empty.db")) as store:
        yield store


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Something of everything happened in a week, and in the week before."""
    with Store.open(store_at(tmp_path_factory.mktemp("report") / "bot.db")) as store:
        seeded.fill(store)
        yield store


@pytest.fixture(scope="module")
def report(full: Store) -> Report:
    """Of that week."""
    return build.report(full, seeded.WORKSPACE, Subject(seeded.week()))
