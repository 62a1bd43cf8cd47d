"""Provision: create the places, fields and statuses that a mapping needs, as templates are applied.

What ClickUp's API cannot create becomes a manual step, as there; `verify` of provisioning takes the
request of this module too, and gives the checklist.
"""

from collections.abc import Collection, Sequence
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, field
from pathlib import Path

from clickup_mlops.bot.app import Bot
from clickup_mlops.features.migration import provisioning
from clickup_mlops.features.migration.convert import column_types
from clickup_mlops.features.migration.mapping import check
from clickup_mlops.features.migration.mapping import file as mapping_file
from clickup_mlops.features.migration.mapping.model import Mapping, Problem
from clickup_mlops.features.migration.mapping.template_fields import TemplateFields
from clickup_mlops.features.migration.operations import opening, templates
from clickup_mlops.features.migration.records import Board
from clickup_mlops.features.migration.staging import Staged
from clickup_mlops.features.migration.tables.migration_records import MigrationRecords
from clickup_mlops.features.provisioning.operations.request import Desired, Request
from clickup_mlops.features.provisioning.template.instance import NOWHERE
from clickup_mlops.features.provisioning.tree import Tree
from clickup_mlops.monday.settings import MondaySettings
from clickup_mlops.store import Store


@dataclass(frozen=True, slots=True)
class MappingRequest(Request):
    """What a mapping needs, for `operations.provisioning`: plan, apply, verify."""

    want: Tree = field(default_factory=dict)

    def desired(self, automations: Sequence[str]) -> Desired:
        """A mapping enables no automations, and has one instance."""
        return Desired(self.want, NOWHERE)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A mapping that agrees with its source's boards."""

    mapping: Mapping
    boards: tuple[Board, ...]
    of_templates: ReadOnly[str, TemplateFields]


def load(bot: Bot, file: Path) -> Loaded:
    """The mapping of a file, checked against the boards, which are read.

    Raises:
        ContentError: the mapping or an exported file cannot be used; all problems are listed.
        ConfigError: a setting is missing; ApiError: the source cannot be read.
    """
    mapping = mapping_file.load(file)
    source = opening.open_source(mapping, file.parent, bot.settings.table(MondaySettings))
    try:
        boards = tuple(source.boards())
    finally:
        source.close()
    return checked(mapping, boards, file)


def checked(
    mapping: Mapping, boards: Sequence[Board], file: Path, accepted: Collection[Problem] = ()
) -> Loaded:
    """The mapping, if it agrees with the boards, apart from what is `accepted`.

    Raises ContentError: lists all problems.
    """
    of_templates = templates.used(board.place.template for board in mapping.boards.values())
    problems = check.problems(mapping, boards, column_types(), of_templates)
    mapping_file.refuse(file, [problem for problem in problems if problem not in accepted])
    return Loaded(mapping, tuple(boards), of_templates)


def check_staged(store: Store, mapping: Mapping, file: Path) -> None:
    """Compare the mapping with the boards that were read. Raises as `checked`.

    A board that the source does not have is no reason: the others can be moved, and it is reported.
    """
    staged = Staged(store.table(MigrationRecords), mapping.name)
    boards = tuple(board for board in staged.boards() if board.id in mapping.boards)
    tables = {board.id: mapping.boards[board.id] for board in boards}
    source = mapping.source.model_copy(update={"boards": ()})
    checked(mapping.model_copy(update={"boards": tables, "source": source}), boards, file)


def request(loaded: Loaded, *, experimental: bool = False, retry: bool = False) -> Request:
    """What provisioning is asked for: pass it to its use cases `plan`, `apply` and `verify`.

    `experimental` permits ClickUp's undocumented call for custom fields, `retry` tries it also
    for fields that ClickUp refused before.
    """
    want = provisioning.tree(loaded.mapping, loaded.boards, column_types(), loaded.of_templates)
    name = f"migration {loaded.mapping.name}"
    return MappingRequest(name, experimental=experimental, retry=retry, want=want)
