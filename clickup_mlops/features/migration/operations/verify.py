"""Verify: compare the source with what a migration has made of it."""

from contextlib import closing
from pathlib import Path

from clickup_mlops.bot.app import Bot
from clickup_mlops.clickup.budget import PriorityClass
from clickup_mlops.features.migration import verification_summary
from clickup_mlops.features.migration.mapping import file as mapping_file
from clickup_mlops.features.migration.mapping.model import Mapping
from clickup_mlops.features.migration.operations.opening import open_source
from clickup_mlops.features.migration.source import Source
from clickup_mlops.features.migration.verification_summary import VerificationSummary
from clickup_mlops.features.migration.verify.verify import Options, Progress, Sides, Verified
from clickup_mlops.features.migration.verify.verify import verify as compare
from clickup_mlops.monday.settings import MondaySettings


def verify(bot: Bot, file: Path, options: Options, progress: Progress) -> Verified:
    """Compare all that the mapping file names, field by field, and keep the result for the report.

    Raises:
        ContentError: the mapping or an exported file cannot be used.
        ConfigError: a setting is missing; ApiError: one of the sides cannot be read.
    """
    mapping = mapping_file.load(file)
    with closing(open_source(mapping, file.parent, bot.settings.table(MondaySettings))) as source:
        return verify_source(bot, mapping, source, options, progress)


def verify_source(
    bot: Bot, mapping: Mapping, source: Source, options: Options, progress: Progress
) -> Verified:
    """As `verify`, from a source that is open."""
    clickup = bot.client.with_priority_class(PriorityClass.BULK)
    sides, now_ms = Sides(source, clickup, bot.workspace_id, mapping), bot.now_ms()
    result = compare(sides, now_ms, options, progress)
    value = verification_summary.to_json(result.summary)
    bot.store.notes.put(verification_summary.SCOPE, mapping.name, value, now_ms)
    return result


def last(bot: Bot, migration: str) -> VerificationSummary | None:
    """What the migration's last verification found; None: there was none."""
    note = bot.store.notes.get(verification_summary.SCOPE, migration)
    return verification_summary.from_json(note.value) if note else None
