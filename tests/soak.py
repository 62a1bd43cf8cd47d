"""Whether this is a soak (`nox -s soak`): then crash tests try every step, and both databases."""

import os

import pytest

IS_SOAK = int(os.environ.get("CLICKUP_MLOPS_TEST_KILLS", "100")) > 100
only_in_soak = pytest.mark.skipif(not IS_SOAK, reason="on this database in `nox -s soak`")
