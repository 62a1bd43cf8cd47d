"""`dashboard`: links for people and for ClickUp's Embed view, who has some, and how they end."""

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from clickup_mlops.features.dashboard import grants
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.store import Store
from clickup_mlops.store.tables.history import Series
from tests.empty import store_at
from tests.interfaces.cli.conftest import Cli

URL = "sqlite:///clickup-mlops.db"
SETTINGS = """
[dashboard]
enabled = true
public_url = "https://bot.example.org"
[dashboard.views.night]
page = "now"
range = "6h"
"""
HOUR_MS = 3_600_000


@pytest.fixture
def enabled(cli: Cli) -> Cli:
    """A dashboard in the settings, and a store."""
    Path("config.toml").write_text(SETTINGS)
    store_at(Path("clickup-mlops.db"))
    return cli


def stored_grant(url: str, kind: grants.Kind) -> grants.Grant:
    """The grant of the token in the address."""
    token = urlsplit(url).path.strip("/").rpartition("/")[2]
    with Store.open(URL) as store:
        (grant,) = [grant for grant in grants.holding(store, 1) if grant.kind == kind]
        result = grants.find(store, token, kind, grant.made_ms)
    assert result == grant
    return grant


def test_open_prints_a_link_and_nothing_else(enabled: Cli) -> None:
    """On standard output, so that a script can open it; an operator unless said otherwise."""
    ran = enabled("dashboard", "open", "--name", "Ana")
    (link,) = ran.out.splitlines()
    assert link.startswith("https://bot.example.org/dashboard/open/")
    assert "Works once, until" in ran.err
    grant = stored_grant(link, "link")
    assert (grant.user_name, grant.role) == ("Ana", "operator")
    assert grant.expires_ms - grant.made_ms == grants.LINK_MS


def test_embed_says_when_clickup_could_not_show_it(enabled: Cli) -> None:
    """Its page has https, and browsers load nothing else in it."""
    assert "https" not in enabled("dashboard", "embed", "now").err
    Path("config.toml").write_text("[dashboard]\nenabled = true\n")
    assert "set dashboard.public_url" in enabled("dashboard", "embed", "now").err


def test_open_for_somebody_who_may_only_look(enabled: Cli) -> None:
    """And as JSON."""
    created = json.loads(enabled("dashboard", "open", "--role", "viewer", "--json").out)
    assert stored_grant(created["url"], "link").role == "viewer"


@pytest.mark.parametrize(
    ("arguments", "view", "hours"),
    [
        (["now"], "now", 90 * 24),
        (["flow", "--range", "30d"], "flow?range=30d", 90 * 24),
        (["night", "--for", "12h"], "now?range=6h", 12),
        (["view/night", "--range", "1h", "--for", "2w"], "now?range=1h", 14 * 24),
    ],
)
def test_embed_prints_a_link_for_one_view(
    enabled: Cli, arguments: list[str], view: str, hours: int
) -> None:
    """Read-only, for as long as was said, and how to end it."""
    ran = enabled("dashboard", "embed", *arguments)
    (link,) = ran.out.splitlines()
    assert link.startswith("https://bot.example.org/dashboard/embed/") and link.endswith("/")
    grant = stored_grant(link, "embed")
    assert (grant.view, grant.role) == (view, "viewer")
    assert grant.expires_ms - grant.made_ms == hours * HOUR_MS
    assert f"clickup-mlops dashboard revoke {grant.id}" in ran.err


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["nwo"], "no page or saved view: nwo"),
        (["now", "--section", "none-of-it"], "no section of the page now: none-of-it"),
        (["now", "--for", "90"], "--for 90: not a duration"),
        (["now", "--for", "0d"], "--for 0d: not a duration"),
        (["now", "--for", "99999w"], "at most five years"),
        (["now/chat"], "the page now is about no single target"),
    ],
)
def test_embed_makes_no_link_that_shows_nothing(
    enabled: Cli, arguments: list[str], problem: str
) -> None:
    """What cannot be is said at once."""
    ran = enabled("dashboard", "embed", *arguments)
    assert ran.code == 1 and problem in ran.err and not ran.out
    with Store.open(URL) as store:
        assert grants.holding(store, 1) == []


@pytest.fixture
def measuring(connected: Cli, clickup_sandbox: Sandbox) -> Cli:
    """A served dashboard of a bot that has measured one model."""
    with Path("config.toml").open("a") as file:
        file.write(SETTINGS)
    team = clickup_sandbox.team_id
    now_ms = int(clickup_sandbox.control.clock.now_ms())
    with Store.open(URL) as store:
        store.mirror.put_many(team, [{"id": "t1", "name": "chat serving"}], now_ms)
        series = Series(team, "vllm", "latency_p99_ms", "", "t1", "P99 latency ms", "ms")
        store.history.put([(series, now_ms, 90.0)])
    return connected


@pytest.mark.parametrize(
    ("view", "near"),
    [
        ("model/chat servin", "chat serving"),
        ("model/nosuchmodel", "chat serving"),
        ("automations/inference_frist", "inference_first"),
        ("infrastructure/switch-9", "No source reports networks"),
    ],
)
def test_embed_refuses_a_target_that_nobody_knows(measuring: Cli, view: str, near: str) -> None:
    """With names that are similar, or those that there are."""
    ran = measuring("dashboard", "embed", view)

    assert (ran.code, ran.out) == (1, "")
    assert f"knows nothing about {view.partition('/')[2]}" in ran.err
    assert near in ran.err
    with Store.open(URL) as store:
        assert grants.holding(store, 1) == []


@pytest.mark.parametrize("view", ["model/Chat Serving", "automations/inference_first", "model"])
def test_embed_of_what_is_known(measuring: Cli, view: str) -> None:
    """A model with one task is not in the choice of the page, but can be shown."""
    assert measuring("dashboard", "embed", view).code == 0


def test_list_and_revoke(enabled: Cli) -> None:
    """Without anything that opens something."""
    assert "Nobody is signed in" in enabled("dashboard", "list").out
    links = [
        enabled("dashboard", "open", "--name", "Ana").out,
        enabled("dashboard", "embed", "now").out,
    ]
    output = enabled("dashboard", "list").out + enabled("dashboard", "list", "--json").out
    for link in links:
        assert urlsplit(link.strip()).path.strip("/").rpartition("/")[2] not in output
    with Store.open(URL) as store:
        for grant in grants.holding(store, 1):
            assert grant.digest not in output and grant.id in output

    (link,) = json.loads(enabled("dashboard", "list", "--kind", "link", "--json").out)["grants"]
    assert enabled("dashboard", "revoke", link["id"]).out == f"{link['id']}\n"
    again = enabled("dashboard", "revoke", link["id"])
    assert again.code == 1 and "dashboard list" in again.err
    assert enabled("dashboard", "revoke").code == 1
    assert len(json.loads(enabled("dashboard", "revoke", "--all", "--json").out)["revoked"]) == 1
    assert "Nobody is signed in" in enabled("dashboard", "list").out


def test_links_of_a_dashboard_that_is_not_served_are_refused(cli: Cli) -> None:
    """With the key to set."""
    store_at(Path("clickup-mlops.db"))
    for arguments in (["open"], ["embed", "now"]):
        ran = cli("dashboard", *arguments)
        assert ran.code == 1 and "dashboard.enabled is false" in ran.err


@pytest.mark.parametrize(
    ("server", "start"),
    [
        ("", "http://127.0.0.1:8080/dashboard/open/"),
        ('host = "0.0.0.0"\nport = 9000', "http://127.0.0.1:9000/dashboard/open/"),
        ('host = "::1"', "http://[::1]:8080/dashboard/open/"),
    ],
)
def test_without_a_public_address_it_is_that_of_this_machine(
    cli: Cli, server: str, start: str
) -> None:
    """As the server listens."""
    Path("config.toml").write_text(f"[server]\n{server}\n[dashboard]\nenabled = true\n")
    store_at(Path("clickup-mlops.db"))
    assert cli("dashboard", "open").out.startswith(start)


def test_an_unknown_port_is_said(cli: Cli) -> None:
    """A link to port 0 would lead nowhere."""
    Path("config.toml").write_text("[server]\nport = 0\n[dashboard]\nenabled = true\n")
    store_at(Path("clickup-mlops.db"))
    ran = cli("dashboard", "open")
    assert ran.code == 1 and "dashboard.public_url is not set" in ran.err
