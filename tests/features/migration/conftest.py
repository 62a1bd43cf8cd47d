"""Fixtures of the migration's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.features.migration.bench import Bench
from tests.features.migration.bench import bench as made


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """A migration of the sample that was not begun yet."""
    with made(tmp_path) as begun_bench:
        yield begun_bench
