"""Fixtures of provisioning's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.features.provisioning.workbench import Workbench, workbench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    """A fresh workspace with the undocumented field call switched on."""
    with workbench(tmp_path) as created:
        yield created
