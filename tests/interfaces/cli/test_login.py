"""Sign in by command; the token is kept for one address, and used if nothing else names one."""

import io
import json
import socket
import stat
import subprocess
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from clickup_mlops import kept_tokens
from clickup_mlops.errors import InputError
from clickup_mlops.interfaces.cli._loopback import Loopback
from clickup_mlops.sandbox import Sandbox
from tests.interfaces.cli.conftest import Cli


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nobody is signed in, and there is no keyring."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setitem(sys.modules, "keyring", None)
    return tmp_path / "home"


def sign_in(cli: Cli, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, token: str) -> str:
    """`login --token` with this line on standard input; what it printed."""
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{token}\n"))
    result = cli("login", "--token", "--base-url", sandbox.url)
    return result.out + result.err


def use(sandbox: Sandbox, folder: Path, token: str = "") -> None:
    """A settings file for the sandbox."""
    line = f'token = "{token}"\n' if token else ""
    (folder / "config.toml").write_text(f'[clickup]\nbase_url = "{sandbox.url}"\n{line}')


def test_a_personal_token_is_kept_for_its_owner_only(
    cli: Cli, clickup_sandbox: Sandbox, home: Path, tmp_path: Path, monkeypatch
) -> None:
    """And used by commands without any other setting; until `logout`."""
    out = sign_in(cli, clickup_sandbox, monkeypatch, clickup_sandbox.token)
    file = home / "clickup-mlops" / "login.json"
    assert "Signed in as Router Bot" in out and clickup_sandbox.token not in out
    assert stat.S_IMODE(file.stat().st_mode) == 0o600

    use(clickup_sandbox, tmp_path)
    person = cli("whoami", "--json")
    facts = json.loads(person.out)
    assert (facts["user"], facts["token"]) == ("Router Bot", "personal")
    assert "login" in facts["from"] and str(file) in facts["from"]
    assert "login" in cli("doctor").out

    assert "Signed out Router Bot" in cli("logout", "--base-url", clickup_sandbox.url).out
    assert cli("whoami").code == 1
    assert "Nobody is signed in" in cli("logout", "--base-url", clickup_sandbox.url).out


def test_a_refused_token_is_not_kept(
    cli: Cli, clickup_sandbox: Sandbox, home: Path, monkeypatch
) -> None:
    assert "Token invalid" in sign_in(cli, clickup_sandbox, monkeypatch, "pk_1_WRONG")
    assert not (home / "clickup-mlops" / "login.json").exists()


def test_a_token_of_another_address_is_never_used(
    cli: Cli, clickup_sandbox: Sandbox, tmp_path: Path, monkeypatch
) -> None:
    """A sandbox's is not sent to ClickUp."""
    sign_in(cli, clickup_sandbox, monkeypatch, clickup_sandbox.token)
    for said in (cli("whoami").err, cli("logout").out):
        assert "obody is signed in at https://api.clickup.com" in said
        assert clickup_sandbox.url in said, "it names where somebody is"
    assert kept_tokens.read(kept_tokens.OFFICIAL) is None
    assert kept_tokens.read(f"{clickup_sandbox.url}/") == kept_tokens.read(clickup_sandbox.url)


def test_whatever_else_names_a_token_wins(
    cli: Cli, clickup_sandbox: Sandbox, tmp_path: Path, monkeypatch
) -> None:
    """With its own kind: an OAuth token that is kept does not make it one."""
    sign_in(cli, clickup_sandbox, monkeypatch, clickup_sandbox.token)
    use(clickup_sandbox, tmp_path, clickup_sandbox.token_of("Maria"))
    facts = json.loads(cli("whoami", "--json").out)
    assert (facts["user"], facts["from"]) == ("Maria Keller", "config.toml")

    monkeypatch.setenv("CLICKUP_MLOPS_CLICKUP__TOKEN", clickup_sandbox.token_of("Jonas"))
    facts = json.loads(cli("whoami", "--json").out)
    assert facts["user"] == "Jonas Weber" and "environment" in facts["from"]


def test_the_keyring_has_it_if_there_is_one(
    cli: Cli, clickup_sandbox: Sandbox, home: Path, tmp_path: Path, monkeypatch
) -> None:
    """Then the file has no token."""
    stored: dict[tuple[str, str], str] = {}
    keyring = types.SimpleNamespace(
        get_keyring=lambda: types.SimpleNamespace(priority=5),
        set_password=lambda service, name, value: stored.update({(service, name): value}),
        get_password=lambda service, name: stored.get((service, name)),
        delete_password=lambda service, name: stored.pop((service, name)),
    )
    monkeypatch.setitem(sys.modules, "keyring", keyring)
    assert "keyring" in sign_in(cli, clickup_sandbox, monkeypatch, clickup_sandbox.token)
    assert clickup_sandbox.token not in (home / "clickup-mlops" / "login.json").read_text()
    use(clickup_sandbox, tmp_path)
    assert "keyring" in json.loads(cli("whoami", "--json").out)["from"]
    cli("logout", "--base-url", clickup_sandbox.url)
    assert not stored


def test_by_oauth_the_browser_comes_back_to_this_machine(
    clickup_sandbox: Sandbox, tmp_path: Path
) -> None:
    """The sandbox asks as ClickUp does; the token works as a Bearer token."""
    with _login(clickup_sandbox, tmp_path) as (process, address):
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        browser = requests.Session()
        page = browser.get(address, timeout=10).text
        form_token = page.partition('name="form_token" value="')[2].partition('"')[0]
        teams = {"team_id": clickup_sandbox.team_id, "form_token": form_token}
        user = {"user_id": str(clickup_sandbox.control.member("Maria").id)}
        answer = browser.post(
            f"{clickup_sandbox.url}/oauth/authorize", data={**query, **teams, **user}, timeout=10
        )
        assert "You are signed in" in answer.text
        out = process.communicate(timeout=60)[0]
    assert process.returncode == 0 and "Signed in as Maria Keller" in out
    entry = json.loads((tmp_path / "home" / "clickup-mlops" / "login.json").read_text())
    assert entry[clickup_sandbox.url]["oauth"] is True


class _login:  # noqa: N801 - reads as the command
    """`login` by OAuth in a process of its own, and the address that it prints."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        options = ["--client-id", "app", "--port", "0", "--no-browser", "--base-url", sandbox.url]
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-m", "clickup_mlops", "login", *options],
            cwd=folder,
            env={
                "PATH": "",
                "PYTHONPATH": str(Path(__file__).parents[3]),
                "XDG_CONFIG_HOME": str(folder / "home"),
                "CLICKUP_MLOPS_CLIENT_SECRET": "secret",
            },
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> tuple["subprocess.Popen[str]", str]:
        assert self.process.stdout is not None
        assert "Open this page" in self.process.stdout.readline()
        return self.process, self.process.stdout.readline().strip()

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    with Loopback(0) as listening:
        yield listening


def test_only_the_sign_in_that_was_begun_here_comes_back(loopback: Loopback) -> None:
    """Another state, another path, and a second code are refused."""
    assert not loopback.accept("/callback?code=c&state=forged")
    assert not loopback.accept(f"/elsewhere?code=c&state={loopback.state}")
    assert not loopback.accept(f"/callback?state={loopback.state}")
    assert loopback.accept(f"/callback?code=mine&state={loopback.state}")
    assert not loopback.accept(f"/callback?code=late&state={loopback.state}")
    assert loopback.wait(1) == "mine"


def test_a_refused_access_is_reported_at_once(loopback: Loopback) -> None:
    """As OAuth says it: by `error`, with the state of this sign-in."""
    forged = {"error": "access_denied", "state": "forged"}
    assert not requests.get(loopback.redirect_uri, forged, timeout=10).ok
    query = {"error": "access_denied", "error_description": "No\x1b team", "state": loopback.state}
    assert "not signed in" in requests.get(loopback.redirect_uri, query, timeout=10).text

    with pytest.raises(InputError, match=r"no access: No\\u001b team"):
        loopback.wait(1)


@pytest.mark.parametrize("content", ["{not JSON", "[]", '\ufeff{"a": {}}'])
def test_a_file_that_cannot_be_read_is_left_as_it_is(
    cli: Cli, clickup_sandbox: Sandbox, home: Path, monkeypatch, content: str
) -> None:
    """It may hold the tokens of other addresses."""
    file = home / "clickup-mlops" / "login.json"
    file.parent.mkdir(parents=True)
    file.write_text(content)

    out = sign_in(cli, clickup_sandbox, monkeypatch, clickup_sandbox.token)
    assert "cannot be read" in out and "Signed in" not in out
    assert file.read_text() == content


def test_it_gives_up_if_nobody_comes_back(loopback: Loopback) -> None:
    with pytest.raises(InputError):
        loopback.wait(0)


def test_a_connection_on_which_nothing_comes_holds_nobody_up() -> None:
    """Browsers open some in advance."""
    with Loopback(0) as loopback:
        address = urlsplit(loopback.redirect_uri)
        with socket.create_connection((str(address.hostname), int(address.port or 0))):
            query = {"code": "c", "state": loopback.state}
            assert requests.get(loopback.redirect_uri, query, timeout=10).ok
        assert loopback.wait(1) == "c"
