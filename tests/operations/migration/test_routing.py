"""Migrated tasks pass through routing once, whether the bot served during the run or not."""

from dataclasses import replace

from clickup_mlops.bot.app import Bot
from clickup_mlops.migrate.records import Cell, Item
from clickup_mlops.migrate.run.model import Options
from clickup_mlops.operations.backfill import backfill
from clickup_mlops.operations.migration import run as running
from clickup_mlops.sandbox import Sandbox
from tests.migrate.memory_source import MemorySource
from tests.migrate.verify.migrated import BOARD, FIELDS, MAPPING, SOURCE


def migrate(bot: Bot, sandbox: Sandbox) -> list[str]:
    """Run a migration of inference work; the tasks' ids."""
    control, choices = sandbox.control, ("Red, dark", "Blue")
    for name, kind in (("Source ID", "short_text"), *FIELDS.values()):
        control.create_field(name, kind, choices=choices if kind in ("drop_down", "labels") else ())
    control.create_field("Group", "drop_down", choices=[one.title for one in BOARD.groups])
    items = (
        Item("1", "b1", "Inference endpoint of the chat model is down: 503 for all users", "g1"),
        Item("2", "b1", "Fine-tune the ranker on last month's data", "g1"),
        Item("3", "b1", "GPU OOM in the serving pods", "g1", cells={"prio": Cell("8", "Low")}),
    )
    source: MemorySource = replace(SOURCE, item_list=items, update_list=(), asset_list=())
    result = running.run_source(bot, MAPPING, source, Options(), running.Callbacks())
    assert result.ran.is_complete
    return [one.id for one in control.tasks]


def decided(bot: Bot, tasks: list[str]) -> list[bool]:
    bot.run_until_idle()
    return [bot.store.decisions.latest(task) is not None for task in tasks]


def test_a_back_fill_has_all_of_them_routed(bot: Bot, clickup_sandbox: Sandbox) -> None:
    """What was moved while the bot was off: in shadow nothing is written; once is enough."""
    tasks = migrate(bot, clickup_sandbox)
    assert decided(bot, tasks) == [False, False, False]
    clickup_sandbox.control.reset_counts()

    assert set(backfill(bot, 0).tasks) == set(tasks)

    assert decided(bot, tasks) == [True, True, True]
    assert clickup_sandbox.control.writes() == []
    assert backfill(bot, 0).tasks == ()


def test_a_priority_of_the_source_is_held_like_a_persons(
    bot: Bot, clickup_sandbox: Sandbox
) -> None:
    """Routing gives one to the tasks without; the others keep theirs for the time being."""
    incident, _, low = migrate(bot, clickup_sandbox)
    backfill(bot, 0)
    decided(bot, [incident, low])

    found = {task: bot.store.decisions.latest(task) for task in (incident, low)}
    bodies = {task: row.body for task, row in found.items() if row is not None}
    assert (bodies[incident]["tier"], bodies[incident]["priority"]) == ("incident", 1)
    assert (bodies[low]["priority"], bodies[low]["kept_for_person"]) == (4, True)
