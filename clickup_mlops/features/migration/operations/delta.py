"""Delta: carry over what changed in the source since the run."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from clickup_mlops.bot.app import Bot
from clickup_mlops.errors import InputError
from clickup_mlops.features.migration import staging
from clickup_mlops.features.migration.delta import perform as performing
from clickup_mlops.features.migration.delta.model import DeltaPlan
from clickup_mlops.features.migration.delta.perform import Performed
from clickup_mlops.features.migration.delta.snapshot import Snapshot
from clickup_mlops.features.migration.delta.survey import survey
from clickup_mlops.features.migration.mapping import file as mapping_file
from clickup_mlops.features.migration.mapping.model import Mapping
from clickup_mlops.features.migration.operations.opening import open_source
from clickup_mlops.features.migration.operations.run import read, tools
from clickup_mlops.features.migration.run import run as running
from clickup_mlops.features.migration.run.model import Options, Ran, Report, quiet
from clickup_mlops.features.migration.source import Source
from clickup_mlops.features.migration.staging import Fetched, Staged
from clickup_mlops.features.migration.stored_pages import DAY_MS
from clickup_mlops.features.migration.tables.migration_records import MigrationRecords
from clickup_mlops.features.migration.tables.migration_steps import MigrationSteps
from clickup_mlops.features.provisioning.operations.run_lock import exclusive
from clickup_mlops.monday.settings import MondaySettings

PREVIEW: Final = "migration_preview"
"""Scope of the notes that say which reading was shown; a note's name is the migration's."""


@dataclass(frozen=True, slots=True)
class Callbacks:
    """`reading` gets a kind of record and how many were read, `report` the progress of what is new,
    `updating` how many tasks and comments were updated, of how many.
    """

    reading: staging.Progress = lambda _kind, _count: None
    report: Report = quiet
    updating: Callable[[int, int], None] = lambda _count, _total: None


@dataclass(frozen=True, slots=True)
class Delta:
    """What has changed, and what was done about it: None of both if it was only looked at.

    `problems`: what of the source could not be read, one sentence each; `unread`: ids of boards of
    which nothing is known; `gaps`: what the mapping does not have, one sentence each. `read_ms`:
    when the source was read (Unix ms); `has_read`: by this delta.
    """

    plan: DeltaPlan
    ran: Ran | None = None
    performed: Performed | None = None
    problems: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
    read_ms: int = 0
    has_read: bool = True

    @property
    def has_failed(self) -> bool:
        """Whether something was refused, was not finished, or could not be read."""
        is_refused = self.performed is not None and bool(self.performed.failed)
        is_unfinished = self.ran is not None and not self.ran.is_complete
        return is_refused or is_unfinished or bool(self.unread)

    @property
    def has_manual_steps(self) -> bool:
        """Whether people have to resolve conflicts, or carry something over."""
        return bool(self.plan.conflicts or self.plan.manual)

    @property
    def is_clean(self) -> bool:
        """Whether nothing is left: no refusal, no conflict, no manual step."""
        return not (self.has_failed or self.has_manual_steps)


def delta(
    bot: Bot,
    file: Path,
    callbacks: Callbacks | None = None,
    *,
    act: bool = False,
    read_again: bool = False,
) -> Delta:
    """Read the source again and say what has changed since the run; with `act`, carry it over.

    What was shown is what is carried over: with `act`, the reading of the last preview is used,
    once, for a day, unless it is to be `read_again`.

    Raises:
        InputError: nothing was moved yet, or another run is on its way.
        ContentError: the mapping or an exported file cannot be used; ConfigError: a setting.
        ApiError: one of the sides cannot be read.
    """
    mapping = mapping_file.load(file)
    with (
        closing(open_source(mapping, file.parent, bot.settings.table(MondaySettings))) as source,
        exclusive(bot, "migrate"),
    ):
        reporting = callbacks or Callbacks()
        return delta_source(bot, mapping, source, reporting, act=act, read_again=read_again)


def delta_source(
    bot: Bot,
    mapping: Mapping,
    source: Source,
    callbacks: Callbacks,
    *,
    act: bool = False,
    read_again: bool = False,
) -> Delta:
    """As `delta`, from a source that is open; the caller holds the lock."""
    if not any(kind == "task" for kind, _ in bot.store.table(MigrationSteps).counts(mapping.name)):
        raise InputError(
            f'nothing of the migration "{mapping.name}" was moved yet',
            hint="`clickup-mlops migrate run` comes first.",
        )
    previewed = _read_by_preview(bot, mapping) if act and not read_again else None
    reading = previewed or read(bot, mapping, source, callbacks.reading, anew=read_again)
    _note_preview(bot, mapping, None if act else reading)
    snapshot = Snapshot(bot.store.table(MigrationRecords), mapping.name)
    now = tools(bot, mapping, source)
    gaps = mapping_file.lines(now.staged.gaps(mapping))
    if not act:
        return Delta(
            survey(now, snapshot),
            None,
            None,
            reading.problems,
            reading.unread,
            gaps,
            reading.began_ms,
        )
    # First what is new: fields may refer to it.
    ran = running.run(now, Options(), callbacks.report)
    if ran.stopped is not None:
        raise ran.stopped
    plan = survey(now, snapshot)
    performed = performing.perform(now, plan, callbacks.updating)
    return Delta(
        plan,
        ran,
        performed,
        reading.problems,
        reading.unread,
        gaps,
        reading.began_ms,
        has_read=previewed is None,
    )


def _note_preview(bot: Bot, mapping: Mapping, reading: Fetched | None) -> None:
    """Remember the reading that was shown and not carried over; None: there is none any more."""
    if reading is None:
        bot.store.notes.remove(PREVIEW, mapping.name)
    else:
        bot.store.notes.put(PREVIEW, mapping.name, {"number": reading.number}, bot.now_ms())


def _read_by_preview(bot: Bot, mapping: Mapping) -> Fetched | None:
    """The reading of the last preview, unless it is too old or another one came after it."""
    note = bot.store.notes.get(PREVIEW, mapping.name)
    staged = Staged(bot.store.table(MigrationRecords), mapping.name)
    reading = staged.reading
    if note is None or reading is None or not staged.covers(mapping):
        return None
    is_shown = note.value == {"number": reading.number}
    return reading if is_shown and bot.now_ms() - reading.began_ms <= DAY_MS else None
