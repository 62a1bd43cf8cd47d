"""The image is built, and bot, sandbox and MCP server run from it with no right to spare."""

import json
import os
import signal
import time

import pytest

from tests.deploy import podman
from tests.deploy.podman import Podman

IMAGE = "localhost/clickup-mlops"
LARGEST = 420_000_000
"""Bytes; a small Debian with Python is 106 million of them."""
ANSWER = "import sys, urllib.request as u; print(u.urlopen(sys.argv[1], timeout=9).read().decode())"
INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}


@pytest.mark.deployment
@pytest.mark.once
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_one_image_runs_bot_sandbox_and_agents_server() -> None:
    """As a user without rights, on a root that cannot be written, in a network of their own."""
    base = os.environ.get("CLICKUP_MLOPS_TEST_BASE")
    if not base:
        pytest.skip("no base image: set CLICKUP_MLOPS_TEST_BASE to a root file system's tar file")
    with podman.opened() as run:
        run("import", "--quiet", base, "localhost/base")
        run.build("localhost/base", IMAGE)

        assert int(run("image", "inspect", IMAGE, "--format={{.Size}}")) < LARGEST
        _drive(run)


def _drive(run: Podman) -> None:
    run.start("sandbox", "none", IMAGE, "sandbox", "serve", "--json")
    address = json.loads(_first_line(run, "sandbox"))
    run.start(
        "bot",
        "container:sandbox",
        IMAGE,
        CLICKUP_MLOPS_CLICKUP__BASE_URL=address["url"],
        CLICKUP_MLOPS_CLICKUP__TOKEN=address["token"],
        CLICKUP_MLOPS_CLICKUP__WORKSPACE_ID=address["workspace_id"],
        CLICKUP_MLOPS_HOOKS__PUBLIC_URL="http://127.0.0.1:8080/hooks/clickup",
    )
    assert json.loads(_answer(run, "http://127.0.0.1:8080/readyz"))["ready"] is True
    run("healthcheck", "run", "bot")
    _has_no_rights(run)
    _answers_agents(run)
    assert _stop(run, "bot") == 0
    assert _stop(run, "sandbox") == 128 + signal.SIGTERM


def _answers_agents(run: Podman) -> None:
    """The MCP server names itself when it is asked to begin."""
    script = f"printf '%s\\n' '{json.dumps(INITIALIZE)}' | clickup-mlops mcp"
    answer = json.loads(run("exec", "bot", "sh", "-c", script).splitlines()[0])
    assert answer["result"]["serverInfo"]["name"] == "clickup-mlops"


def _has_no_rights(run: Podman) -> None:
    """Nor an installer; only its data can be written."""
    assert run("exec", "bot", "id", "-u").strip() == "10001"
    with pytest.raises(AssertionError, match="Read-only file system"):
        run("exec", "bot", "touch", "/opt/clickup-mlops/x")
    with pytest.raises(AssertionError, match="No module named pip"):
        run("exec", "bot", "python", "-m", "pip")
    assert "clickup-mlops.db" in run("exec", "bot", "ls", "/data")


def _first_line(run: Podman, name: str) -> str:
    end = time.monotonic() + 120
    while not (lines := run("logs", name).splitlines()):
        assert time.monotonic() < end, f"{name} says nothing"
        time.sleep(0.2)
    return lines[0]


def _answer(run: Podman, url: str) -> str:
    """Of a server in the bot's network, once it answers with 200."""
    end = time.monotonic() + 120
    while True:
        try:
            return run("exec", "bot", "python", "-c", ANSWER, url)
        except AssertionError as error:
            if time.monotonic() > end:
                raise AssertionError(run("logs", "bot")) from error
            time.sleep(0.5)


def _stop(run: Podman, name: str) -> int:
    """How it ends when it is asked to."""
    run("stop", "--time=60", name)
    return int(run("inspect", name, "--format={{.State.ExitCode}}"))
