"""Plan: what a run would do. Reads the source and ClickUp; writes only what was read."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from clickup_mlops.bot.app import Bot
from clickup_mlops.errors import InputError
from clickup_mlops.migrate import cost
from clickup_mlops.migrate.comments import comment
from clickup_mlops.migrate.convert import convert
from clickup_mlops.migrate.mapping import file as mapping_file
from clickup_mlops.migrate.mapping.model import Mapping
from clickup_mlops.migrate.people import Directory
from clickup_mlops.migrate.plan import make, prerequisites
from clickup_mlops.migrate.plan.model import MigrationPlan
from clickup_mlops.migrate.plan.survey import survey
from clickup_mlops.migrate.plan.world import World
from clickup_mlops.migrate.staging import Fetched, Progress, Staged
from clickup_mlops.operations.migration import provision
from clickup_mlops.operations.migration.opening import kind_of, open_source
from clickup_mlops.operations.migration.run import members, read
from clickup_mlops.operations.provisioning import plan as structure

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
    kind = kind_of(mapping.source.kind)
    if fetch:
        _fetch(bot, mapping, file.parent, progress)
    staged = Staged(bot.store.migration_records, mapping.name)
    reading = staged.reading
    if reading is None:
        raise InputError(
            f'nothing has been read for the migration "{mapping.name}"',
            hint="Plan without --no-fetch.",
        )
    boards = tuple(board for board in staged.boards() if board.id in mapping.boards)
    needed = structure.plan(bot, provision.request(provision.checked(mapping, boards, file)))
    made = survey(_world(bot, mapping, staged), missing=kind.missing, problems=reading.problems)
    return make.plan(
        made,
        reads=cost.reads(mapping),
        reading=reading.calls,
        from_api=not kind.suffixes,
        prerequisites=prerequisites.of(needed),
        provisioning=needed.calls,
        problems=(*_problems(staged, reading), *prerequisites.problems(needed)),
    )


def _fetch(bot: Bot, mapping: Mapping, folder: Path, progress: Progress) -> None:
    with closing(open_source(mapping, folder, bot.settings.monday)) as source:
        read(bot, mapping, source, progress)


def _world(bot: Bot, mapping: Mapping, staged: Staged) -> World:
    steps = bot.store.migration_steps
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
