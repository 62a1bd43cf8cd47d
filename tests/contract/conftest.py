"""Every answer of the sandbox in these tests is judged by the official documents."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from clickup_mlops.sandbox import Sandbox
from tests.contract.official import Official


@pytest.fixture(scope="session")
def official(reference_dir: Path) -> Official:
    return Official(reference_dir)


@pytest.fixture
def judged(clickup_sandbox: Sandbox, official: Official) -> Iterator[Sandbox]:
    """A sandbox; at the end of the test the documents must agree with every answer it gave."""
    seen = []
    clickup_sandbox.stats.listeners.append(seen.append)
    yield clickup_sandbox
    problems = [problem for one in seen for problem in official.answer_problems(one)]
    assert seen, "the test made no call"
    assert not problems, "\n".join(problems)
