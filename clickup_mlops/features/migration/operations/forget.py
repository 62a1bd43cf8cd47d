"""Forget: delete what the bot's database holds of a migration."""

from dataclasses import dataclass
from pathlib import Path

from clickup_mlops.bot.app import Bot
from clickup_mlops.features.migration import verification_summary
from clickup_mlops.features.migration.delta.snapshot import kept_as
from clickup_mlops.features.migration.mapping import file as mapping_file
from clickup_mlops.features.migration.operations.verify import compared_as
from clickup_mlops.features.migration.stored_pages import stored_as
from clickup_mlops.features.migration.tables.migration_records import MigrationRecords
from clickup_mlops.features.migration.tables.migration_steps import MigrationSteps
from clickup_mlops.features.provisioning.operations.run_lock import exclusive
from clickup_mlops.store.tables.notes import ORIGIN


@dataclass(frozen=True, slots=True)
class Held:
    """Rows of records (people, boards, items, updates, files) and of the journal (steps)."""

    records: int
    steps: int


def held(bot: Bot, file: Path) -> Held:
    """What there is of the mapping's migration. Raises ContentError: the mapping cannot be used."""
    name = mapping_file.load(file).name
    records = bot.store.table(MigrationRecords)
    return Held(
        sum(map(records.count, _names(name))),
        sum(bot.store.table(MigrationSteps).counts(name).values()),
    )


def forget(bot: Bot, file: Path) -> Held:
    """Delete it, the last verification too; what was deleted. ClickUp is not touched; which tasks
    it created is noted.

    Raises:
        InputError: a run is on its way; ContentError: the mapping cannot be used.
    """
    name = mapping_file.load(file).name
    store = bot.store
    with exclusive(bot, "migrate"):
        store.notes.remove(verification_summary.SCOPE, name)
        # What it created stays imported: its text never reports an incident.
        created = store.table(MigrationSteps).created(name)
        store.notes.put_many(ORIGIN, created, {"by": MigrationSteps.CREATED}, bot.now_ms())
        return Held(
            sum(map(store.table(MigrationRecords).forget, _names(name))),
            store.table(MigrationSteps).forget(name),
        )


def _names(name: str) -> tuple[str, ...]:
    """What was read, what of it was moved, and pages of readings that have not ended."""
    return (name, kept_as(name), stored_as(name), stored_as(compared_as(name)))
