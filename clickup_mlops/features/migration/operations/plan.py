"""Plan: what a run would do. Reads the source and ClickUp; writes only what was read."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from clickup_mlops.bot.app import Bot
from clickup_mlops.errors import InputError
from clickup_mlops.features.migration import cost
from clickup_mlops.features.migration.comments import comment
from clickup_mlops.features.migration.convert import convert
from clickup_mlops.features.migration.mapping import file as mapping_file
from clickup_mlops.features.migration.mapping.model import Mapping
from clickup_mlops.features.migration.operations import provision
from clickup_mlops.features.migration.operations.opening import kind_of, open_source, selection
from clickup_mlops.features.migration.operations.run import members, read
from clickup_mlops.features.migration.people import Directory
from clickup_mlops.features.migration.plan import make, prerequisites
from clickup_mlops.features.migration.plan.model import MigrationPlan
from clickup_mlops.features.migration.plan.survey import survey
from clickup_mlops.features.migration.plan.world import World
from clickup_mlops.features.migration.staging import Fetched, Progress, Staged
from clickup_mlops.features.migration.tables.migration_records import MigrationRecords
from clickup_mlops.features.migration.tables.migration_steps import MigrationSteps
from clickup_mlops.features.provisioning.operations import plan as structure
from clickup_mlops.monday.settings import MondaySettings

INTERRUPTED: Final = "the last reading of the source was interrupted: plan without --no-fetch"


def plan(
    bot: Bot, file: Path, progress: Progress, *, fetch: bool = True, read_again: bool = False
) -> MigrationPlan:
    """The plan of the mapping's migration. `fetch`: read the source first, and go on with a reading
    that was interrupted, unless it is to be `read_again`; else what was read before is used.

    Raises:
        ContentError: the mapping or an exported file cannot be used.
        ConfigError: a setting is missing, or the mapping names no known source.
        InputError: nothing has been read yet. ApiError: one of the sides cannot be read.
    """
    mapping = mapping_file.load(file)
    kind = kind_of(mapping.source.kind)
    if fetch:
        _fetch(bot, mapping, file.parent, progress, anew=read_again)
    staged = Staged(bot.store.table(MigrationRecords), mapping.name)
    reading = staged.reading
    if reading is None:
        raise InputError(
            f'nothing has been read for the migration "{mapping.name}"',
            hint="Plan without --no-fetch.",
        )
    boards = tuple(board for board in staged.boards() if board.id in mapping.boards)
    gaps = staged.gaps(mapping)
    provisioning_plan = structure.plan(
        bot, provision.request(provision.checked(mapping, boards, file, gaps))
    )
    contents = survey(
        _world(bot, mapping, staged),
        missing=kind.missing,
        problems=reading.problems,
        gaps=mapping_file.lines(gaps),
    )
    return make.plan(
        contents,
        reads=cost.reads(mapping),
        reading=reading.calls,
        from_api=not kind.suffixes,
        prerequisites=prerequisites.of(provisioning_plan),
        provisioning=provisioning_plan.calls,
        problems=(*_problems(staged, reading), *prerequisites.problems(provisioning_plan)),
        read_ms=reading.began_ms,
    )


def _fetch(bot: Bot, mapping: Mapping, folder: Path, progress: Progress, *, anew: bool) -> None:
    with closing(open_source(mapping, folder, bot.settings.table(MondaySettings))) as source:
        files = selection(mapping, folder).files
        read(bot, mapping, source, progress, anew=anew, files=files)


def _world(bot: Bot, mapping: Mapping, staged: Staged) -> World:
    steps = bot.store.table(MigrationSteps)
    return World(
        staged,
        mapping,
        convert,
        comment,
        Directory(mapping, staged.people(), members(bot)),
        lambda keys: steps.states(mapping.name, keys),
    )


def _problems(staged: Staged, reading: Fetched) -> Iterator[str]:
    if not staged.is_complete:
        yield INTERRUPTED
    for board_id in reading.unread:
        board = staged.board(board_id)
        yield f'board "{board.name if board else board_id}" could not be read'
