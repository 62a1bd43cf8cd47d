"""`doctor` diagnoses an installed bot, and names a fix for each finding."""

import json
import time
from pathlib import Path

import pytest

from clickup_mlops.errors import ConfigError
from clickup_mlops.sandbox import Sandbox
from clickup_mlops.sandbox.clickup.ui_actions import UiActions
from clickup_mlops.store import Store
from clickup_mlops.store.migrations import head
from tests.bot.conftest import postgres_url
from tests.interfaces.cli.conftest import Cli, Ran
from tests.later_revision import add_later_revision
from tests.store.store_events import event

__all__ = ["postgres_url"]

DATABASE = "sqlite:///clickup-mlops.db"


def _findings(ran: Ran) -> dict[str, dict[str, str]]:
    return {check["check"]: check for check in json.loads(ran.out)["checks"]}


def test_a_bot_that_never_ran_gives_notes(connected: Cli) -> None:
    """Exit code 2: nothing is wrong, but something is to be done; each note says what."""
    Path(DATABASE.removeprefix("sqlite:///")).unlink(missing_ok=True)
    ran = connected("doctor", "--json")

    result = _findings(ran)
    assert ran.code == json.loads(ran.out)["exit_code"] == 2
    assert result["schema"]["state"] == result["jobs"]["state"] == "note"
    assert result["role"]["text"].startswith("admin")
    assert result["clock"]["state"] == result["disk"]["state"] == result["broker"]["state"] == "ok"
    assert "left in this minute" in result["limits"]["text"]
    assert all(entry["hint"] for entry in result.values() if entry["state"] in ("note", "problem"))


def test_it_changes_nothing(
    connected: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tables of an older version stay as they are: that is for `serve` to change."""
    Store.open(DATABASE).close()
    result = head()
    add_later_revision(tmp_path, monkeypatch)

    ran = connected("doctor", "--json")

    assert ran.code == 1
    assert _findings(ran)["schema"]["state"] == "problem"
    assert _findings(ran)["disk"]["state"] == "skipped"
    with Store(DATABASE) as store, pytest.raises(ConfigError, match=result):
        store.must_be_current()


def test_jobs_and_events_that_stand_still_are_problems(connected: Cli) -> None:
    """The database tells, whether or not the process that should do them still runs."""
    with Store.open(DATABASE) as store:
        store.stats.job_succeeded("heal", 1_700_000_000_000)
        store.inbox.put(event("a"))

    result = _findings(connected("doctor", "--json"))

    assert result["jobs"]["state"] == result["events"]["state"] == "problem"
    assert "heal" in result["jobs"]["text"]


@pytest.mark.parametrize("ahead_s", [-300, 300])
def test_a_wrong_clock_is_a_problem(connected: Cli, clickup_sandbox: Sandbox, ahead_s: int) -> None:
    """Of this machine: the bot's own follows ClickUp's."""
    clock = clickup_sandbox.control.clock
    clock.freeze(clock.now_ms() - ahead_s * 1_000)

    result = _findings(connected("doctor", "--json"))

    assert result["clock"]["state"] == "problem"
    assert ("ahead of" if ahead_s > 0 else "behind") in result["clock"]["text"]


@pytest.mark.parametrize(("fault", "status"), [("status", 503), ("rate_limit", 429)])
def test_during_an_outage_of_clickup_nobody_is_asked_whether_the_bot_runs(
    connected: Cli, clickup_sandbox: Sandbox, fault: str, status: int
) -> None:
    """Events and jobs that are late wait for ClickUp."""
    with Store.open(DATABASE) as store:
        store.stats.job_succeeded("heal", 1_700_000_000_000)
        store.inbox.put(event("a"))
    clickup_sandbox.control.faults.add(fault, status_code=status, times=None)

    result = _findings(connected("doctor", "--json"))

    for late in (result["events"], result["jobs"], result["inbox"]):
        assert "ClickUp answer" in late["hint"]
        assert str(status) in late["hint"]
        assert "serve" not in late["hint"]


def test_without_a_database_its_own_folder_is_looked_at(connected: Cli, tmp_path: Path) -> None:
    """Not the temporary one of the command."""
    Path("clickup-mlops.db").unlink()

    result = _findings(connected("doctor", "--json"))

    assert f"free in {tmp_path}, the database takes 0.0 MiB" in result["disk"]["text"]
    assert result["permissions"]["text"] == "no database yet"
    assert result["events"]["text"] == "no event is waiting"


def test_a_job_that_ran_days_ago_is_not_of_today(connected: Cli) -> None:
    """Whole days count."""
    with Store.open(DATABASE) as store:
        now = int(time.time() * 1000)
        store.stats.job_succeeded("prune", now - 2 * 86_400_000 - 60_000)

    assert "prune 2 d ago" in _findings(connected("doctor", "--json"))["jobs"]["text"]


def test_a_guest_is_told_so(connected: Cli, clickup_sandbox: Sandbox) -> None:
    """Before it is found out by calls that fail."""
    UiActions(clickup_sandbox.world).set_role("Router Bot", "guest", shares={"Tasks": "read"})

    result = _findings(connected("doctor", "--json"))

    assert result["role"]["state"] == "problem"
    assert "member" in result["role"]["hint"]


def test_a_file_with_a_token_is_for_its_owner_alone(connected: Cli) -> None:
    """A note with the command that fixes it."""
    file = Path("config.toml")
    file.write_text(file.read_text().replace("[clickup]\n", '[clickup]\ntoken = "pk_1_ABCDEFGH"\n'))
    file.chmod(0o644)

    result = _findings(connected("doctor", "--json"))

    assert result["files"]["state"] == "note"
    assert result["files"]["hint"] == "chmod 600 config.toml"


def test_an_address_that_leads_elsewhere_is_a_problem(
    connected: Cli, clickup_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Something answers there, but not the receiver."""
    monkeypatch.setenv("CLICKUP_MLOPS_HOOKS__PUBLIC_URL", f"{clickup_sandbox.url}/hooks/clickup")

    assert _findings(connected("doctor", "--json"))["address"]["state"] == "problem"


@pytest.mark.services
def test_a_broker_that_is_away_is_a_problem(
    connected: Cli, monkeypatch: pytest.MonkeyPatch, postgres_url: str
) -> None:
    """With the address, without its password."""
    monkeypatch.setenv("CLICKUP_MLOPS_STORE__URL", postgres_url)
    monkeypatch.setenv("CLICKUP_MLOPS_ENGINE__KIND", "celery")
    monkeypatch.setenv("CLICKUP_MLOPS_ENGINE__BROKER_URL", "redis://:hunter2@127.0.0.1:1/0")

    ran = connected("doctor", "--json")

    assert _findings(ran)["broker"]["state"] == "problem"
    assert "hunter2" not in ran.out


def test_people_get_the_same_lines_as_from_check(connected: Cli) -> None:
    """A line for each finding, its fix below, however narrow the terminal is."""
    ran = connected("doctor")

    assert ran.code == 2
    fix = " " * 20 + "They run while `clickup-mlops serve` runs."
    assert f"note  jobs          no job has run yet\n{fix}\n" in ran.out
    assert ran.out.endswith("No problems.\n")


def test_a_database_that_others_may_read_is_a_note(connected: Cli, tmp_path: Path) -> None:
    """Unless nobody else gets to its folder; it holds webhook secrets and texts of tasks."""
    Store.open(DATABASE).close()
    file = Path(DATABASE.removeprefix("sqlite:///"))
    file.chmod(0o644)
    assert _findings(connected("doctor", "--json"))["permissions"]["state"] == "ok"

    tmp_path.chmod(0o755)
    permissions = _findings(connected("doctor", "--json"))["permissions"]
    assert (permissions["state"], "chmod 600" in permissions["hint"]) == ("note", True)
    file.chmod(0o600)
    assert _findings(connected("doctor", "--json"))["permissions"]["state"] == "ok"
