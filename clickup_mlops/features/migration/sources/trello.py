"""Trello: a board's JSON. Lists become groups, cards items, checklists part of the description."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from clickup_mlops.errors import ContentError
from clickup_mlops.features.migration.records import Board, Option, Person
from clickup_mlops.features.migration.source import Selection, Source, SourceKind
from clickup_mlops.features.migration.sources import _trello_actions
from clickup_mlops.features.migration.sources._files import dates
from clickup_mlops.features.migration.sources._files.entries import (
    Comment,
    Entry,
    Field,
    PastChange,
    Problems,
    Raw,
    Table,
)
from clickup_mlops.features.migration.sources._files.file_source import FileSource, files_of
from clickup_mlops.features.migration.sources._files.markup import html_of_markdown
from clickup_mlops.features.migration.sources._files.text import clean, mapping, objects, read_json
from clickup_mlops.features.migration.sources._files.unread import Keys, ignore
from clickup_mlops.json_types import Json, JsonObject
from clickup_mlops.spelling import format_count

if TYPE_CHECKING:
    from clickup_mlops.monday.settings import MondaySettings

_SUFFIXES: Final = (".json",)
_STATUS: Final = Field("status", "Status", "status")
_MEMBERS: Final = Field("members", "Members", "people")
_DUE: Final = Field("due", "Due date", "date")
_START: Final = Field("start", "Start date", "date")
_LABELS: Final = Field("labels", "Labels", "tags")
_LOCATION: Final = Field("location", "Location", "text")
_FILES: Final = Field("attachments", "Attachments", "file")
_VOTES: Final = Field("votes", "Votes", "numbers")
KEYS: Final = Keys(
    read=frozenset(
        {
            *("id", "name", "desc", "idList", "pos", "closed", "due", "start", "dueComplete"),
            *("dateLastActivity", "shortUrl", "url", "idMembers", "idLabels", "idMembersVoted"),
            *("labels.id", "labels.name", "labels.color", "address", "locationName", "coordinates"),
            *("customFieldItems.idCustomField", "customFieldItems.idValue"),
            *("customFieldItems.value", "badges.votes"),
            *("attachments.url", "attachments.name", "attachments.mimeType"),
        }
    ),
    ignored=ignore(
        **{
            "numbers and addresses that only Trello uses": (
                "idBoard idShort shortLink nodeId email idModel modelType idChecklist "
                "customFieldItems.id attachments.id creationMethod limits badges.fogbugz "
                "checklists.id checkItems.id customFieldItems.idModel idPlugin pluginData.id "
                "idOrganization creationMethodError creationMethodLoadingStartedAt "
                "mirrorSourceNodeId"
            ),
            "said by another key too": (
                "badges checkItemStates idChecklists descData nameData attachmentsByType "
                "memberCreator.username members.username idMemberCreator data.card data.board "
                "data.list url limits initials avatarHash"
            ),
            "how a board, card or label looks": (
                "cover stickers idAttachmentCover manualCoverAttachment edgeColor previews color "
                "labels.uses options.pos"
            ),
            "about who reads the card": "subscribed dueReminder",
            "about a file, not its content": (
                "attachments.bytes attachments.date attachments.idMember attachments.isUpload "
                "attachments.pos attachments.fileName"
            ),
        }
    ),
)
_CUSTOM: Final[Mapping[str, str]] = {
    "checkbox": "checkbox",
    "date": "date",
    "list": "dropdown",
    "number": "numbers",
    "text": "text",
}
_COMMENTS: Final = frozenset({"commentCard", "copyCommentCard"})
_MOST_ACTIONS: Final = 1000
"""Trello's export holds the latest actions only; older comments are not in it."""
_INCOMPLETE: Final = Option("Open", "Open")
_COMPLETE: Final = Option("Complete", "Complete", done=True)


@dataclass
class TrelloBoard:
    """The content of a file."""

    path: Path
    content: Mapping[str, Any]

    def table(self) -> Table:
        """The board; archived lists are not among its groups."""
        lists = sorted(objects(self.content.get("lists")), key=_position)
        open_lists = [list_ for list_ in lists if not list_.get("closed")]
        board = Board(
            id=clean(self.content.get("id")) or self.path.stem,
            name=clean(self.content.get("name")) or self.path.stem,
            description=clean(self.content.get("desc")),
            url=clean(self.content.get("url")),
            archived=self.content.get("closed") is True,
            multi_level=True,
        )
        return Table(
            board, self.entries, [(clean(list_.get("id")), _name(list_)) for list_ in open_lists]
        )

    @property
    def people(self) -> list[Person]:
        """The members."""
        return [
            person for member in objects(self.content.get("members")) if (person := _person(member))
        ]

    def entries(self, problems: Problems) -> Iterator[Entry]:
        """List by list, cards in the order in which people see them."""
        if len(objects(self.content.get("actions"))) >= _MOST_ACTIONS:
            problems.add(f"{self.path.name}: older comments may be missing from Trello's export")
        order = {id: number for number, id in enumerate(self._lists)}
        cards = objects(self.content.get("cards"))
        for card in sorted(
            cards, key=lambda card_: (order.get(clean(card_.get("idList")), -1), _position(card_))
        ):
            if clean(card.get("id")):
                self._report_absent(card, problems)
                yield self._entry(card)
            else:
                problems.add(f'{self.path.name}: card "{_name(card)}" skipped, it has no id')

    def _report_absent(self, card: JsonObject, problems: Problems) -> None:
        """What an answer of the API only counts or names; the board's menu exports all."""
        badges = mapping(card.get("badges"))
        checklists, files = card.get("idChecklists"), objects(card.get("attachments"))
        present = len(self._checklists.get(clean(card["id"]), ()))
        comments = 0 if "actions" in self.content else _count(badges.get("comments"))
        for count, noun, option in (
            (len(_list(checklists)) - present, "checklist", "checklists=all"),
            (comments, "comment", "actions=commentCard"),
            (_count(badges.get("attachments")) - len(files), "attachment", "card_attachments=true"),
        ):
            if count > 0:
                absent = format_count(count, f"{noun} is", f"{noun}s are")
                ask = f"export the board in its menu, or ask the API for {option}"
                about = f'card "{_name(card)}": {absent} not in the file: {ask}'
                problems.add(about, f"{noun}s not in the file")

    @cached_property
    def _lists(self) -> Mapping[str, JsonObject]:
        lists = sorted(objects(self.content.get("lists")), key=_position)
        return {clean(list_.get("id")): list_ for list_ in lists}

    @cached_property
    def _members(self) -> Mapping[str, Person]:
        return {person.id: person for person in self.people}

    @cached_property
    def _labels(self) -> Mapping[str, str]:
        labels = objects(self.content.get("labels"))
        return {clean(label.get("id")): _label_name(label) for label in labels}

    @cached_property
    def _checklists(self) -> Mapping[str, list[JsonObject]]:
        return _by(
            objects(self.content.get("checklists")), lambda checklist: checklist.get("idCard")
        )

    @cached_property
    def _actions(self) -> Mapping[str, list[JsonObject]]:
        return _by(
            objects(self.content.get("actions")),
            lambda action: mapping(mapping(action.get("data")).get("card")).get("id"),
        )

    def _comments(self, card_id: str) -> list[JsonObject]:
        actions = self._actions.get(card_id, ())
        return [action for action in actions if clean(action.get("type")) in _COMMENTS]

    def _changes(self, card_id: str) -> Iterator[PastChange]:
        for action in self._actions.get(card_id, ()):
            actor = _person(action.get("memberCreator")) or ""
            yield from _trello_actions.changes(action, actor, self._member)

    @cached_property
    def _customs(self) -> Mapping[str, tuple[Field, Mapping[str, str]]]:
        """Custom fields by id, with the texts of their options."""
        fields = {}
        for definition in objects(self.content.get("customFields")):
            id, type_ = (
                clean(definition.get("id")),
                _CUSTOM.get(clean(definition.get("type")), "text"),
            )
            options = {
                clean(option.get("id")): clean(mapping(option.get("value")).get("text"))
                for option in objects(definition.get("options"))
            }
            fields[id] = Field(id, _name(definition), type_), options
        return fields

    def _entry(self, card: JsonObject) -> Entry:
        id = clean(card["id"])
        of = self._lists.get(clean(card.get("idList")), {})
        return Entry(
            where=f'card "{_name(card)}"',
            id=id,
            name=_name(card),
            raw=list(self._raw(card)),
            group=(clean(of.get("id")), _name(of)),
            description=self._description(card),
            created_ms=_created_ms(id),
            updated_ms=dates.unix_ms(clean(card.get("dateLastActivity"))),
            url=clean(card.get("shortUrl") or card.get("url")),
            archived=card.get("closed") is True or of.get("closed") is True,
            comments=tuple(map(_comment, self._comments(id))),
            changes=tuple(self._changes(id)),
            losses=tuple(KEYS.losses(card)),
        )

    def _raw(self, card: JsonObject) -> Iterator[tuple[Field, Raw]]:
        yield _STATUS, _COMPLETE if card.get("dueComplete") else _INCOMPLETE
        yield _MEMBERS, [self._member(id) for id in map(clean, _list(card.get("idMembers")))]
        yield _START, clean(card.get("start"))
        yield _DUE, clean(card.get("due"))
        yield _LABELS, list(self._card_labels(card))
        votes = mapping(card.get("badges")).get("votes")
        yield _VOTES, len(_list(card.get("idMembersVoted"))) or votes or None
        for item in objects(card.get("customFieldItems")):
            id = clean(item.get("idCustomField"))
            # A field that the board does not define any more still has its values.
            field, options = self._customs.get(id) or (Field(id, f"Custom field {id}"), {})
            yield field, _custom_value(item, options)
        if place := _place(card):
            yield _LOCATION, place
        yield _FILES, [_file(attachment) for attachment in objects(card.get("attachments"))]

    def _member(self, id: str) -> Person:
        return self._members.get(id) or Person(id, id)

    def _card_labels(self, card: JsonObject) -> Iterator[str]:
        """Names of labels, else colours. A card may know labels that the board does not list."""
        labels = objects(card.get("labels"))
        names = {clean(label.get("id")): _label_name(label) for label in labels}
        ids = dict.fromkeys([*map(clean, _list(card.get("idLabels"))), *names])
        yield from (self._labels.get(id) or names.get(id) or id for id in filter(None, ids))

    def _description(self, card: JsonObject) -> str:
        lists = sorted(self._checklists.get(clean(card["id"]), ()), key=_position)
        texts = (self._task_list(checklist) for checklist in lists)
        return "\n\n".join(filter(None, [clean(card.get("desc")), *texts]))

    def _task_list(self, checklist: JsonObject) -> str:
        items = sorted(objects(checklist.get("checkItems")), key=_position)
        return "\n".join([f"### {_name(checklist)}", *map(self._check_item, items)])

    def _check_item(self, item: JsonObject) -> str:
        """With who does it until when."""
        member, due = clean(item.get("idMember")), clean(item.get("due"))
        about = filter(None, [self._member(member).name if member else "", due and f"due {due}"])
        mark = "x" if item.get("state") == "complete" else " "
        return f"- [{mark}] {_name(item)}" + (f" ({text})" if (text := ", ".join(about)) else "")


def _open(selection: Selection, _: "MondaySettings") -> Source:
    boards = [_read(path) for path in files_of(selection, _SUFFIXES)]
    people = [person for board in boards for person in board.people]
    return FileSource([board.table() for board in boards], selection, people=people)


def _read(path: Path) -> TrelloBoard:
    content = read_json(path)
    if not isinstance(mapping(content).get("cards"), list):
        hint = "In Trello, open the board's menu: Print, export, and share; Export as JSON."
        raise ContentError(path, "", 'is no board: it has no list "cards"', hint=hint)
    return TrelloBoard(path, content)


def _by(
    records: Iterable[JsonObject], key: Callable[[JsonObject], Json]
) -> dict[str, list[JsonObject]]:
    grouped: dict[str, list[JsonObject]] = {}
    for record in records:
        grouped.setdefault(clean(key(record)), []).append(record)
    return grouped


def _name(record: JsonObject) -> str:
    return clean(record.get("name"))


def _label_name(label: JsonObject) -> str:
    return _name(label) or clean(label.get("color"))


def _place(card: JsonObject) -> str:
    where = mapping(card.get("coordinates"))
    point = " ".join(clean(where.get(axis)) for axis in ("latitude", "longitude") if axis in where)
    return ", ".join(
        filter(None, (clean(card.get("locationName")), clean(card.get("address")), point))
    )


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _count(value: Json) -> int:
    return value if isinstance(value, int) else 0


def _position(record: JsonObject) -> float:
    position = record.get("pos")
    return float(position) if isinstance(position, int | float) else 0.0


def _person(member: Json) -> Person | None:
    fields = mapping(member)
    id = clean(fields.get("id"))
    name = clean(fields.get("fullName") or fields.get("username"))
    return Person(id, name or id) if id else None


def _created_ms(id: str) -> int | None:
    """The first eight digits of an id are the second in which it was made."""
    try:
        return int(id[:8], 16) * 1000 if len(id) == 24 else None
    except ValueError:
        return None


def _comment(action: JsonObject) -> Comment:
    data = mapping(action.get("data"))
    return Comment(
        clean(action.get("id")),
        html_of_markdown(clean(data.get("text"))),
        _person(action.get("memberCreator")) or "",
        dates.unix_ms(clean(action.get("date"))),
        dates.unix_ms(clean(data.get("dateLastEdited"))),
        likes=len(_list(action.get("reactions"))),
    )


def _custom_value(item: JsonObject, options: Mapping[str, str]) -> Raw:
    if id := clean(item.get("idValue")):
        return [options.get(id) or id]
    return clean(next(iter(mapping(item.get("value")).values()), ""))


def _file(attachment: JsonObject) -> dict[str, str]:
    kind = clean(attachment.get("mimeType"))
    return {"url": clean(attachment.get("url")), "name": _name(attachment), "kind": kind}


SOURCE: Final = SourceKind(
    summary="A Trello board: JSON from its menu.",
    open=_open,
    suffixes=_SUFFIXES,
    missing=(
        "attachments: they stay links to Trello, which need a login",
        "comments and moves older than the latest 1,000 actions of the board",
        "e-mail addresses of members, colours of labels, covers, stickers, and who voted",
        "automations (Butler), Power-Ups and permissions",
    ),
    item_noun="card",
    ignored=KEYS.ignored
    | {"idMembersVoted": "votes become a number"}
    | {"reactions": "reactions to a comment become a number of likes"},
)
