"""Verify: compare the source with what a migration has made of it."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

from clickup_mlops.bot.app import Bot
from clickup_mlops.clickup.budget import PriorityClass
from clickup_mlops.features.migration import verification_summary
from clickup_mlops.features.migration.mapping import file as mapping_file
from clickup_mlops.features.migration.mapping.model import Mapping
from clickup_mlops.features.migration.operations.opening import open_source
from clickup_mlops.features.migration.source import Source
from clickup_mlops.features.migration.stored_pages import StoredPages, resuming
from clickup_mlops.features.migration.tables.migration_records import MigrationRecords
from clickup_mlops.features.migration.verification_summary import VerificationSummary
from clickup_mlops.features.migration.verify.verify import Options, Progress, Sides, Verified
from clickup_mlops.features.migration.verify.verify import verify as compare
from clickup_mlops.features.provisioning.operations.undo import automation_writes
from clickup_mlops.monday.settings import MondaySettings


def verify(
    bot: Bot, file: Path, options: Options, progress: Progress, *, read_again: bool = False
) -> Verified:
    """Compare all that the mapping file names, field by field, and keep the result for the report.
    A reading of the source that was interrupted goes on, unless it is to be `read_again`.

    Raises:
        ContentError: the mapping or an exported file cannot be used.
        ConfigError: a setting is missing; ApiError: one of the sides cannot be read.
    """
    mapping = mapping_file.load(file)
    with closing(open_source(mapping, file.parent, bot.settings.table(MondaySettings))) as source:
        return verify_source(bot, mapping, source, options, progress, read_again=read_again)


def verify_source(
    bot: Bot,
    mapping: Mapping,
    source: Source,
    options: Options,
    progress: Progress,
    *,
    read_again: bool = False,
) -> Verified:
    """As `verify`, from a source that is open. Pages that an interrupted one read cost no calls."""
    clickup = bot.client.with_priority_class(PriorityClass.BULK)
    sides = Sides(source, clickup, bot.workspace_id, mapping, automation_writes(bot))
    now_ms = bot.now_ms()
    pages = StoredPages(bot.store.table(MigrationRecords), compared_as(mapping.name))
    with resuming(source, pages, now_ms, anew=read_again) as began_ms:
        result = replace(compare(sides, now_ms, options, progress), began_ms=began_ms)
    value = verification_summary.to_json(result.summary)
    bot.store.notes.put(verification_summary.SCOPE, mapping.name, value, now_ms)
    return result


def compared_as(migration: str) -> str:
    """Under which name the pages of a verification are stored until it ends."""
    return f"{migration} (verification)"


def last(bot: Bot, migration: str) -> VerificationSummary | None:
    """What the migration's last verification found; None: there was none."""
    note = bot.store.notes.get(verification_summary.SCOPE, migration)
    return verification_summary.from_json(note.value) if note else None
