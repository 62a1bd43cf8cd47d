"""`why` repeats the recorded decision, word for word."""

import json
from pathlib import Path

import pytest

from clickup_mlops.routing.decision import Decision
from clickup_mlops.routing.explain import explain
from clickup_mlops.store import Store
from tests.cli.conftest import Cli

DECISION = Decision(
    task_id="86abc",
    priority=1,
    before=3,
    workload="inference",
    tier="incident",
    rule="inference.incident",
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
    told = json.loads(cli("why", "86abc", "--json").out)

    assert Decision.from_dict(told) == DECISION
    assert told["event"] == "hook:item:taskCreated"


def test_an_unknown_task_is_an_error(cli: Cli) -> None:
    """With a hint where to look."""
    ran = cli("why", "86xyz")

    assert ran.code == 1
    assert "86xyz" in ran.err
    assert "events list" in ran.err
