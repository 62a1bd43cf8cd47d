"""ClickUp cannot be reached: a command says so at once, and gives up before its person does."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.clickup.terminal import Terminal
from clickup_mlops.errors import RetryableApiError
from clickup_mlops.sandbox import Sandbox
from tests.empty import store_at
from tests.interfaces.cli.conftest import Cli

PATIENT_S = 15.0


@pytest.fixture
def away(cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path) -> Cli:
    """The command line of a bot whose ClickUp refuses connections."""
    monkeypatch.setenv("CLICKUP_MLOPS_CLICKUP__TOKEN", "pk_1_x")
    monkeypatch.setenv("CLICKUP_MLOPS_CLICKUP__BASE_URL", "http://127.0.0.1:9")
    store_at(tmp_path / "clickup-mlops.db")
    return cli


@pytest.fixture
def hole() -> Iterator[str]:
    """An address that takes connections and never answers."""
    with closing(socket.socket()) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(20)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@pytest.mark.parametrize(
    "words",
    [("hooks", "list", "--json"), ("provision", "plan", "llm_serving"), ("backfill",)],
    ids=" ".join,
)
def test_a_command_without_a_network_says_what_it_waits_for_and_ends(
    away: Cli, words: tuple[str, ...]
) -> None:
    """Each failed try is told; the error has a hint, and no log line repeats it."""
    began = time.monotonic()
    ran = away(*words)
    assert time.monotonic() - began < PATIENT_S
    assert (ran.code, ran.out) == (1, "")
    assert "Waiting for ClickUp: GET /api/v2/team: no answer" in ran.err
    assert "(2 of 3)" in ran.err
    assert "(3 of 3)" in ran.err
    assert "Hint: Nothing accepts connections there" in ran.err
    assert "clickup_called" not in ran.err


def test_the_name_of_the_server_may_be_the_problem(
    away: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That is another mistake than a port without a server."""
    monkeypatch.setenv("CLICKUP_MLOPS_CLICKUP__BASE_URL", "http://nowhere.invalid")
    assert "Hint: The name of its server is not known here" in away("hooks", "list").err


def test_a_check_tries_no_more_often_than_it_wants(away: Cli) -> None:
    """Twice, not three times; its findings stay JSON."""
    ran = away("check", "--json")
    assert "(2 of 2)" in ran.err
    assert json.loads(ran.out)


def test_once_clickup_has_answered_an_outage_is_waited_for(clickup_sandbox: Sandbox) -> None:
    """A long run does not end because the network is away for some seconds."""
    with ClickUp(
        clickup_sandbox.token,
        base_url=clickup_sandbox.url,
        waiting=Terminal(),
        sleep=lambda _s: None,
    ) as clickup:
        clickup.authorization.user()
        clickup_sandbox.control.faults.add("cut_before", times=None)
        with pytest.raises(RetryableApiError):
            clickup.authorization.user()
        assert clickup.calls == 1 + 6


def test_a_silent_server_is_named_and_ctrl_c_ends_at_once(hole: str, tmp_path) -> None:
    """Nothing is printed for 30 s else, while the answer may still come."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("CLICKUP_MLOPS_")}
    local = {"CLICKUP_MLOPS_CLICKUP__TOKEN": "pk_1_x", "CLICKUP_MLOPS_CLICKUP__BASE_URL": hole}
    with subprocess.Popen(
        [sys.executable, "-m", "clickup_mlops", "hooks", "list"],
        cwd=tmp_path,
        env=clean | local,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stderr is not None
        readline = running.stderr.readline()
        running.send_signal(signal.SIGINT)
        began = time.monotonic()
        code = running.wait(PATIENT_S)
        took_s = time.monotonic() - began
        remainder = running.stderr.read()
    assert readline == "Waiting for ClickUp's answer to GET /api/v2/team, up to 30 s ...\n"
    assert (code, remainder.strip()) == (130, "")
    assert took_s < 3
