"""Draft: read boards and people of a source, and propose a mapping. Writes nothing."""

import os
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from clickup_mlops.bot.app import Bot
from clickup_mlops.errors import ClickUpMlopsError, InputError
from clickup_mlops.features.migration.convert import column_types
from clickup_mlops.features.migration.mapping import draft as drafting
from clickup_mlops.features.migration.mapping import file
from clickup_mlops.features.migration.mapping.draft import Draft, Wishes, World
from clickup_mlops.features.migration.mapping.model import Groups, SourceTable
from clickup_mlops.features.migration.mapping.samples import NO_SAMPLE, BoardSample, sample
from clickup_mlops.features.migration.mapping.template_match import Classify
from clickup_mlops.features.migration.operations import opening, templates
from clickup_mlops.features.migration.operations.run import members
from clickup_mlops.features.migration.records import Board
from clickup_mlops.features.migration.source import Selection, Source
from clickup_mlops.monday.settings import MondaySettings
from clickup_mlops.routing.classifier import classify

MOST_BY_CALLS: Final = 100
"""Items of a board that are looked at where each page of them costs a call."""
MOST_IN_FILES: Final = 100_000
OTHER: Final = "other"
"""The workload of what is no AI/ML work."""

_NOTHING: Final = "Are they shared with the token's user? --archived reads archived boards too."


@dataclass(frozen=True, slots=True)
class DraftRequest:
    """What is to be drafted: a source and what of it; `out` is the mapping's file, which names the
    migration. `space`: one Space for all boards; `groups`: what becomes of groups; empty and None:
    what suits each board.
    """

    kind: str
    selection: Selection
    out: Path
    space: str = ""
    groups: Groups | None = None


@dataclass(frozen=True, slots=True)
class Drafted:
    """The proposal, the file's text, the boards, and what could not be read."""

    draft: Draft
    text: str
    boards: tuple[Board, ...]
    problems: tuple[str, ...]
    calls: int


def draft(bot: Bot, request: DraftRequest) -> Drafted:
    """A mapping of all that was selected, for review.

    Raises:
        ConfigError: there is no such source, or a setting is missing.
        InputError, ContentError: what was selected cannot be read; ApiError: a side refused.
    """
    with closing(
        opening.kind_of(request.kind).open(request.selection, bot.settings.table(MondaySettings))
    ) as source:
        return draft_source(bot, request, source)


def draft_source(bot: Bot, request: DraftRequest, source: Source) -> Drafted:
    """As `draft`, from a source that is open."""
    boards = tuple(source.boards())
    if not boards:
        raise InputError("the source has no boards", hint=_NOTHING)
    most = MOST_IN_FILES if opening.kind_of(request.kind).suffixes else MOST_BY_CALLS
    samples = {board.id: _sample(source, board, most) for board in boards}
    world = World(
        columns=column_types(),
        members=members(bot),
        templates=templates.offered(),
        samples=samples,
        classify=_classifier(),
    )
    table = _source_table(request, boards)
    wishes = Wishes(request.out.stem, table, request.space, request.groups)
    result = drafting.draft(wishes, boards, tuple(source.people()), world)
    text = file.dumps(result.mapping, result.notes)
    return Drafted(result, text, boards, tuple(source.problems), source.calls)


def _source_table(request: DraftRequest, boards: Sequence[Board]) -> SourceTable:
    """Chosen boards by their ids: people may have given their addresses."""
    chosen, folder = request.selection, request.out.parent
    return SourceTable(
        kind=request.kind,
        boards=tuple(board.id for board in boards) if chosen.boards else (),
        workspace=chosen.workspace,
        files=tuple(_relative(path, folder) for path in chosen.files),
        columns_file=_relative(chosen.mapping, folder) if chosen.mapping else "",
        archived=chosen.archived,
    )


def _relative(path: Path, folder: Path) -> str:
    """As the mapping file names it, so that both may be moved together."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # another drive of Windows
        return path.absolute().as_posix()


def _sample(source: Source, board: Board, most: int) -> BoardSample:
    """Of the first items; they only help to recognise the work, so a failure does not matter."""
    try:
        return sample(source.items(board), most)
    except ClickUpMlopsError:
        return NO_SAMPLE


def _classifier() -> Classify:
    model = classify.load()

    def workload(title: str, body: str) -> str:
        if not title.strip() and not body.strip():
            return ""
        classification = model.classify(title, body)
        return OTHER if classification.abstain else classification.workload

    return workload
