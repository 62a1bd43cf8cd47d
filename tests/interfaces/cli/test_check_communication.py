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
def found(connected: Cli) -> Mapping[str, dict[str, str]]:
    """What `check` finds, by name: asked for with `checked`."""
    return checked(connected, "")


def checked(connected: Cli, text: str) -> Mapping[str, dict[str, str]]:
    """With these settings added."""
    own = Path("config.toml")
    before = own.read_text(encoding="utf-8") if own.exists() else ""
    Path(FILE).write_text(f"{before}\n{text}", encoding="utf-8")
    ran = connected("check", "--json", "--config", FILE)
    return {one["check"]: one for one in json.loads(ran.out)["checks"]}


def test_without_settings_all_of_it_is_off(found: Mapping[str, dict[str, str]]) -> None:
    """And nothing is to be done."""
    names = ("people", "dashboard", "reports", "wiki")
    assert {found[name]["state"] for name in names} == {"ok"}
    assert found["dashboard"]["text"].startswith("off")


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
    ("text", "state", "said"),
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
    connected: Cli, text: str, state: str, said: str
) -> None:
    """A saved view that cannot be opened is found before somebody embeds it."""
    dashboard = checked(connected, text)["dashboard"]
    assert dashboard["state"] == state
    assert said in dashboard["text"]
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
    found = checked(connected, f"[integrations.tool]\n{table}\n")["integrations"]
    assert found["state"] == state
    assert ("integrations.tool.token is not set" in found["text"]) is (state == "note")


def test_a_wiki_without_numbers_has_no_page(connected: Cli) -> None:
    """It is about models that have metric fields."""
    wiki = checked(connected, BOUND)["wiki"]
    assert wiki["state"] == "note"
    assert 'no page in "Models"' in wiki["text"]
