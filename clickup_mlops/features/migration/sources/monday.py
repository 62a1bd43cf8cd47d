"""Monday.com through its API."""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, BinaryIO, Final

from clickup_mlops.errors import ApiError, InputError, NotFound, Unauthorized
from clickup_mlops.features.migration.batches import batches
from clickup_mlops.features.migration.history import Change
from clickup_mlops.features.migration.records import Asset, Board, Item, Manual, Person, Update
from clickup_mlops.features.migration.source import Pages, Selection, SourceKind
from clickup_mlops.features.migration.sources import _monday_history
from clickup_mlops.features.migration.sources import _monday_records as records
from clickup_mlops.features.migration.sources._order import age, oldest_first, parents_first
from clickup_mlops.features.migration.sources._problems import Problems
from clickup_mlops.json_types import JsonObject
from clickup_mlops.monday.api_errors import DailyLimit
from clickup_mlops.monday.client import ItemSelection, Monday
from clickup_mlops.monday.files import Files
from clickup_mlops.monday.transport import Transport
from clickup_mlops.spelling import suggest_word

if TYPE_CHECKING:
    from clickup_mlops.monday.settings import MondaySettings


_BOARD: Final = re.compile(r"(?:https?://\S*/boards/)?(\d+)(?:[/?#]\S*)?")
_BOARDS_AT_ONCE: Final = 50
_NOT_BOARDS: Final = {
    "sub_items_board": "holds subitems: choose the board of their items",
    "document": "is a document",
    "custom_object": "belongs to an app",
}


class MondaySource:
    """Reads one account. See `migrate.source.Source`."""

    def __init__(self, transport: Transport, selection: Selection) -> None:
        self._problems = Problems()
        self.problems = self._problems.sentences
        self._monday = Monday(transport, self._incomplete)
        self._files = Files(self._monday.asset_links, transport=transport)
        self._selection = selection
        self._subitem_boards: dict[str, str] = {}
        self._assets: dict[str, dict[tuple[str, str], Asset | None]] = {}
        self._with_files: dict[str, str] = {}
        self._read: set[tuple[str, str]] = set()

    @property
    def calls(self) -> int:
        """Calls to the API so far; downloads of files are none."""
        return self._monday.transport.calls

    def resume(self, pages: Pages | None) -> None:
        """Answer from these pages what they have, and store there what is read."""
        self._monday.transport.pages = pages

    def people(self) -> Iterator[Person]:
        """People, then teams."""
        yield from map(records.person, records.objects(list(self._monday.users())))
        try:
            yield from map(records.team, records.objects(list(self._monday.teams())))
        except ApiError as problem:
            self._skip(problem, "teams")

    def boards(self) -> Iterator[Board]:
        """The selected boards; what they hold beside items is listed as well."""
        ids = tuple(map(_board_id, self._selection.boards))
        workspaces = self._workspaces() if self._selection.workspace else ()
        seen_ids: set[str] = set()
        raw_boards = self._monday.boards(ids, workspaces, archived=self._selection.archived)
        for page in batches(self._chosen(raw_boards, seen_ids), _BOARDS_AT_ONCE):
            yield from self._boards(page)
        missing = [board_id for board_id in ids if board_id not in seen_ids]
        if missing and len(missing) == len(ids):
            raise NotFound(f"board {', '.join(missing)}: not found", hint=_UNSHARED)
        for board_id in missing:
            self._problems.add("boards", f"board {board_id} was not found: {_UNSHARED}")

    def items(self, board: Board) -> Iterator[Item]:
        """In the board's order; a parent before its subitems."""
        items = self._items(board)
        yield from parents_first(items) if board.multi_level else items
        if self._selection.archived and not board.archived:
            yield from self._archived(board)
        self._read.add((board.id, "items"))

    def updates(self, board: Board, since_ms: int | None = None) -> Iterator[Update]:
        """Oldest first; with `since_ms` those that were written or edited since then."""
        for update in oldest_first(self._threads(board)):
            changed_ms = max(update.created_ms or 0, update.edited_ms or 0)
            if since_ms is None or changed_ms >= since_ms:
                yield update
        self._read.add((board.id, "updates"))

    def history(self, board: Board) -> Iterator[Change]:
        """What the activity log says, as far back as the account's plan keeps it."""
        try:
            for log in self._monday.history([board.id, *self._hidden(board)]):
                yield from _monday_history.changes(board, dict(log))
        except ApiError as problem:
            self._skip(problem, f'board {board.id} "{board.name}", activity log')

    def assets(self, board: Board) -> Iterator[Asset]:
        """The files of the board's items and updates, which are read if they were not yet."""
        for kind, read in (("items", self.items), ("updates", self.updates)):
            if (board.id, kind) not in self._read:
                for _ in read(board):
                    pass
        by_item = self._assets.get(board.id, {})
        self._learn_assets(board, by_item)
        assets = [asset for asset in by_item.values() if asset is not None]
        self.expect(assets)
        yield from assets

    def expect(self, assets: Iterable[Asset]) -> None:
        """These files will be opened, in this order: links to them are asked for together."""
        self._files.expect(asset.id for asset in assets)

    def open(self, asset: Asset) -> BinaryIO:
        """The file's content. Raises NotFound."""
        return self._files.open(asset.id, asset.name)

    def close(self) -> None:
        """Close the connections."""
        self._files.close()
        self._monday.transport.close()

    # -- boards

    def _workspaces(self) -> tuple[str | None, ...]:
        name = self._selection.workspace
        workspaces = list(self._monday.workspaces())
        chosen = [workspace for workspace in workspaces if str(workspace.get("id")) == name]
        chosen = chosen or [
            workspace
            for workspace in workspaces
            if str(workspace.get("name")).casefold() == name.casefold()
        ]
        if not chosen:
            guess = suggest_word(name, [str(workspace.get("name")) for workspace in workspaces])
            raise NotFound(f'workspace "{name}" was not found{guess}', hint=_UNSHARED)
        if len(chosen) > 1:
            ids = ", ".join(str(workspace.get("id")) for workspace in chosen)
            raise InputError(f'several workspaces are called "{name}"', hint=f"Give an id: {ids}")
        # Boards of the main workspace have no workspace at all.
        main: tuple[None, ...] = (None,) if chosen[0].get("is_default_workspace") else ()
        return (str(chosen[0]["id"]), *main) if chosen[0].get("id") else main

    def _chosen(self, raw_boards: Iterable[JsonObject], seen_ids: set[str]) -> Iterator[JsonObject]:
        for raw in raw_boards:
            board, kind = str(raw["id"]), str(raw.get("type") or "board")
            if board in seen_ids or raw.get("state") == "deleted":
                continue
            seen_ids.add(board)
            name = f'board {board} "{raw.get("name")}"'
            if kind != "board":
                if self._selection.boards:
                    self._problems.add("boards", f"{name} {_NOT_BOARDS.get(kind, kind)}")
            elif raw.get("state") == "archived" and not self._selection.archived:
                self._problems.add("boards", f"{name} is archived and was not chosen")
            else:
                yield raw

    def _boards(self, page: list[JsonObject]) -> Iterator[Board]:
        hidden = {str(raw["id"]): records.subitem_board(raw) for raw in page}
        self._subitem_boards |= hidden
        columns = self._subitem_columns([board_id for board_id in hidden.values() if board_id])
        for raw in page:
            manual = (*self._inventory(raw), *records.views(raw))
            board = records.board(raw, columns.get(hidden[str(raw["id"])], ()), manual)
            self._report_unsupported(board)
            yield board

    def _subitem_columns(self, boards: list[str]) -> dict[str, list[JsonObject]]:
        try:
            return dict(self._monday.columns(boards)) if boards else {}
        except ApiError as problem:
            self._skip(problem, "columns of subitems")
            return {}

    def _inventory(self, raw: JsonObject) -> tuple[Manual, ...]:
        try:
            return tuple(records.inventory(self._monday.inventory(str(raw["id"]))))
        except ApiError as problem:
            subject = f'board {raw["id"]} "{raw.get("name")}", automations and webhooks'
            self._skip(problem, subject)
            return ()

    def _report_unsupported(self, board: Board) -> None:
        for column in (*board.columns, *board.subitem_columns):
            if column.type == "unsupported":
                where = f'board {board.id} "{board.name}", column "{column.title}"'
                self._problems.add("columns", f"{where}: the API does not give its values")

    # -- items

    def _items(self, board: Board) -> Iterator[Item]:
        groups = tuple(group.id for group in board.groups) if board.multi_level else ()
        for raw in self._monday.items(ItemSelection(board.id, _formulas(board), groups)):
            yield from self._item(raw, board)

    def _archived(self, board: Board) -> Iterator[Item]:
        hidden = self._hidden(board)
        try:
            raw_items = self._monday.archived([board.id, *hidden], _formulas(board))
            items = [
                item
                for raw in raw_items
                if raw.get("state") == "archived"
                for item in self._item(raw, board, archived=True)
            ]
        except ApiError as problem:
            self._skip(problem, f'board {board.id} "{board.name}", archived items')
            return
        once = {item.id: item for item in items}
        yield from parents_first(once.values())

    def _item(self, raw: JsonObject, board: Board, *, archived: bool = False) -> Iterator[Item]:
        """The item and, where they come inside, its subitems."""
        if self._is_left_out(raw, board, archived):
            return
        item = records.item(raw, board, None, self._problems.add)
        self._note_assets(raw, item, board)
        yield item
        for below in records.objects(raw.get("subitems")):
            if not self._is_left_out(below, board, archived):
                subitem = records.item(below, board, item.id, self._problems.add)
                self._note_assets(below, subitem, board)
                yield subitem

    def _is_left_out(self, raw: JsonObject, board: Board, archived: bool) -> bool:
        state = raw.get("state") or "active"
        states = ("active", "archived") if archived or board.archived else ("active",)
        return state not in states

    # -- updates and files

    def _threads(self, board: Board) -> Iterator[list[Update]]:
        for raw in self._monday.updates([board.id, *self._hidden(board)]):
            item = str(raw.get("item_id") or "")
            if not item or item == board.id:
                kind = f'board {board.id} "{board.name}", its own discussion'
                self._problems.add(kind, f"{kind}: update {raw['id']} belongs to no item")
                continue
            update = records.update(raw, item)
            answers = [
                records.update(record, item, update.id)
                for record in records.objects(raw.get("replies"))
            ]
            for record in (raw, *records.objects(raw.get("replies"))):
                self._note_update_assets(record, item, board)
            yield [update, *sorted(answers, key=lambda record: age(record.created_ms, record.id))]

    def _hidden(self, board: Board) -> list[str]:
        """The board of the board's subitems, if it has one."""
        if board.multi_level:
            return []
        if board.id not in self._subitem_boards:
            for raw in self._monday.boards([board.id]):
                self._subitem_boards[str(raw["id"])] = records.subitem_board(raw)
        hidden = self._subitem_boards.get(board.id)
        return [hidden] if hidden else []

    def _note_assets(self, raw: JsonObject, item: Item, board: Board) -> None:
        by_item = self._assets.setdefault(board.id, {})
        for record in records.objects(raw.get("assets")):
            # What an update says of it, if that was read before, is more.
            if by_item.get((item.id, str(record["id"]))) is None:
                by_item[item.id, str(record["id"])] = records.asset(record, item.id)
        for cell in item.cells.values():
            for record in cell.value if isinstance(cell.value, list) else ():
                if isinstance(record, dict) and "asset" in record:
                    by_item.setdefault((item.id, record["asset"]), None)
                    self._with_files[item.id] = item.name

    def _note_update_assets(self, raw: JsonObject, item: str, board: Board) -> None:
        by_item = self._assets.setdefault(board.id, {})
        for record in records.objects(raw.get("assets")):
            by_item[item, str(record["id"])] = records.asset(record, item, str(raw["id"]))

    def _learn_assets(self, board: Board, by_item: dict[tuple[str, str], Asset | None]) -> None:
        """Names and sizes of files that only a column names."""
        unknown = sorted({asset for (_item, asset), about in by_item.items() if about is None})
        records_by_id = {
            str(record["id"]): record
            for record in records.objects(list(self._monday.assets(unknown)))
        }
        for (item, asset), about in by_item.items():
            if about is None and asset in records_by_id:
                by_item[item, asset] = records.asset(records_by_id[asset], item)
            elif about is None:
                kind = f'board {board.id} "{board.name}": files'
                name = self._with_files.get(item, "")
                self._problems.add(kind, f'item {item} "{name}": file {asset} is gone')

    # -- problems

    def _incomplete(self, problem: str) -> None:
        self._problems.add(problem.partition(":")[0], problem)

    def _skip(self, problem: ApiError, subject: str) -> None:
        """Goes on without this; raises what would stop everything else as well."""
        if isinstance(problem, Unauthorized | DailyLimit):
            raise problem
        self._problems.add(subject, f"{subject} cannot be read: {problem}")


_UNSHARED: Final = "It was deleted, the id is wrong, or it is not shared with the token's user."


def _formulas(board: Board) -> tuple[str, ...]:
    columns = (*board.columns, *board.subitem_columns)
    return tuple(dict.fromkeys(column.id for column in columns if column.type == "formula"))


def _board_id(text: str) -> str:
    """From an id, or the address of the board."""
    match = _BOARD.fullmatch(text.strip())
    if match is None:
        raise InputError(
            f'"{text:.80}" is no board', hint="Give the number in the board's address."
        )
    return match[1]


def _open(selection: Selection, settings: "MondaySettings") -> MondaySource:
    if selection.files:
        raise InputError(
            "Monday.com is read through its API, not from files",
            hint="For an export file: `clickup-mlops migrate draft monday_export FILE`.",
        )
    for board in selection.boards:
        _board_id(board)
    transport = Transport(
        settings.token.get_secret_value(),
        base_url=settings.base_url,
        api_version=settings.api_version,
        timeout_s=settings.timeout.total_seconds(),
    )
    return MondaySource(transport, selection)


SOURCE: Final = SourceKind(
    summary="Monday.com through its API.",
    open=_open,
    missing=(
        "dashboards",
        "deleted items",
        "archived items that the activity log does not name any more",
        "discussions of a board itself",
        "auto numbers",
    ),
)
