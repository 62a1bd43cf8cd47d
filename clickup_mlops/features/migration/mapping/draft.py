"""The first proposal for a mapping: from boards and people, to be reviewed by a person. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, field
from typing import Final

from clickup_mlops.clickup.model import Person as Member
from clickup_mlops.features.migration.columns._model import ColumnType
from clickup_mlops.features.migration.mapping import draft_columns, template_match, words
from clickup_mlops.features.migration.mapping.draft_columns import Names, Proposal
from clickup_mlops.features.migration.mapping.model import (
    GROUP_FIELD,
    BoardTable,
    Groups,
    Location,
    Mapping,
    PersonTable,
    PlaceTable,
    SourceTable,
)
from clickup_mlops.features.migration.mapping.samples import NO_SAMPLE, BoardSample
from clickup_mlops.features.migration.mapping.template_fields import TemplateFields
from clickup_mlops.features.migration.mapping.template_match import Classify, TemplateMatch
from clickup_mlops.features.migration.records import Board, Person
from clickup_mlops.features.provisioning.tree import fold_name
from clickup_mlops.spelling import format_count

ID_FIELD: Final = "Source ID"
SPACE: Final = "Migration"
"""The Space of boards that belong to no workspace."""
BOARD: Final = "Board"
"""The List of a board without a name."""


def unclear(_title: str, _body: str) -> str:
    """No text says what work it is about."""
    return ""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the author of the mapping says beforehand.

    `space`: the Space for all boards; empty: one for each workspace of the source. `groups`: what
    becomes of groups; None: what suits each board.
    """

    name: str
    source: SourceTable
    space: str = ""
    groups: Groups | None = None


@dataclass(frozen=True, slots=True)
class World:
    """What a draft is made with: column types, members of the ClickUp Workspace, workspace
    templates by name, and the classifier of texts. `samples` are of some items, by board.
    """

    columns: ReadOnly[str, ColumnType]
    members: Sequence[Member] = ()
    templates: ReadOnly[str, TemplateFields] = field(default_factory=dict)
    samples: ReadOnly[str, BoardSample] = field(default_factory=dict)
    classify: Classify = unclear


@dataclass(frozen=True, slots=True)
class Draft:
    """The mapping, comments by what they stand above, and who of the source is not in ClickUp."""

    mapping: Mapping
    notes: ReadOnly[Location, Sequence[str]]
    unmatched: tuple[Person, ...]


def draft(wishes: Wishes, boards: Iterable[Board], people: Iterable[Person], world: World) -> Draft:
    """Every board, every column, everybody."""
    notes: dict[Location, list[str]] = {}
    persons, unmatched = _people(tuple(people), world.members, notes)
    boards = tuple(boards)
    places = _Places(wishes, boards)
    tables = {board.id: _board(board, places, world, notes) for board in boards}
    mapping = Mapping(
        name=wishes.name, source=wishes.source, id_field=ID_FIELD, people=persons, boards=tables
    )
    return Draft(mapping, notes, unmatched)


# People


def _people(
    people: Sequence[Person], members: Sequence[Member], notes: dict[Location, list[str]]
) -> tuple[dict[str, PersonTable], tuple[Person, ...]]:
    """Those who are not in ClickUp first, because they need a look; teams last."""
    by_email = {
        member.email.strip().casefold(): member.email for member in members if member.email.strip()
    }
    person_ids = {person.id for person in people}
    tables, unmatched = {}, []
    for person in sorted(people, key=lambda person: _order(person, by_email)):
        email = by_email.get(person.email.strip().casefold(), "")
        team = tuple(member_id for member_id in person.members if member_id in person_ids)
        tables[person.id] = PersonTable(name=person.name, email=email, members=team)
        if note := "" if email else _stranger(person):
            unmatched.append(person)
            notes["people", person.id] = [note]
    return tables, tuple(unmatched)


def _order(person: Person, by_email: ReadOnly[str, str]) -> tuple[bool, bool, str, str]:
    is_member = person.email.strip().casefold() in by_email
    return person.kind == "team", is_member, person.name.casefold(), person.id


def _stranger(person: Person) -> str:
    """Why a person has no e-mail address in ClickUp; "" for a team, which needs none."""
    if person.kind == "team":
        return ""
    why = f"{person.email} is not in the ClickUp Workspace" if person.email else "no e-mail address"
    kind = {"guest": "a guest; ", "agent": "an agent; "}.get(person.kind, "")
    return f"{'' if person.active else 'deactivated; '}{kind}{why}"


# Boards


class _Places:
    """Gives each board a place of its own."""

    def __init__(self, wishes: Wishes, boards: Iterable[Board]) -> None:
        self._wishes = wishes
        self._lists: dict[tuple[str, str], set[str]] = {}
        self._folders: dict[str, set[str]] = {}
        for board in boards:
            names = self._folders.setdefault(fold_name(self._space(board)), set())
            names.add(fold_name(_outer(board)))

    @property
    def groups(self) -> Groups | None:
        """What the author wants of groups."""
        return self._wishes.groups

    def of(self, board: Board, groups: Groups) -> PlaceTable:
        """A List, or a Folder whose Lists are the groups."""
        space, outer = self._space(board), _outer(board)
        name = words.clean(board.name) or BOARD
        if groups == "lists":
            # A Folder cannot be in a Folder: the outer one is in the name.
            named = words.clean(f"{outer} / {name}") if outer else name
            folder = words.unique(named, self._folders[fold_name(space)])
            return PlaceTable(space=space, folder=folder)
        lists = self._lists.setdefault((fold_name(space), fold_name(outer)), set())
        return PlaceTable(space=space, folder=outer, list=words.unique(name, lists))

    def _space(self, board: Board) -> str:
        return words.clean(self._wishes.space) or words.clean(board.workspace) or SPACE


def _outer(board: Board) -> str:
    return words.clean(" / ".join(board.folder))


def _board(
    board: Board, places: _Places, world: World, notes: dict[Location, list[str]]
) -> BoardTable:
    at: Location = ("boards", board.id)
    groups, why = _groups(board, places.groups, world)
    sample = world.samples.get(board.id, NO_SAMPLE)
    match = template_match.find(board, sample.names, world.templates, world.classify)
    names = _names(world.templates.get(match.template))
    proposals_by_key = _columns(board, world, names, groups)
    notes[at] = [_headline(board)]
    notes[*at, "groups"] = [why]
    for key, proposals in proposals_by_key.items():
        notes.update({(*at, key, proposal.id): list(proposal.notes) for proposal in proposals})
    place = places.of(board, groups)
    return BoardTable(
        name=board.name,
        place=_with_template(place, match, (*at, "place"), notes),
        groups=groups,
        group_names=_group_names(board, groups),
        columns={proposal.id: proposal.table for proposal in proposals_by_key["columns"]},
        subitem_columns={
            proposal.id: proposal.table for proposal in proposals_by_key["subitem_columns"]
        },
    )


def _headline(board: Board) -> str:
    size = format_count(board.items, "item") if board.items >= 0 else ""
    archived = "archived" if board.archived else ""
    details = ", ".join(filter(None, (size, archived, board.url)))
    return f"Board: {board.name}{f' ({details})' if details else ''}"


def _groups(board: Board, choice: Groups | None, world: World) -> tuple[Groups, str]:
    """What becomes of the groups, and why."""
    count = len(board.groups)
    if choice is not None and (count or choice == "none"):
        return choice, "As chosen."
    if count < 2:
        return "none", "There is one group: nothing to distinguish." if count else "No groups."
    if not _has_status(board, world) and any(words.is_state(group.title) for group in board.groups):
        return "status", "No column holds a status, and the groups are named like statuses."
    return "field", f'Each task keeps its group in the field "{GROUP_FIELD}".'


def _has_status(board: Board, world: World) -> bool:
    proposals = draft_columns.propose(board.columns, world.columns, Names(), status=True)
    return any(proposal.table.to == "status" for proposal in proposals)


def _group_names(board: Board, groups: Groups) -> dict[str, str]:
    """No two alike, or their items could not be told apart any more."""
    names: set[str] = set()
    titles = {group.id: words.clean(group.title) or GROUP_FIELD for group in board.groups}
    if groups == "none":
        return {}
    return {group_id: words.unique(title, names) for group_id, title in titles.items()}


def _names(extra: TemplateFields | None) -> Names:
    """The fields that a List has before its columns come."""
    by_name = {fold_name(name): (name, "") for name in (ID_FIELD, GROUP_FIELD)}
    if extra is not None:
        by_name |= {name: (field.name, field.type) for name, field in extra.fields.items()}
    return Names(by_name)


def _columns(
    board: Board, world: World, names: Names, groups: Groups
) -> dict[str, tuple[Proposal, ...]]:
    status, sample = groups != "status", world.samples.get(board.id, NO_SAMPLE)
    kinds = {"columns": board.columns, "subitem_columns": board.subitem_columns}
    return {
        key: tuple(
            draft_columns.without_values(proposal, sample)
            for proposal in draft_columns.propose(columns, world.columns, names, status=status)
        )
        for key, columns in kinds.items()
    }


def _with_template(
    place: PlaceTable, match: TemplateMatch, at: Location, notes: dict[Location, list[str]]
) -> PlaceTable:
    if match.reason:
        notes[(*at, "template") if match.template else at] = list(_advice(match))
    return place.model_copy(update={"template": match.template})


def _advice(match: TemplateMatch) -> Iterator[str]:
    yield match.reason
    if match.template:
        yield "The place gains the template's fields: Workload, objectives, metrics."
        yield "Without them: remove the next line."
