"""A sandbox that holds what a run should have made."""

from collections.abc import Iterator

import pytest

from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.sandbox import Sandbox
from tests.features.migration.verify.migrated import Migrated, migrate


@pytest.fixture
def migrated(clickup_sandbox: Sandbox) -> Iterator[Migrated]:
    with ClickUp(clickup_sandbox.token, base_url=clickup_sandbox.url) as clickup:
        yield migrate(clickup_sandbox, clickup)
