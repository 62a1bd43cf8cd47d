"""Plan: what a run would do. Reads the source and ClickUp; writes only what was read."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from clickup_mlops.bot.app import Bot
from clickup_mlops.clickup.model import Person as Member
from clickup_mlops.errors import InputError
from clickup_mlops.migrate import cost, staging
from clickup_mlops.migrate.comments import comment
from clickup_mlops.migrate.convert import column_types, convert
from clickup_mlops.migrate.mapping import check
from clickup_mlops.migrate.mapping import file as mapping_file
from clickup_mlops.migrate.mapping.model import Mapping
from clickup_mlops.migrate.people import Directory
from clickup_mlops.migrate.places import Places, missing
from clickup_mlops.migrate.plan import make, prerequisites
from clickup_mlops.migrate.plan.model import MigrationPlan
from clickup_mlops.migrate.plan.survey import survey
from clickup_mlops.migrate.plan.world import World
from clickup_mlops.migrate.source import SourceKind
from clickup_mlops.migrate.staging import Fetched, Progress, Staged
from clickup_mlops.operations.migration.opening import find_kind, open_source

INTERRUPTED: Final = "the last reading of the source was interrupted: plan without --no-fetch"


def plan(bot: Bot, file: Path, progress: Progress, *, fetch: bool = True) -> MigrationPlan:
    """The plan of the mapping's migration. `fetch`: read the source first; else what was read
    before is used.

    Raises:
        ContentError: the mapping or an exported file cannot be used.
        ConfigError: a setting is missing, or the mapping names no known source.
        InputError: nothing has been read yet. ApiError: one of the sides cannot be read.
    """
    mapping = mapping_file.load(file)
    kind = find_kind(mapping)
    if fetch:
        _fetch(bot, mapping, file.parent, progress)
    staged = Staged(bot.store.migration_records, mapping.name)
    reading = staged.reading
    if reading is None:
        raise InputError(
            f'nothing has been read for the migration "{mapping.name}"',
            hint="Plan without --no-fetch.",
        )
    mapping_file.refuse(file, check.problems(mapping, staged.boards(), column_types()))
    return _plan(bot, mapping, kind, staged, reading)


def _fetch(bot: Bot, mapping: Mapping, folder: Path, progress: Progress) -> None:
    source = open_source(mapping, folder, bot.settings.monday)
    try:
        staging.fetch(source, bot.store.migration_records, mapping, progress)
    finally:
        source.close()


def _plan(
    bot: Bot, mapping: Mapping, kind: SourceKind, staged: Staged, reading: Fetched
) -> MigrationPlan:
    steps = bot.store.migration_steps
    world = World(
        staged,
        mapping,
        convert,
        comment,
        Directory(mapping, people=staged.people(), members=_members(bot)),
        lambda keys: steps.states(mapping.name, keys),
    )
    return make.plan(
        survey(world, missing=kind.missing, problems=reading.problems),
        reads=cost.reads(mapping),
        reading=reading.calls,
        from_api=not kind.suffixes,
        prerequisites=prerequisites.of(missing(Places(bot.client, bot.workspace_id), mapping)),
        problems=tuple(_problems(staged, reading)),
    )


def _members(bot: Bot) -> Iterator[Member]:
    for workspace in bot.client.authorization.workspaces():
        if workspace.id == bot.workspace_id:
            yield from workspace.members


def _problems(staged: Staged, reading: Fetched) -> Iterator[str]:
    if not staged.is_complete:
        yield INTERRUPTED
    for board_id in reading.unread:
        board = staged.board(board_id)
        yield f'board "{board.name if board else board_id}" could not be read'
