"""Migrated tasks pass through routing once, whether the bot served during the run or not."""

from dataclasses import replace
from pathlib import Path

from clickup_mlops.bot.app import Bot
from clickup_mlops.clickup.model import Task
from clickup_mlops.features.migration.mapping import file as mapping_file
from clickup_mlops.features.migration.operations import run as running
from clickup_mlops.features.migration.operations.forget import forget
from clickup_mlops.features.migration.records import Cell, Item
from clickup_mlops.features.migration.run.model import Options
from clickup_mlops.features.migration.tables.migration_steps import MigrationSteps
from clickup_mlops.operations.backfill import backfill
from clickup_mlops.routing.facts import Context
from clickup_mlops.sandbox import Sandbox
from tests.features.migration.memory_source import MemorySource
from tests.features.migration.verify.migrated import BOARD, FIELDS, MAPPING, SOURCE


def migrate(bot: Bot, sandbox: Sandbox) -> list[str]:
    """Run a migration of inference work; the tasks' ids."""
    control, choices = sandbox.control, ("Red, dark", "Blue")
    for name, kind in (("Source ID", "short_text"), *FIELDS.values()):
        control.create_field(name, kind, choices=choices if kind in ("drop_down", "labels") else ())
    control.create_field("Group", "drop_down", choices=[group.title for group in BOARD.groups])
    items = (
        Item("1", "b1", "Inference endpoint of the chat model is down: 503 for all users", "g1"),
        Item("2", "b1", "Fine-tune the ranker on last month's data", "g1"),
        Item("3", "b1", "GPU OOM in the serving pods", "g1", cells={"prio": Cell("8", "Low")}),
    )
    source: MemorySource = replace(SOURCE, item_list=items, update_list=(), asset_list=())
    result = running.run_source(bot, MAPPING, source, Options(), running.Callbacks())
    assert result.ran.is_complete
    return [task.id for task in control.tasks]


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

    latests = {task: bot.store.decisions.latest(task) for task in (incident, low)}
    bodies = {task: row.body for task, row in latests.items() if row is not None}
    assert (bodies[incident]["tier"], bodies[incident]["priority"]) == ("normal", 3)
    assert (bodies[low]["priority"], bodies[low]["kept_for_person"]) == (4, True)


def test_what_was_imported_reports_no_incident(
    bot: Bot, clickup_sandbox: Sandbox, tmp_path: Path
) -> None:
    """Its text is old; also after the migration was forgotten."""
    incident, *_ = migrate(bot, clickup_sandbox)
    backfill(bot, 0)
    decided(bot, [incident])
    file = tmp_path / "mapping.toml"
    file.write_text(mapping_file.dumps(MAPPING), encoding="utf-8")
    assert forget(bot, file).steps
    assert bot.store.table(MigrationSteps).counts(MAPPING.name) == {}

    row = bot.store.mirror.get(incident)
    assert row is not None
    task = Task.parse(row.raw)
    decision = bot.context.router.route(task, Context(), bot.now_ms())

    reason = f"text: no evidence of an incident, because {MigrationSteps.CREATED}"
    assert (decision.incident, reason in decision.reasons) == (False, True)
