"""`why` repeats the recorded decision, word for word."""

import json
from pathlib import Path

import pytest

from clickup_mlops.routing.decision import Decision
from clickup_mlops.routing.explain import explain
from clickup_mlops.routing.outcome import Outcome
from clickup_mlops.store import Mute, Store
from tests.interfaces.cli.conftest import Cli

DECISION = Decision(
    task_id="86abc",
    priority=1,
    before=3,
    workload="inference",
    tier="incident",
    decided_by="inference.incident",
    reasons=("The text tells of a live incident.",),
    evidence=("p99", "latency"),
    confidence=0.97,
    runner_up="infra",
    scores={"inference": 0.97, "infra": 0.02},
    source="text",
    incident=True,
    cause="hook:item:taskCreated",
)


@pytest.fixture(autouse=True)
def decided(tmp_path: Path) -> None:
    """One decision in the bot's database."""
    with Store.open(f"sqlite:///{tmp_path / 'clickup-mlops.db'}") as store:
        store.decisions.put("86abc", DECISION.to_dict(), DECISION.cause, 1_790_000_000_000)


@pytest.mark.parametrize(
    "task",
    [
        "86abc",
        "#86abc",
        "https://app.clickup.com/t/86abc/",
        "https://app.clickup.com/t/9/86abc?block=1",
    ],
)
def test_the_decision_is_explained(cli: Cli, task: str) -> None:
    """By task id or by the task's address."""
    assert cli("why", task).out == explain(DECISION) + "\n"


def test_json_holds_the_whole_decision(cli: Cli) -> None:
    """With the event that led to it."""
    message = json.loads(cli("why", "86abc", "--json").out)

    assert Decision.from_dict(message) == DECISION
    assert message["event"] == "hook:item:taskCreated"


def _remember(tmp_path: Path, **more: object) -> None:
    with Store.open(f"sqlite:///{tmp_path / 'clickup-mlops.db'}") as store:
        body = DECISION.to_dict() | more
        store.decisions.put("86abc", body, DECISION.cause, 1_790_000_001_000)


def test_a_decision_that_was_not_written_is_no_fact(cli: Cli, tmp_path: Path) -> None:
    """Those of older versions, too, which did not keep the reason."""
    _remember(tmp_path, written=False)
    first, second, *_ = cli("why", "86abc").out.splitlines()
    assert first == "Task 86abc: Normal now. Decided: Urgent, by inference.incident."
    assert second == "Not written: shadow mode, or an automation's cap."
    message = json.loads(cli("why", "86abc", "--json").out)
    assert (message["outcome"], message["written"], message["priority_now"]) == (
        "unknown",
        False,
        3,
    )

    became = Outcome("quiet", "inference_first", "2026-11-27 07:00 UTC")
    _remember(tmp_path, **became.to_dict())
    assert "waits for the end of quiet hours, 2026-11-27 07:00" in cli("why", "86abc").out
    message = json.loads(cli("why", "86abc", "--json").out)
    assert (message["outcome"], message["outcome_by"]) == ("quiet", "inference_first")


def test_who_holds_it_and_who_is_muted_is_told(cli: Cli, tmp_path: Path) -> None:
    """Also of a task about which nothing is decided."""
    with Store.open(f"sqlite:///{tmp_path / 'clickup-mlops.db'}") as store:
        store.overrides.put("86def", 2, 7, 1, 2**42, user_name="Ana", because="of the demo")
        store.mutes.put(Mute("86def", "inference_first", 2**42, "undo", "Bo"))
    message = cli("why", "86def").out
    assert message.startswith("Task 86def: nothing is decided.\nHigh is held for Ana until 2109")
    assert "because of the demo. `/release` ends that." in message
    assert "`inference_first` is muted on this task until 2109" in message
    explained = json.loads(cli("why", "86def", "--json").out)
    assert (explained["held"]["user"], explained["muted"][0]["automation"]) == (
        "Ana",
        "inference_first",
    )


def test_an_unknown_task_is_an_error(cli: Cli) -> None:
    """With a hint where to look."""
    ran = cli("why", "86xyz")

    assert ran.code == 1
    assert "86xyz" in ran.err
    assert "events list" in ran.err


def test_times_are_in_the_team_s_zone(cli: Cli, tmp_path: Path) -> None:
    """As in the bot's answers in comments."""
    (tmp_path / "config.toml").write_text('[jobs]\ntime_zone = "Europe/Berlin"\n')
    _remember(tmp_path, **Outcome("quiet", "inference_first", "2026-11-27 07:00 UTC").to_dict())

    assert "the end of quiet hours, 2026-11-27 08:00 CET" in cli("why", "86abc").out
