"""`automations runs`, and what `check` and `doctor` say about runs that failed."""

import json
from dataclasses import replace

import pytest

from clickup_mlops.ports.cli.clock import now_ms
from clickup_mlops.store import Store
from clickup_mlops.store.tables.runs import AutomationRun, RunAction
from tests.interfaces.cli.conftest import Cli

URL = "sqlite:///clickup-mlops.db"
SAID = RunAction("comment", "t1", "comment: On fire", "done")
BAD = RunAction(
    "assign", "t1", "action 2, assign: user: nobody", "problem", hint="Correct hot.toml."
)
NO = RunAction("add_tag", "t9", "+ tag a", "refused", why="Team not authorized", hint="Ask Ana.")
RUN = AutomationRun("hot", "t1", "hook:1", "taskTagUpdated", 0, "partly failed", (SAID, BAD))
TASK = {"id": "t1", "name": "Ranker", "url": "https://app.clickup.com/t/t1", "list": {"id": "1"}}


@pytest.fixture
def at_ms() -> int:
    """A minute ago: three runs of two automations."""
    at_ms = now_ms() - 60_000
    with Store.open(URL) as store:
        store.mirror.put_many("w", [TASK], 1)
        store.runs.put(replace(RUN, at_ms=at_ms - 7 * 86_400_000, event_key="hook:0"))
        store.runs.put(replace(RUN, at_ms=at_ms))
        outcome = replace(RUN, automation="normal", task_id="t2", result="done", actions=(SAID,))
        store.runs.put(replace(outcome, at_ms=at_ms + 1))
        store.flush()
    return at_ms


def test_runs_are_listed_with_task_trigger_result_and_why(cli: Cli, at_ms: int) -> None:
    """Newest first; `automations runs` is the same."""
    lines = [line.rstrip() for line in cli("automations", "runs").out.splitlines()]

    assert "t2  " in lines[1] and lines[1].endswith("comment: On fire")
    assert "taskTagUpdated  t1 Ranker  partly failed  1" in lines[2]
    assert lines[2].endswith("action 2, assign: user: nobody")
    assert len(lines) == 4
    assert [line.rstrip() for line in cli("automations", "runs").out.splitlines()] == lines


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (["hot"], 2),
        (["--task", "https://app.clickup.com/t/t1"], 2),
        (["--failed"], 2),
        (["--since", "2h"], 2),
        (["--failed", "--since", "2h"], 1),
        (["--limit", "1"], 1),
        (["normal", "--failed"], 0),
    ],
)
def test_what_is_asked_for_is_listed(cli: Cli, at_ms: int, options: list[str], count: int) -> None:
    """By automation, task, failure and time; as JSON, with all that is known."""
    runs = json.loads(cli("automations", "runs", *options, "--json").out)["runs"]

    assert len(runs) == count
    for run in runs:
        assert {"id", "at_ms", "why", "task_name", "task_url", "actions"} <= run.keys()


def test_nothing_found_is_said(cli: Cli, at_ms: int) -> None:
    """In words, not by an empty table; a name that no automation has is an error."""
    assert cli("automations", "runs", "slo_breach").out.startswith("No run matches.")
    misspelt = cli("automations", "runs", "slo_breech")
    assert misspelt.code == 1
    assert 'Did you mean "slo_breach"?' in misspelt.err


def test_one_run_is_shown_with_every_action_and_what_to_do(cli: Cli) -> None:
    """By the number that the list shows."""
    with Store.open(URL) as store:
        store.mirror.put_many("w", [TASK], 1)
        store.runs.put(replace(RUN, actions=(SAID, BAD, NO)))
        store.flush()

    assert cli("automations", "runs", "1").out.splitlines() == [
        "run 1 of hot: partly failed",
        "when     1970-01-01 00:00:00+00:00",
        "trigger  taskTagUpdated (hook:1)",
        "task     t1 Ranker",
        "         https://app.clickup.com/t/t1",
        "done     comment: comment: On fire",
        "problem  action 2, assign: user: nobody",
        "         Hint: Correct hot.toml.",
        "refused  add_tag on task t9: + tag a",
        "         Team not authorized",
        "         Hint: Ask Ana.",
    ]
    assert json.loads(cli("automations", "runs", "1", "--json").out)["result"] == "partly failed"
    missing = cli("automations", "runs", "7")
    assert (missing.code, "no run 7" in missing.err) == (1, True)


@pytest.mark.parametrize("command", ["check", "doctor"])
def test_failed_runs_are_a_finding(connected: Cli, command: str) -> None:
    """How many of which automation, the newest, and where to look; old ones do not count."""
    with Store.open(URL) as store:
        for age_ms, key in ((1_000, "a"), (2_000, "b"), (90_000_000, "c")):
            store.runs.put(replace(RUN, at_ms=now_ms() - age_ms, event_key=key))
        store.flush()

    checks = json.loads(connected(command, "--json").out)["checks"]
    (runs,) = [run for run in checks if run["check"] == "runs"]
    assert runs["state"] == "note"
    assert runs["text"] == (
        "2 runs of hot failed in the last 24 h; newest: action 2, assign: user: nobody"
    )
    assert "clickup-mlops automations runs --failed" in runs["hint"]
