"""A simulation says what a live run then does; nothing is asked and nothing is written."""

import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.features.simulation import snapshot
from clickup_mlops.features.simulation.run import History, simulate
from clickup_mlops.features.simulation.simulated import Simulated
from clickup_mlops.features.simulation.simulation import SimulationContext
from clickup_mlops.features.simulation.tables.recordings import Recordings
from clickup_mlops.sandbox import running as sandbox_running
from clickup_mlops.store.journal_rows import DONE
from tests.flows.conftest import INFERENCE, LIST, TRAINING, Team, build, receiving, settings_for
from tests.ports import BoundPort

HOUR_MS = 3_600_000
MORNING_MS = 1_795_680_300_000
EXAMPLES = """
[[example]]
name = "acts"
task = { name = "Run 7", status = "in progress", tags = ["big"], fields = { Load = 9 } }
expect = [{}]
[[example]]
name = "stays quiet"
event = "taskDeleted"
expect = []
"""
AUTOMATIONS = {
    "a_big": 'on = ["taskCreated"]\nwhen = \'task.name.contains("large")\'\n'
    'do = [{ action = "add_tag", tag = "big" }, '
    '{ action = "comment", text = "Big: ${task.name}" }]',
    "b_chained": 'on = ["taskTagUpdated"]\nwhen = \'"big" in task.tags\'\n'
    'do = [{ action = "set_status", status = "in progress" }]',
    "c_capped": 'on = ["taskStatusUpdated"]\nwhen = \'task.status == "in progress"\'\ncap = 2\n'
    'do = [{ action = "add_tag", tag = "begun" }]',
    "d_latched": 'on = ["taskUpdated"]\nwhen = \'task.name.contains("hot")\'\n'
    "until = '!task.name.contains(\"hot\")'\n"
    'do = [{ action = "add_tag", tag = "fire" }]\nthen = [{ action = "remove_tag", tag = "fire" }]',
    "e_daily": 'schedule = { cron = "0 * * * *" }\nwhen = \'!("seen" in task.tags)\'\n'
    'do = [{ action = "add_tag", tag = "seen" }]',
    "f_follow": 'on = ["taskStatusUpdated"]\nwhen = \'task.status == "complete"\'\n'
    'do = [{ action = "create_task", key = "evaluate", name = "Evaluate ${task.name}" }]',
    "g_routing": 'on = ["taskCreated", "taskUpdated", "taskPriorityUpdated"]\n'
    'do = [{ action = "route" }]',
    "h_held": 'on = ["taskCreated"]\nwhen = \'task.name.contains("batch")\'\n'
    'do = [{ action = "set_priority", level = "urgent", keep = "P2D" }]',
    "i_ping": 'on = ["taskTagUpdated"]\nwhen = \'!("x" in task.tags)\'\n'
    'do = [{ action = "add_tag", tag = "x" }]',
    "j_pong": 'on = ["taskTagUpdated"]\nwhen = \'"x" in task.tags\'\n'
    'do = [{ action = "remove_tag", tag = "x" }]',
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Automations of every sort: chains, caps, latches, schedules, new tasks, routing, holds, a
    loop.
    """
    automations = tmp_path / "automations"
    automations.mkdir()
    for name, text in AUTOMATIONS.items():
        head = f'summary = "Some automation."\nmode = "on"\n{text}\n'
        (automations / f"{name}.toml").write_text(head + EXAMPLES, encoding="utf-8")
    return automations


@contextmanager
def team_with(folder: Path, where: Path, mode: str) -> Iterator[Team]:
    """A team with a bot in this mode, on a sandbox of its own."""
    with ExitStack() as stack:
        sandbox = stack.enter_context(sandbox_running(rate_limit=0, retry_spacing_s=(0.05,)))
        sandbox.control.clock.freeze(MORNING_MS)
        port = BoundPort()
        where.mkdir()
        automations = {"mode": mode, "folder": folder}
        settings = settings_for(sandbox, where, port, automations=automations)
        clock = sandbox.control.clock.now_ms
        bot = stack.enter_context(build(settings, clock=clock, sleep=lambda _s: None))
        stack.enter_context(receiving(bot, port))
        team = Team(sandbox, bot)
        bot.sources.hooks.register()
        bot.sources.schedules.catch_up()
        yield team


def a_day_of_work(team: Team, seed: int) -> dict[str, str]:
    """People create, rename, tag, finish, prioritise and delete; an hour is ten steps.

    Returns the names that the tasks were made with, by id.
    """
    chance, names = random.Random(seed), {}
    tasks: list[str] = []
    for step in range(40):
        team.control.clock.advance(HOUR_MS // 10)
        team.bot.sources.schedules.catch_up()
        team.settle()
        team.control.clock.advance(1_000)
        if len(tasks) < 4 or chance.random() < 0.3:
            name = chance.choice([INFERENCE, TRAINING, "A large hot run", "A large batch"])
            priority = {} if step % 3 or "batch" in name else {"priority": 1}
            tasks.append(team.member.create_task(LIST, f"{name} {step}", **priority))
            names[tasks[-1]] = f"{name} {step}"
        else:
            change(team, chance, tasks, step)
        team.settle()
    team.control.clock.advance(HOUR_MS)
    team.bot.sources.schedules.catch_up()
    team.settle()
    return names


def change(team: Team, chance: random.Random, tasks: list[str], step: int) -> None:
    """One thing that a person does to one of the tasks.

    Each is a change whatever the bot has done before: else a live run would see other events.
    """
    task = chance.choice(tasks)
    kind = chance.choice(["status", "priority", "name", "tag", "delete"])
    if kind == "status" and team.control.task(task)["status"]["status"] != "complete":
        team.member.set_status(task, "complete")
        tasks.remove(task)
    elif kind == "priority":
        team.member.set_priority(task, "urgent")
        tasks.remove(task)
    elif kind == "delete" and step % 2:
        team.member.delete(task)
        tasks.remove(task)
    elif kind == "tag":
        team.member.tag(task, f"step{step}")
    else:
        name = chance.choice(["A hot path", "A cold path", INFERENCE, TRAINING])
        team.member.update(task, name=f"{name}, {step}")


def simulated(team: Team, since_ms: int) -> Simulated:
    """What the bot's own automations would have done about what it has recorded."""
    bot = team.bot
    history = History(
        lambda: bot.store.table(Recordings).since(since_ms),
        list,
        since_ms,
        bot.now_ms(),
        partial(snapshot.initial_state, bot.store),
    )
    return simulate(
        bot.settings,
        bot.context.automations,
        history,
        SimulationContext(bot.context.classifier, bot.context.directory),
    )


Wrote = tuple[str, str, str, str]
"""Task by the name that it was made with, automation, kind, value."""


def list_writes(team: Team, names: dict[str, str]) -> list[Wrote]:
    """What the bot's automations wrote, task by task; tasks of the bot's own have fixed names."""
    automations = {automation.name for automation in team.bot.context.automations}
    rows = [
        row
        for row in reversed(team.bot.store.journal.list(limit=10_000))
        if row.automation in automations
    ]
    wrote = [
        (
            names.get(row.task_id) or name_of(team, row.task_id),
            row.automation,
            row.kind,
            format_value(row.after),
        )
        for row in rows
        if row.outcome == DONE
    ]
    return sorted(wrote, key=place)


def name_of(team: Team, task_id: str) -> str:
    """The present name."""
    return str(team.control.task(task_id)["name"])


def format_value(value: Any) -> str:
    """A value without the ids that differ from run to run."""
    return str(sorted({**value, "links_to": ""}.items()) if isinstance(value, dict) else value)


def list_simulated_writes(simulation: Simulated, names: dict[str, str]) -> list[Wrote]:
    """The same of a simulation."""
    wrote = [
        (
            names.get(action.task_id, action.task),
            action.automation,
            action.kind,
            format_value(action.after),
        )
        for action in simulation.writes
    ]
    return sorted(wrote, key=place)


def place(write: Wrote) -> tuple[str, str]:
    """Writes to different things may come in any order; those to one thing keep theirs."""
    return write[0], write[2]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_a_later_live_run_does_what_the_simulation_says(
    folder: Path, tmp_path: Path, seed: int
) -> None:
    """Recorded in shadow, simulated; then the same people and the automations on: no difference."""
    with team_with(folder, tmp_path / "shadow", "shadow") as team:
        since_ms = team.bot.now_ms()
        names = a_day_of_work(team, seed)
        assert list_writes(team, names) == []
        calls = team.control.stats.total
        expected = list_simulated_writes(simulated(team, since_ms), names)
        assert team.control.stats.total == calls
    with team_with(folder, tmp_path / "live", "on") as team:
        names = a_day_of_work(team, seed)
        assert list_writes(team, names) == expected
    assert {automation for _, automation, _, _ in expected} == set(AUTOMATIONS)


def test_a_simulation_begins_with_what_the_bot_knew(folder: Path, tmp_path: Path) -> None:
    """A priority that the bot gave is not taken for a person's; a person's holds."""
    with team_with(folder, tmp_path / "live", "on") as team:
        preset, chosen = (team.member.create_task(LIST, f"{TRAINING} {n}") for n in range(2))
        team.settle()
        team.member.set_priority(chosen, "high")
        team.settle()
        team.control.clock.advance(HOUR_MS)
        since_ms = team.bot.now_ms()
        team.control.clock.advance(HOUR_MS)
        for task in (preset, chosen):
            team.member.tag(task, "inference")
        team.settle()

        simulation = simulated(team, since_ms)

    wrote = [
        (action.task_id, action.after) for action in simulation.writes if action.kind == "priority"
    ]
    assert wrote == [(preset, 3)]
