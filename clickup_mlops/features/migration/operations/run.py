"""Run: move what a mapping names, each thing once."""

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from clickup_mlops.bot.app import Bot
from clickup_mlops.clickup.budget import PriorityClass
from clickup_mlops.clickup.model import Person as Member
from clickup_mlops.errors import InputError
from clickup_mlops.features.migration import comments, convert, staging
from clickup_mlops.features.migration.delta.snapshot import Snapshot
from clickup_mlops.features.migration.journal import Journal
from clickup_mlops.features.migration.mapping import file as mapping_file
from clickup_mlops.features.migration.mapping.model import Mapping
from clickup_mlops.features.migration.operations import provision
from clickup_mlops.features.migration.operations.opening import open_source, selection
from clickup_mlops.features.migration.people import Directory
from clickup_mlops.features.migration.places import Places
from clickup_mlops.features.migration.run import run as running
from clickup_mlops.features.migration.run.model import Options, Ran, Report, quiet
from clickup_mlops.features.migration.run.tools import Tools
from clickup_mlops.features.migration.source import Source
from clickup_mlops.features.migration.staging import Fetched, Staged
from clickup_mlops.features.migration.stored_pages import DAY_MS, OLDEST_MS
from clickup_mlops.features.migration.tables.migration_records import MigrationRecords
from clickup_mlops.features.migration.tables.migration_steps import MigrationSteps
from clickup_mlops.features.provisioning.operations.run_lock import exclusive
from clickup_mlops.monday.settings import MondaySettings


@dataclass(frozen=True, slots=True)
class Result:
    """What was done, and what the reading of the source found; `has_read`: in this run."""

    ran: Ran
    fetched: Fetched
    has_read: bool


@dataclass(frozen=True, slots=True)
class Callbacks:
    """`reading` gets a kind of record and how many were read; `report` gets the progress."""

    reading: staging.Progress = lambda _kind, _count: None
    report: Report = quiet


def run(
    bot: Bot,
    file: Path,
    options: Options,
    callbacks: Callbacks | None = None,
    *,
    read_again: bool = False,
) -> Result:
    """Move what has not been moved yet. The source is read if that was not done for all that the
    mapping names, or with `read_again`.

    Before anything was moved, the mapping must agree with the boards, as for `plan`. Later what has
    changed in the source does not stop it.

    Raises:
        InputError: another run is on its way, or ClickUp lacks what the mapping names.
        ContentError: the mapping or an exported file cannot be used; ConfigError: a setting.
        ApiError: one of the sides cannot be read.
    """
    mapping = mapping_file.load(file)
    with (
        closing(open_source(mapping, file.parent, bot.settings.table(MondaySettings))) as source,
        exclusive(bot, "migrate"),
    ):
        reporting = callbacks or Callbacks()
        files = selection(mapping, file.parent).files
        has_read = _read_once(
            bot, mapping, source, reporting.reading, read_again=read_again, files=files
        )
        counts = bot.store.table(MigrationSteps).counts(mapping.name)
        if not any(kind == "task" for kind, _ in counts):
            provision.check_staged(bot.store, mapping, file)
            _check_age(bot, mapping, files)
        return _moved(bot, mapping, source, options, reporting, has_read=has_read)


def run_source(
    bot: Bot,
    mapping: Mapping,
    source: Source,
    options: Options,
    callbacks: Callbacks,
    *,
    read_again: bool = False,
) -> Result:
    """As `run`, from a source that is open; the caller holds the lock."""
    has_read = _read_once(bot, mapping, source, callbacks.reading, read_again=read_again)
    return _moved(bot, mapping, source, options, callbacks, has_read=has_read)


def _read_once(
    bot: Bot,
    mapping: Mapping,
    source: Source,
    progress: staging.Progress,
    *,
    read_again: bool,
    files: Sequence[Path] = (),
) -> bool:
    """Read the source if that is necessary or wanted; whether it was."""
    staged = Staged(bot.store.table(MigrationRecords), mapping.name)
    has_read = read_again or not staged.covers(mapping)
    if has_read:
        read(bot, mapping, source, progress, anew=read_again, files=files)
    return has_read


def _check_age(bot: Bot, mapping: Mapping, files: Sequence[Path]) -> None:
    """Raises InputError: the source has changed since it was read, or it was read long ago."""
    reading = Staged(bot.store.table(MigrationRecords), mapping.name).reading
    if reading is None or not reading.began_ms:
        return
    hint = "Read it again: --read-again, or plan again."
    for name, version in staging.versions(files).items():
        if reading.files.get(name, version) != version:
            raise InputError(f"{name} was changed after it was read", hint=hint)
    age_ms = bot.now_ms() - reading.began_ms
    if age_ms > OLDEST_MS:
        raise InputError(f"the source was read {age_ms // DAY_MS} days ago", hint=hint)


def _moved(
    bot: Bot,
    mapping: Mapping,
    source: Source,
    options: Options,
    callbacks: Callbacks,
    *,
    has_read: bool,
) -> Result:
    ran = running.run(tools(bot, mapping, source), options, callbacks.report)
    fetched = Staged(bot.store.table(MigrationRecords), mapping.name).reading
    assert fetched is not None
    return Result(ran, fetched, has_read)


def read(
    bot: Bot,
    mapping: Mapping,
    source: Source,
    progress: staging.Progress,
    *,
    anew: bool = False,
    files: Sequence[Path] = (),
) -> Fetched:
    """Read the source into the store. What was moved is kept aside first: `delta` needs it. A
    reading that was interrupted goes on, unless it is to begin `anew`. `files` are the source's.
    """
    records = bot.store.table(MigrationRecords)
    Snapshot(records, mapping.name).keep(mapping, journal(bot, mapping.name))
    return staging.fetch(source, records, mapping, progress, bot.now_ms(), anew=anew, files=files)


def tools(
    bot: Bot, mapping: Mapping, source: Source, sleep: Callable[[float], None] = time.sleep
) -> Tools:
    """What steps are performed with: the bot's client, in the lowest priority class."""
    clickup = bot.client.with_priority_class(PriorityClass.BULK)
    staged = Staged(bot.store.table(MigrationRecords), mapping.name)
    return Tools(
        clickup=clickup,
        team_id=bot.workspace_id,
        mapping=mapping,
        source=source,
        staged=staged,
        journal=journal(bot, mapping.name),
        places=Places(clickup, bot.workspace_id),
        lookup=Directory(mapping, staged.people(), members(bot)),
        convert=convert.convert,
        comment=comments.comment,
        now_ms=bot.now_ms,
        sleep=sleep,
    )


def journal(bot: Bot, migration: str) -> Journal:
    """What was done of a migration so far."""
    return Journal(bot.store.table(MigrationSteps), migration, bot.now_ms)


def members(bot: Bot) -> tuple[Member, ...]:
    """The people of the bot's workspace; one call."""
    workspaces = bot.client.authorization.workspaces()
    return next(
        (workspace.members for workspace in workspaces if workspace.id == bot.workspace_id), ()
    )
