"""TLS, and clients that cannot be pointed away from the real host name."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from shutil import which

import pytest
import requests

from clickup_mlops.clickup.client import ClickUp
from clickup_mlops.sandbox import Sandbox, running
from clickup_mlops.sandbox.core.interception import Interception

pytest.importorskip("cryptography")

REAL = "https://api.clickup.com/api/v2/user"
IN_NODE = """
const tls = require("tls"), http = require("http");
const proxy = new URL(process.env.HTTPS_PROXY);
const ask = http.request({ host: proxy.hostname, port: proxy.port, method: "CONNECT",
  path: "api.clickup.com:443" });
ask.on("connect", (answer, socket) => {
  const line = tls.connect({ socket, servername: "api.clickup.com" }, () => line.write(
    "GET /api/v2/user HTTP/1.1\\r\\nHost: api.clickup.com\\r\\n" +
    `Authorization: ${process.argv[1]}\\r\\nConnection: close\\r\\n\\r\\n`));
  line.pipe(process.stdout);
}).end();
"""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with running(intercept=True) as sandbox:
        yield sandbox


@pytest.fixture
def interception(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Interception:
    assert sandbox.interception
    for name, value in sandbox.interception.environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    return sandbox.interception


def get(url: str, sandbox: Sandbox) -> requests.Response:
    return requests.get(url, headers={"Authorization": sandbox.token}, timeout=10)


@pytest.mark.usefixtures("interception")
def test_the_real_address_is_answered_by_the_sandbox(sandbox: Sandbox) -> None:
    """By the environment alone; the certificate is checked."""
    assert get(REAL, sandbox).json()["user"]["username"] == "Router Bot"
    with ClickUp(sandbox.token) as clickup:
        task = clickup.tasks.create(sandbox.control.list_id("Tasks"), "x")
        big = clickup.attachments.add(task.id, "a.bin", b"x" * 3_000_000)
    (stored,) = sandbox.control.task("x")["attachments"]
    assert (stored["id"], stored["size"]) == (big.id, 3_000_000)


@pytest.mark.usefixtures("interception")
def test_no_call_leaves_the_machine(sandbox: Sandbox) -> None:
    """A tunnel to another host is refused."""
    with pytest.raises(requests.exceptions.ProxyError, match="403 Not a host of the sandbox"):
        get("https://example.com/", sandbox)


def test_who_does_not_trust_the_authority_is_not_answered(
    sandbox: Sandbox, interception: Interception, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is made at start, and no machine trusts it before it is told to."""
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    monkeypatch.delenv("CURL_CA_BUNDLE")
    with pytest.raises(requests.exceptions.SSLError):
        get(REAL, sandbox)
    assert interception.ca_file.read_text().count("BEGIN") == 1  # no key


def test_the_same_port_speaks_tls_at_once(
    sandbox: Sandbox, interception: Interception, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For clients whose base URL must begin with https."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert get(f"{interception.url}/api/v2/user", sandbox).ok
    plain = requests.get(interception.url.replace("https", "http"), timeout=10)
    assert plain.status_code == 405


@pytest.mark.parametrize("host", ["127.0.0.2", "0.0.0.0"])
def test_the_sandbox_is_reached_wherever_it_listens(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proxy itself listens on this machine only."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with running(host=host, allow_remote=True, intercept=True) as sandbox:
        assert sandbox.interception
        url, ca_file = sandbox.interception.url, str(sandbox.interception.ca_file)
        headers = {"Authorization": sandbox.token}
        assert requests.get(f"{url}/api/v2/user", headers=headers, verify=ca_file, timeout=10).ok


def run(command: list[str], environ: Mapping[str, str]) -> str:
    variables = {**os.environ, **environ}
    return subprocess.run(command, env=variables, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("program", ["curl", "node", "python"])
def test_programs_in_other_languages_are_intercepted(
    program: str, sandbox: Sandbox, interception: Interception
) -> None:
    """By the same variables."""
    if program != "python" and not which(program):
        pytest.skip(f"no {program} on the PATH")
    code = (
        "import sys, urllib.request as u; "
        "print(u.urlopen(u.Request(sys.argv[2], headers={'Authorization': sys.argv[1]})).read())"
    )
    commands = {
        "curl": ["curl", "-sS", "-H", f"Authorization: {sandbox.token}", REAL],
        "node": ["node", "-e", IN_NODE, sandbox.token],
        "python": [sys.executable, "-c", code, sandbox.token, REAL],
    }
    assert "Router Bot" in run(commands[program], interception.environ)
