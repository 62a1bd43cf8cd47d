"""`check` names what people, dashboard, reports and wiki would lack."""

import json
from collections.abc import Mapping
from importlib import util
from pathlib import Path

import pytest

from tests.interfaces.cli.conftest import Cli

FILE = "communication.toml"
DASHBOARD = "[dashboard]\nenabled = true\n"
BOUND = """
[wiki]
doc = "Models"
"""


@pytest.fixture
def findings(connected: Cli) -> Mapping[str, dict[str, str]]:
    """What `check` finds, by name: asked for with `checked`."""
    return checked(connected, "")


def checked(connected: Cli, text: str) -> Mapping[str, dict[str, str]]:
    """With these settings added."""
    path = Path("config.toml")
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    Path(FILE).write_text(f"{before}\n{text}", encoding="utf-8")
    ran = connected("check", "--json", "--config", FILE)
    return {check["check"]: check for check in json.loads(ran.out)["checks"]}


def test_without_settings_all_of_it_is_off(findings: Mapping[str, dict[str, str]]) -> None:
    """And nothing is to be done."""
    names = ("people", "dashboard", "reports", "wiki")
    assert {findings[name]["state"] for name in names} == {"ok"}
    assert findings["dashboard"]["text"].startswith("off")


def test_a_name_that_nobody_has_is_noted_with_its_key(connected: Cli) -> None:
    """Before the incident in which it would be left out."""
    text = """
        [people]
        on_call = ["Maria", "Nobody At All"]
        [digests.ops]
        channel = "ops"
        mention = ["on_call:missing"]
    """
    people = checked(connected, text)["people"]
    assert people["state"] == "note" and people["hint"]
    first, second = people["text"].splitlines()
    assert first.startswith('people.on_call: no people are called "Nobody At All"')
    assert second.startswith("digests.ops.mention: ")


@pytest.mark.parametrize(
    ("automation", "settings", "name"),
    [
        ("possible_incident", 'ask = ["author", "Marai", "Maria"]', "Marai"),
        ("possible_incident", 'ask = ["assignee", "on_call:triaje"]', "triaje"),
        ("live_incident", 'lead = "Marai"', "Marai"),
        ("live_incident", 'roles = ["Scribe: Marai"]', "Marai"),
    ],
)
def test_a_name_that_an_automation_would_leave_out_is_noted(
    connected: Cli, automation: str, settings: str, name: str
) -> None:
    """Before the incident in which nobody of that name is asked."""
    table = f"automations.by_name.{automation}"
    rotation = '[people.rotations.triage]\npeople = ["Maria"]'
    text = f'{rotation}\n[{table}]\nmode = "on"\n[{table}.settings]\n{settings}'
    people = checked(connected, text)["people"]
    assert people["state"] == "note"
    (line,) = people["text"].splitlines()
    assert line.startswith(f"{automation}: ") and name in line and "did you mean" in line


@pytest.mark.parametrize(
    ("text", "state", "message"),
    [
        (DASHBOARD, "ok", "for this machine"),
        (f'{DASHBOARD}public_url = "http://bot.example.org"', "note", "no https address"),
        (f'{DASHBOARD}public_url = "https://bot.example.org"', "ok", "https://bot.example.org"),
        (f'{DASHBOARD}public_url = "bot.example.org"', "problem", "dashboard.public_url"),
        (f'{DASHBOARD}client_id = "a"', "problem", "dashboard.client_secret"),
        (f'{DASHBOARD}[dashboard.views.a]\npage = "nothing"', "problem", "dashboard.views.a"),
        (f'{DASHBOARD}[dashboard.views.now]\npage = "now"', "problem", "dashboard.views.now"),
        (
            f'{DASHBOARD}[dashboard.views.a]\npage = "now"\nsections = ["x"]',
            "problem",
            "section of the page now: x",
        ),
    ],
)
def test_the_dashboards_settings_are_looked_at(
    connected: Cli, text: str, state: str, message: str
) -> None:
    """A saved view that cannot be opened is found before somebody embeds it."""
    dashboard = checked(connected, text)["dashboard"]
    assert dashboard["state"] == state
    assert message in dashboard["text"]
    assert state == "ok" or dashboard["hint"]


def test_a_section_that_a_report_does_not_have_is_a_problem(connected: Cli) -> None:
    """Else the report would be parked at its time."""
    text = """
        [reports.weekly]
        sections = ["lane", "lanes"]
        [reports.weekly.targets.out]
        kind = "file"
        folder = "out"
        formats = ["pdf"]
    """
    reports = checked(connected, text)["reports"]
    assert reports["state"] == "problem" and "It has: " in reports["hint"]
    assert "reports.weekly.sections: a weekly report has no section 'lanes'" in reports["text"]
    has_pdf = util.find_spec("weasyprint") is not None
    assert ("PDF needs weasyprint" in reports["text"]) is not has_pdf


def test_a_mail_server_that_cannot_be_used_is_a_problem(connected: Cli) -> None:
    """Else it is found when the first report is due."""
    text = """
        [mail]
        host = "127.0.0.1"
        port = 9
        sender = "ML bot <bot@example.org>"
        [reports.weekly.targets.leads]
        kind = "mail"
        receivers = ["ada@example.org"]
    """
    reports = checked(connected, text)["reports"]
    assert reports["state"] == "problem"
    assert reports["text"].startswith("mail server 127.0.0.1, port 9: ")
    assert "mail.host, mail.port" in reports["hint"]


def test_a_task_that_a_report_cannot_comment_on_is_a_problem(connected: Cli) -> None:
    """Else it is found when the first report is due."""
    text = """
        [reports.weekly.targets.log]
        kind = "comment"
        task = "https://app.clickup.com/t/86nothere"
    """
    reports = checked(connected, text)["reports"]
    assert reports["state"] == "problem" and reports["hint"]
    assert reports["text"].startswith("reports.weekly.targets.log.task: https://app.clickup.com/t/")


@pytest.mark.parametrize(
    ("table", "state"),
    [
        ('kind = "alertmanager"\nsecret = "x"', "note"),
        ('kind = "alertmanager"\ntoken = "x"', "ok"),
        ('kind = "github"\nsecret = "x"', "ok"),
    ],
)
def test_a_tool_that_cannot_sign_needs_a_token(connected: Cli, table: str, state: str) -> None:
    """Else each of its reports is refused, and nobody knows before an alert is missing."""
    integrations = checked(connected, f"[integrations.tool]\n{table}\n")["integrations"]
    assert integrations["state"] == state
    assert ("integrations.tool.token is not set" in integrations["text"]) is (state == "note")


@pytest.mark.parametrize(
    ("url", "wrong"),
    [
        ("https://hooks.example.org/T0/hush", ""),
        ("http://127.0.0.1:8065/hooks/hush", ""),
        ("http://hooks.example.org/T0/hush", "webhook to hooks.example.org: only https is allowed"),
        ("hush", "webhook: an address needs a host and may hold no password"),
    ],
)
def test_a_target_that_could_never_be_reached_is_named(
    connected: Cli, url: str, wrong: str
) -> None:
    """Before the first incident; its address is a secret."""
    tables = """
        [outbound]
        allow_hosts = ["127.0.0.1"]
        [outbound.targets.oncall]
        kind = "mattermost"
    """
    outbound = checked(connected, f'{tables}\nurl = "{url}"')["outbound"]
    problem = f"outbound.targets.oncall.url: {wrong}"
    assert outbound["text"] == (problem if wrong else "1 target configured")
    assert outbound["state"] == ("problem" if wrong else "ok")
    assert "hush" not in json.dumps(outbound)


def test_a_wiki_without_numbers_has_no_page(connected: Cli) -> None:
    """It is about models that have metric fields."""
    wiki = checked(connected, BOUND)["wiki"]
    assert wiki["state"] == "note"
    assert 'no page in "Models"' in wiki["text"]
