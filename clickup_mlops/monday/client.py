"""What is asked of Monday.com, with as few calls as its API allows. Answers are its own objects."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import orjson

from clickup_mlops.errors import ApiError, NotFound, RetryableApiError
from clickup_mlops.json_types import Json, JsonObject
from clickup_mlops.monday.api_errors import CursorExpired, TooComplex
from clickup_mlops.monday.transport import Transport

ITEMS_PER_PAGE: Final = 500
UPDATES_PER_PAGE: Final = 1000
IDS_PER_CALL: Final = 100
FORMULAS_PER_CALL: Final = 5

_USERS_PER_PAGE, _BOARDS_PER_PAGE, _WORKSPACES_PER_PAGE = 1000, 50, 100
_LOGS_PER_PAGE: Final = 1000
_BLOCKS: Final = 20
"""Of a description that come with an item: asking for more makes every page cost more."""
_DELETED: Final = "Was it deleted, or is it no longer shared with the token's user?"
_MOST_PAGES: Final = 100_000
"""No sequence is longer; a server that repeats itself must not be followed for ever."""


@dataclass(frozen=True, slots=True)
class ItemSelection:
    """Which items to read: of one board, with these formula columns' values.

    `groups` of a multi-level board: all of its levels are read, one after the other. Else subitems
    come inside their items.
    """

    board: str
    formulas: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()

    @property
    def nested(self) -> bool:
        """Whether subitems come inside their items."""
        return not self.groups

    def parts(self) -> list[list[str]]:
        """The formula columns, as many as one call may ask for."""
        chunks = [
            list(self.formulas[start : start + FORMULAS_PER_CALL])
            for start in range(0, len(self.formulas), FORMULAS_PER_CALL)
        ]
        return chunks or [[]]


class Monday:
    """Reads one account. `report_problem` takes a sentence on each part that could not be read."""

    def __init__(self, transport: Transport, report_problem: Callable[[str], None]) -> None:
        self.transport, self._report_problem = transport, report_problem

    def users(self) -> Iterator[JsonObject]:
        """Everybody, also those who left."""
        return self._iterate_pages("users", "users", _USERS_PER_PAGE)

    def teams(self) -> Iterator[JsonObject]:
        """All teams, with the ids of their users."""
        yield from _select_objects(self._send("teams", {}).get("teams"))

    def workspaces(self) -> Iterator[JsonObject]:
        """All workspaces that the token's user can see."""
        return self._iterate_pages("workspaces", "workspaces", _WORKSPACES_PER_PAGE)

    def boards(
        self,
        ids: Sequence[str] = (),
        workspaces: Sequence[str | None] = (),
        *,
        archived: bool = False,
    ) -> Iterator[JsonObject]:
        """Boards with columns, groups and views; also hidden boards of subitems, and documents.
        The workspace None is the main one.
        """
        filters: dict[str, Json] = {"state": "all" if archived or ids else "active"}
        if workspaces:
            filters["workspaces"] = list(workspaces)
        for chunk in _split_chunks(ids, IDS_PER_CALL) if ids else [None]:
            more = filters if chunk is None else filters | {"ids": chunk}
            yield from self._iterate_pages("boards", "boards", _BOARDS_PER_PAGE, more)

    def columns(self, boards: Sequence[str]) -> Mapping[str, list[JsonObject]]:
        """The columns of boards that `boards` does not list by themselves: those of subitems."""
        by_board: dict[str, list[JsonObject]] = {}
        for chunk in _split_chunks(boards, IDS_PER_CALL):
            answer = self._send("subitem_boards", {"ids": chunk, "limit": len(chunk)})
            for board in _select_objects(answer.get("boards")):
                by_board[str(board["id"])] = list(_select_objects(board.get("columns")))
        return by_board

    def inventory(self, board: str) -> JsonObject:
        """What runs on the board: `webhooks`, `items` (automations) and `legacy_automations`."""
        webhooks: list[JsonObject] = []
        automations: list[JsonObject] = []
        legacy: Json = None
        cursor: Json = None
        for _ in range(_MOST_PAGES):
            answer = self._send("inventory", {"board": board, "cursor": cursor})
            page = _to_object(answer.get("board_automations"))
            automations += _select_objects(page.get("items"))
            webhooks = webhooks or list(_select_objects(answer.get("webhooks")))
            legacy = legacy or page.get("legacy_automations")
            if not page.get("cursor") or page["cursor"] == cursor:
                break
            cursor = page["cursor"]
        return {"webhooks": webhooks, "items": automations, "legacy_automations": legacy}

    def items(self, selection: ItemSelection) -> Iterator[JsonObject]:
        """In the board's order, each once.

        A cursor lives for 60 minutes: when it has expired, the pages are read again from the first,
        and what was given before is left out. So are pages that an earlier reading stored.
        """
        yielded_ids: set[str] = set()
        while True:
            count_before = len(yielded_ids)
            try:
                for item in self._iterate_items(selection, _PageSize(ITEMS_PER_PAGE)):
                    item_id = str(item["id"])
                    if item_id not in yielded_ids:
                        yielded_ids.add(item_id)
                        yield item
                return
            except CursorExpired:
                has_stored = self.transport.forget(_format_place(selection.board))
                if len(yielded_ids) == count_before and not has_stored:
                    raise

    def archived(self, boards: Sequence[str], formulas: Sequence[str]) -> Iterator[JsonObject]:
        """Archived items of boards in use. Pages of items leave them out: the activity log names
        them, as far back as the account's plan keeps it.
        """
        ids: dict[str, None] = {}
        for page in range(1, _MOST_PAGES):
            variables: dict[str, Json] = {"boards": list(boards), "limit": _LOGS_PER_PAGE}
            variables["page"] = page
            answer = self._send("archived_items", variables)
            logs = [
                log
                for board in _select_objects(answer.get("boards"))
                for log in _select_objects(board.get("activity_logs"))
            ]
            ids |= dict.fromkeys(filter(None, map(_read_archived_id, logs)))
            if not logs:
                break
        for chunk in _split_chunks(list(ids), IDS_PER_CALL):
            yield from self._read_by_id(chunk, list(formulas)[:FORMULAS_PER_CALL])

    def history(self, boards: Sequence[str]) -> Iterator[JsonObject]:
        """What happened on the boards, as far back as the account's plan keeps it, newest first:
        `event`, `data` (JSON as text), `user_id` and `created_at` (units of 100 ns, as text).
        """
        for page in range(1, _MOST_PAGES):
            variables: dict[str, Json] = {"boards": list(boards), "limit": _LOGS_PER_PAGE}
            variables["page"] = page
            answer = self._send("board_history", variables)
            logs = [
                log
                for board in _select_objects(answer.get("boards"))
                for log in _select_objects(board.get("activity_logs"))
            ]
            yield from logs
            if not logs:
                return

    def updates(self, boards: Sequence[str]) -> Iterator[JsonObject]:
        """The updates of the boards' items with their replies, each once, in no certain order."""
        size, offset, yielded_ids = _PageSize(UPDATES_PER_PAGE), 0, set[str]()
        while True:
            variables: dict[str, Json] = {
                "boards": list(boards),
                "limit": size.now,
                "page": offset // size.now + 1,
            }
            try:
                answer = self._send("updates", variables)
            except TooComplex as problem:
                size.halve(problem)
                continue
            pages = [
                list(_select_objects(board.get("updates")))
                for board in _select_objects(answer.get("boards"))
            ]
            if not pages:
                raise NotFound(f"board {boards[0]} has no updates that can be read", hint=_DELETED)
            for update in (update for page in pages for update in page):
                update_id = str(update["id"])
                if update_id not in yielded_ids:
                    yielded_ids.add(update_id)
                    yield update
            offset += size.now
            if all(len(page) < size.now for page in pages):
                return

    def assets(self, ids: Sequence[str]) -> Iterator[JsonObject]:
        """What is known of these files; those that are gone are left out."""
        for chunk in _split_chunks(ids, IDS_PER_CALL):
            yield from _select_objects(self._send("assets", {"ids": chunk}).get("assets"))

    def asset_links(self, ids: Sequence[str]) -> Mapping[str, str]:
        """Addresses of the files' content, by id: they are valid for one hour. At most
        `IDS_PER_CALL`.
        """
        answer = self._send("asset_links", {"ids": list(ids)})
        return {
            str(asset["id"]): str(asset["public_url"])
            for asset in _select_objects(answer.get("assets"))
            if asset.get("public_url")
        }

    # -- pages

    def _iterate_pages(
        self, query: str, key: str, size: int, filters: JsonObject | None = None
    ) -> Iterator[JsonObject]:
        page_size, offset = _PageSize(size), 0
        while True:
            page = {"limit": page_size.now, "page": offset // page_size.now + 1}
            try:
                answer = self._send(query, page | dict(filters or {}))
            except TooComplex as problem:
                page_size.halve(problem)
                continue
            records = answer.get(key)
            yield from _select_objects(records)
            offset += page_size.now
            if len(records if isinstance(records, list) else ()) < page_size.now:
                return

    def _iterate_items(self, selection: ItemSelection, size: "_PageSize") -> Iterator[JsonObject]:
        cursor: str | None = None
        while True:
            page = self._read_page(selection, cursor, size)
            yield from page.items
            if not page.cursor or page.cursor == cursor:
                return
            cursor = page.cursor

    def _read_page(
        self, selection: ItemSelection, cursor: str | None, size: "_PageSize"
    ) -> "_Page":
        """A page with the values of all formulas: a call may ask for a few of them only."""
        while True:
            try:
                first_part, *more_parts = selection.parts()
                page = self._read_part(selection, cursor, size.now, first_part, full=True)
                for formulas in more_parts:
                    formula_page = self._read_part(
                        selection, cursor, size.now, formulas, full=False
                    )
                    _add_formulas(page.items, formula_page.items)
                break
            except TooComplex as problem:
                size.halve(problem)
            except RetryableApiError as problem:
                # A page with more formulas than a minute allows is refused for ever.
                if "FIELD" not in problem.code:
                    raise
                size.halve(problem)
        self._add_descriptions(page.items)
        return page

    def _add_descriptions(self, items: Iterable[JsonObject]) -> None:
        """Read the whole of long descriptions."""
        long = {
            str(item["id"]): description
            for item in _iterate_with_subitems(items)
            if isinstance(description := item.get("description"), dict)
            and isinstance(blocks := description.get("blocks"), list)
            and len(blocks) >= _BLOCKS
        }
        for chunk in _split_chunks(list(long), IDS_PER_CALL):
            answer = self._send("descriptions", {"ids": chunk, "limit": len(chunk)})
            for item in _select_objects(answer.get("items")):
                long[str(item["id"])].update(_to_object(item.get("description")))

    def _read_part(
        self,
        selection: ItemSelection,
        cursor: str | None,
        limit: int,
        formulas: list[str],
        *,
        full: bool,
    ) -> "_Page":
        query = "next_items_page" if cursor else "items_page"
        variables: dict[str, Json] = {
            "limit": limit,
            "formulas": formulas,
            "calculated": bool(formulas),
            "full": full,
            "nested": selection.nested,
        }
        variables |= {"cursor": cursor} if cursor else _first_page_variables(selection)
        answer = self._send(query, variables, place=_format_place(selection.board))
        if cursor:
            page = answer.get(query)
        else:
            page = next((board.get(query) for board in _select_objects(answer.get("boards"))), None)
        return _check_page(page, selection.board)

    def _read_by_id(self, ids: list[str], formulas: list[str]) -> Iterator[JsonObject]:
        variables: dict[str, Json] = {
            "ids": ids,
            "limit": len(ids),
            "formulas": formulas,
            "calculated": bool(formulas),
            "nested": True,
        }
        try:
            answer = self._send("items", variables)
        except TooComplex:
            if len(ids) == 1:
                raise
            middle = len(ids) // 2
            yield from self._read_by_id(ids[:middle], formulas)
            yield from self._read_by_id(ids[middle:], formulas)
            return
        items = list(_select_objects(answer.get("items")))
        self._add_descriptions(items)
        yield from items

    def _send(self, query: str, variables: JsonObject, *, place: str = "") -> JsonObject:
        answer = self.transport.send(query, variables, place)
        for problem in answer.problems:
            self._report_problem(f"{place or query}: {problem}")
        return answer.data


class _Page(NamedTuple):
    """Items, and what the page after them is asked for with; None: it is the last."""

    cursor: str | None
    items: list[JsonObject]


class _PageSize:
    """How much to ask for at once."""

    def __init__(self, largest: int) -> None:
        self.now = largest

    def halve(self, problem: ApiError) -> None:
        """After `problem`, which is raised if one is still too much."""
        if self.now == 1:
            raise problem
        self.now //= 2


def _format_place(board: str) -> str:
    return f"board {board}"


def _first_page_variables(selection: ItemSelection) -> dict[str, Json]:
    if selection.nested:
        return {"board": selection.board}
    # Without a rule the API gives no items of all levels.
    rule = {"column_id": "group", "compare_value": list(selection.groups), "operator": "any_of"}
    return {"board": selection.board, "scope": "allItems", "filter": {"rules": [rule]}}


def _check_page(page: Json, board: str) -> _Page:
    if page is None:
        raise NotFound(f"board {board} has no items that can be read", hint=_DELETED)
    fields = _to_object(page)
    cursor = fields.get("cursor")
    return _Page(str(cursor) if cursor else None, list(_select_objects(fields.get("items"))))


def _add_formulas(items: Iterable[JsonObject], formula_items: Iterable[JsonObject]) -> None:
    values = {
        item["id"]: [*_select_objects(item.get("formulas"))]
        for item in _iterate_with_subitems(formula_items)
    }
    for item in _iterate_with_subitems(items):
        formulas = item.get("formulas")
        if isinstance(formulas, list):
            formulas += values.get(item["id"], [])


def _iterate_with_subitems(items: Iterable[JsonObject]) -> Iterator[JsonObject]:
    for item in items:
        yield item
        yield from _select_objects(item.get("subitems"))


def _read_archived_id(log: JsonObject) -> str:
    if log.get("event") != "archive_pulse":
        return ""
    try:
        data = orjson.loads(str(log.get("data")))
    except orjson.JSONDecodeError:
        return ""
    return str(_to_object(data).get("pulse_id") or "")


def _split_chunks(ids: Sequence[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(ids), size):
        yield list(ids[start : start + size])


def _select_objects(value: Json) -> Iterator[JsonObject]:
    """The objects of a list: Monday.com puts null in the place of what cannot be read."""
    if isinstance(value, list):
        yield from (element for element in value if isinstance(element, Mapping))


def _to_object(value: Json) -> JsonObject:
    return value if isinstance(value, Mapping) else {}
