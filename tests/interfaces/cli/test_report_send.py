"""`report send` and `report schedule`, as people call them."""

import json
from pathlib import Path

import pytest

from clickup_mlops.sandbox import Sandbox
from tests.interfaces.cli.conftest import Cli

pytest.importorskip("clickup_mlops.features.reports.render.markdown")

REPORT = """
[automations]
mode = "MODE"
[reports.weekly]
zone = "Europe/Madrid"
[reports.weekly.targets.channel]
kind = "chat"
channel = "ml-ops"
[reports.weekly.targets.files]
kind = "file"
folder = "out"
formats = ["markdown", "json"]
"""


@pytest.fixture
def configured(connected: Cli) -> Cli:
    """With a weekly report to a channel and to files."""
    configure("on")
    return connected


def configure(mode: str) -> None:
    file = Path("config.toml")
    head = file.read_text(encoding="utf-8").partition("[automations]")[0]
    file.write_text(head + REPORT.replace("MODE", mode).lstrip(), encoding="utf-8")


def test_a_report_is_sent_and_again_in_place(configured: Cli, clickup_sandbox: Sandbox) -> None:
    """As JSON and as a table."""
    ran = configured("report", "send", "weekly", "--period", "2026-W47", "--json")
    assert ran.code == 0, ran.err
    messages = json.loads(ran.out)
    assert (messages["report"], messages["period"]) == ("weekly", "2026-W47")
    assert [(target["target"], target["state"]) for target in messages["targets"]] == [
        ("channel", "sent"),
        ("files", "sent"),
    ]
    assert {path.name for path in Path("out").iterdir()} == {
        "weekly-2026-W47.md",
        "weekly-2026-W47.json",
    }

    ran = configured("report", "send", "weekly", "--period", "2026-W47", "--target", "channel")
    assert ran.code == 0, ran.err
    assert "#ml-ops" in ran.out and "files" not in ran.out
    (message,) = clickup_sandbox.world.messages
    assert "2026-W47" in message.content

    undone = configured("undo", "automation:report:weekly", "--since", "1d")
    assert undone.out.startswith("~ change 1: - chat:")
    assert ", task :" not in undone.out


def test_in_shadow_mode_it_says_that_nothing_is_sent(
    configured: Cli, clickup_sandbox: Sandbox
) -> None:
    configure("shadow")
    ran = configured("report", "send", "weekly")

    assert ran.code == 0 and "shadow" in ran.out and "automations.mode" in ran.err
    assert [*clickup_sandbox.world.messages] == []


def test_wrong_names_are_errors_with_a_hint(configured: Cli) -> None:
    for arguments, problem in [
        (["wekly"], 'no report is called "wekly"'),
        (["weekly", "--target", "chanel"], "channel"),
        (["weekly", "--period", "2026-48"], "2026-W48"),
    ]:
        ran = configured("report", "send", *arguments)
        assert ran.code == 1 and problem in ran.err, ran


def test_the_schedule_is_shown_in_the_zone_of_the_report(configured: Cli) -> None:
    ran = configured("report", "schedule")
    assert ran.code == 0, ran.err
    assert "08:00 Europe/Madrid" in ran.out and "chat: #ml-ops" in ran.out

    plain = json.loads(configured("report", "schedule", "--json").out)
    assert [report["report"] for report in plain["reports"]] == ["weekly"]


def test_without_reports_the_schedule_says_what_to_add(connected: Cli) -> None:
    ran = connected("report", "schedule")

    assert ran.code == 1 and "[reports.<name>]" in ran.err
