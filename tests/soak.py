"""What `nox -s soak` runs besides: every step at which a test may crash, and both databases."""

import os
from typing import Any

import pytest

IS_SOAK = int(os.environ.get("CLICKUP_MLOPS_TEST_KILLS", "100")) > 100
only_in_soak = pytest.mark.skipif(not IS_SOAK, reason="on this database in `nox -s soak`")


def crash_steps(count: int, *arguments: object, every: int = 3) -> list[Any]:
    """Parameters of a test that crashes at a step: `arguments`, then the number of the step.

    The check crashes at the first step, at `every` so many, and at the last; a soak at the others.
    """
    return [
        pytest.param(*arguments, step, marks=() if is_checked else (pytest.mark.soak,))
        for step in range(1, count + 1)
        for is_checked in (step % every == 1 or step == count,)
    ]
