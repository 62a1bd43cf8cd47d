"""Running the command line inside the test's own folder."""

import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from clickup_mlops.interfaces.cli._root import run
from clickup_mlops.sandbox import Sandbox
from tests.empty import store_at

# Nobody listens there: these tests make deliveries fail, or make none.
PUBLIC_URL = "http://127.0.0.1:9/hooks/clickup"


@dataclass(frozen=True)
class Ran:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str


Cli = Callable[..., Ran]


@pytest.fixture
def cli(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Cli]:
    """Call `cli("events", "list")`: an empty folder, no settings from outside."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("CLICKUP_MLOPS_")]:
        if not name.startswith("CLICKUP_MLOPS_TEST_"):
            monkeypatch.delenv(name)

    def call(*arguments: str) -> Ran:
        code = run(list(arguments))
        printed = capsys.readouterr()
        return Ran(code, printed.out, printed.err)

    yield call
    # Commands set up logging on this test's captured standard error, which is closed now.
    logging.basicConfig(force=True, handlers=[logging.NullHandler()])


@pytest.fixture
def connected(cli: Cli, clickup_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """The same, with a configuration for a sandbox and a public address."""
    monkeypatch.setenv("CLICKUP_MLOPS_CLICKUP__TOKEN", clickup_sandbox.token)
    Path("config.toml").write_text(
        f'[clickup]\nbase_url = "{clickup_sandbox.url}"\n[hooks]\npublic_url = "{PUBLIC_URL}"\n'
    )
    store_at(Path("clickup-mlops.db"))
    return cli
