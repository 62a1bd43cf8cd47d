"""A value that oscillates around its objective does not make a team's tasks flap."""

from pathlib import Path

import pytest

from clickup_mlops.features.simulation import what_if
from clickup_mlops.routing.policy import Policy, Urgency
from clickup_mlops.sandbox import Sandbox
from tests.flows.conftest import INFERENCE, LIST, Team, settings_for, working
from tests.ports import BoundPort

ROUNDS = 30


@pytest.mark.parametrize(("margin", "writes"), [(0, ROUNDS), (0.1, 1)])
def test_a_latency_around_its_objective_changes_the_priority_once(
    clickup_sandbox: Sandbox, tmp_path: Path, margin: float, writes: int
) -> None:
    """Counted in the sandbox. What-if agrees: without a margin the breach is over."""
    control, port = clickup_sandbox.control, BoundPort()
    for name in ("P99 latency ms", "SLO latency ms"):
        control.create_field(name, "number")
    routing = {"urgency": {"recovery_margin": margin}}
    settings = settings_for(clickup_sandbox, tmp_path, port, routing=routing)
    with working(clickup_sandbox, settings, port) as team:
        team.bot.sources.hooks.register()
        task = team.member.create_task(LIST, INFERENCE)
        team.member.set_field(task, "SLO latency ms", 300)
        team.settle()
        before, calm = len(team.bot_writes(task)), team.priority(task)
        for number in range(ROUNDS):
            team.member.set_field(task, "P99 latency ms", 290 if number % 2 else 310)
            team.settle()
            if margin:
                assert _read_latency_reason(team, task) == (
                    "still counts" if number % 2 else "is above"
                )

        assert len(team.bot_writes(task)) - before == writes
        eager = Policy(urgency=Urgency(recovery_margin=0))
        question = what_if.Question(settings.routing, eager)
        _, moves = what_if.ask(
            team.bot.store, team.bot.context.classifier, question, team.bot.now_ms()
        )
        assert [move.after.priority for move in moves] == ([calm] if margin else [])

        team.member.set_field(task, "P99 latency ms", 270)
        team.settle()
        assert team.priority(task) == calm


def _read_latency_reason(team: Team, task: str) -> str:
    """How the newest decision speaks of the latency, as `why` and the dashboard show it."""
    latest = team.bot.store.decisions.latest(task)
    assert latest is not None
    (reason,) = [reason for reason in latest.body["reasons"] if "P99" in reason]
    return "still counts" if "still counts" in reason else "is above"
