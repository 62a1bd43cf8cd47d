"""What is asked of Monday.com, with as few calls as its API allows. Answers are its own objects."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

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
class ItemsOf:
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
    """Reads one account. `problem` takes a sentence on each thing that could not be read."""

    def __init__(self, transport: Transport, problem: Callable[[str], None]) -> None:
        self.transport, self._problem = transport, problem

    def users(self) -> Iterator[JsonObject]:
        """Everybody, also those who left."""
        return self._numbered("users", "users", _USERS_PER_PAGE)

    def teams(self) -> Iterator[JsonObject]:
        """All teams, with the ids of their users."""
        yield from _objects(self._send("teams", {}).get("teams"))

    def workspaces(self) -> Iterator[JsonObject]:
        """All workspaces that the token's user can see."""
        return self._numbered("workspaces", "workspaces", _WORKSPACES_PER_PAGE)

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
        chosen: dict[str, Json] = {"state": "all" if archived or ids else "active"}
        if workspaces:
            chosen["workspaces"] = list(workspaces)
        for chunk in _chunks(ids, IDS_PER_CALL) if ids else [None]:
            named = chosen if chunk is None else chosen | {"ids": chunk}
            yield from self._numbered("boards", "boards", _BOARDS_PER_PAGE, named)

    def columns(self, boards: Sequence[str]) -> Mapping[str, list[JsonObject]]:
        """The columns of boards that `boards` does not list by themselves: those of subitems."""
        found: dict[str, list[JsonObject]] = {}
        for chunk in _chunks(boards, IDS_PER_CALL):
            answer = self._send("subitem_boards", {"ids": chunk, "limit": len(chunk)})
            for board in _objects(answer.get("boards")):
                found[str(board["id"])] = list(_objects(board.get("columns")))
        return found

    def inventory(self, board: str) -> JsonObject:
        """What runs on the board: `webhooks`, `items` (automations) and `legacy_automations`."""
        webhooks: list[JsonObject] = []
        automations: list[JsonObject] = []
        legacy: Json = None
        cursor: Json = None
        for _ in range(_MOST_PAGES):
            answer = self._send("inventory", {"board": board, "cursor": cursor})
            page = _object(answer.get("board_automations"))
            automations += _objects(page.get("items"))
            webhooks = webhooks or list(_objects(answer.get("webhooks")))
            legacy = legacy or page.get("legacy_automations")
            if not page.get("cursor") or page["cursor"] == cursor:
                break
            cursor = page["cursor"]
        return {"webhooks": webhooks, "items": automations, "legacy_automations": legacy}

    def items(self, wanted: ItemsOf) -> Iterator[JsonObject]:
        """In the board's order, each once.

        A cursor lives for 60 minutes: when it has expired, the pages are read again from the first,
        and what was given before is left out.
        """
        seen: set[str] = set()
        while True:
            before = len(seen)
            try:
                for item in self._sequence(wanted, _PageSize(ITEMS_PER_PAGE)):
                    if item["id"] not in seen:
                        seen.add(item["id"])
                        yield item
                return
            except CursorExpired:
                if len(seen) == before:
                    raise

    def archived(self, boards: Sequence[str], formulas: Sequence[str]) -> Iterator[JsonObject]:
        """Archived items of boards in use. Pages of items leave them out: the activity log names
        them, as far back as the account's plan keeps it.
        """
        ids: dict[str, None] = {}
        for page in range(1, _MOST_PAGES):
            variables = {"boards": list(boards), "limit": _LOGS_PER_PAGE, "page": page}
            answer = self._send("archived_items", variables)
            logs = [
                log
                for board in _objects(answer.get("boards"))
                for log in _objects(board.get("activity_logs"))
            ]
            ids |= dict.fromkeys(filter(None, map(_archived_id, logs)))
            if not logs:
                break
        for chunk in _chunks(list(ids), IDS_PER_CALL):
            yield from self._by_id(chunk, list(formulas)[:FORMULAS_PER_CALL])

    def updates(self, boards: Sequence[str]) -> Iterator[JsonObject]:
        """The updates of the boards' items with their replies, each once, in no certain order."""
        size, done, seen = _PageSize(UPDATES_PER_PAGE), 0, set[str]()
        while True:
            variables = {
                "boards": list(boards),
                "limit": size.now,
                "page": done // size.now + 1,
            }
            try:
                answer = self._send("updates", variables)
            except TooComplex as problem:
                size.halve(problem)
                continue
            pages = [
                list(_objects(board.get("updates"))) for board in _objects(answer.get("boards"))
            ]
            if not pages:
                raise NotFound(f"board {boards[0]} has no updates that can be read", hint=_DELETED)
            for update in (one for page in pages for one in page):
                if update["id"] not in seen:
                    seen.add(update["id"])
                    yield update
            done += size.now
            if all(len(page) < size.now for page in pages):
                return

    def assets(self, ids: Sequence[str]) -> Iterator[JsonObject]:
        """What is known of these files; those that are gone are left out."""
        for chunk in _chunks(ids, IDS_PER_CALL):
            yield from _objects(self._send("assets", {"ids": chunk}).get("assets"))

    def asset_links(self, ids: Sequence[str]) -> Mapping[str, str]:
        """Addresses of the files' content, by id: they are valid for one hour. At most
        `IDS_PER_CALL`.
        """
        answer = self._send("asset_links", {"ids": list(ids)})
        return {
            str(one["id"]): str(one["public_url"])
            for one in _objects(answer.get("assets"))
            if one.get("public_url")
        }

    # -- pages

    def _numbered(
        self, query: str, key: str, size: int, more: Mapping[str, Json] | None = None
    ) -> Iterator[JsonObject]:
        page_size, done = _PageSize(size), 0
        while True:
            page = {"limit": page_size.now, "page": done // page_size.now + 1}
            try:
                answer = self._send(query, page | dict(more or {}))
            except TooComplex as problem:
                page_size.halve(problem)
                continue
            listed = answer.get(key)
            yield from _objects(listed)
            done += page_size.now
            if len(listed if isinstance(listed, list) else ()) < page_size.now:
                return

    def _sequence(self, wanted: ItemsOf, size: "_PageSize") -> Iterator[JsonObject]:
        cursor: str | None = None
        while True:
            page = self._page(wanted, cursor, size)
            yield from page["items"]
            if not page["cursor"] or page["cursor"] == cursor:
                return
            cursor = page["cursor"]

    def _page(self, wanted: ItemsOf, cursor: str | None, size: "_PageSize") -> JsonObject:
        """A page with the values of all formulas: a call may ask for a few of them only."""
        while True:
            try:
                first, *others = wanted.parts()
                page = self._part(wanted, cursor, size.now, first, full=True)
                for formulas in others:
                    more = self._part(wanted, cursor, size.now, formulas, full=False)
                    _add_formulas(page["items"], more["items"])
                break
            except TooComplex as problem:
                size.halve(problem)
            except RetryableApiError as problem:
                # A page with more formulas than a minute allows is refused for ever.
                if "FIELD" not in problem.code:
                    raise
                size.halve(problem)
        self._add_descriptions(page["items"])
        return page

    def _add_descriptions(self, items: Iterable[JsonObject]) -> None:
        """Read the whole of long descriptions."""
        long = {
            str(item["id"]): item["description"]
            for item in _with_subitems(items)
            if len(_object(item.get("description")).get("blocks") or ()) >= _BLOCKS
        }
        for chunk in _chunks(list(long), IDS_PER_CALL):
            answer = self._send("descriptions", {"ids": chunk, "limit": len(chunk)})
            for item in _objects(answer.get("items")):
                long[str(item["id"])].update(_object(item.get("description")))

    def _part(
        self, wanted: ItemsOf, cursor: str | None, limit: int, formulas: list[str], *, full: bool
    ) -> JsonObject:
        query = "next_items_page" if cursor else "items_page"
        variables: dict[str, Json] = {
            "limit": limit,
            "formulas": formulas,
            "calculated": bool(formulas),
            "full": full,
            "nested": wanted.nested,
        }
        variables |= {"cursor": cursor} if cursor else _first_page(wanted)
        answer = self._send(query, variables, about=f"board {wanted.board}")
        if cursor:
            page = answer.get(query)
        else:
            page = next((one.get(query) for one in _objects(answer.get("boards"))), None)
        return _checked_page(page, wanted.board)

    def _by_id(self, ids: list[str], formulas: list[str]) -> Iterator[JsonObject]:
        variables = {
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
            yield from self._by_id(ids[:middle], formulas)
            yield from self._by_id(ids[middle:], formulas)
            return
        items = list(_objects(answer.get("items")))
        self._add_descriptions(items)
        yield from items

    def _send(self, query: str, variables: Mapping[str, Json], *, about: str = "") -> JsonObject:
        answer = self.transport.send(query, variables)
        for problem in answer.problems:
            self._problem(f"{about or query}: {problem}")
        return answer.data


class _PageSize:
    """How much to ask for at once."""

    def __init__(self, largest: int) -> None:
        self.now = largest

    def halve(self, problem: ApiError) -> None:
        """After `problem`, which is raised if one is still too much."""
        if self.now == 1:
            raise problem
        self.now //= 2


def _first_page(wanted: ItemsOf) -> dict[str, Json]:
    if wanted.nested:
        return {"board": wanted.board}
    # Without a rule the API gives no items of all levels.
    rule = {"column_id": "group", "compare_value": list(wanted.groups), "operator": "any_of"}
    return {"board": wanted.board, "scope": "allItems", "filter": {"rules": [rule]}}


def _checked_page(page: Json, board: str) -> dict[str, Json]:
    if page is None:
        raise NotFound(f"board {board} has no items that can be read", hint=_DELETED)
    found = _object(page)
    return {"cursor": found.get("cursor"), "items": list(_objects(found.get("items")))}


def _add_formulas(items: Iterable[JsonObject], more: Iterable[JsonObject]) -> None:
    values = {one["id"]: one.get("formulas") or [] for one in _with_subitems(more)}
    for item in _with_subitems(items):
        known = item.get("formulas")
        if isinstance(known, list):
            known += values.get(item["id"], [])


def _with_subitems(items: Iterable[JsonObject]) -> Iterator[JsonObject]:
    for item in items:
        yield item
        yield from _objects(item.get("subitems"))


def _archived_id(log: JsonObject) -> str:
    if log.get("event") != "archive_pulse":
        return ""
    try:
        data = orjson.loads(str(log.get("data")))
    except orjson.JSONDecodeError:
        return ""
    return str(_object(data).get("pulse_id") or "")


def _chunks(ids: Sequence[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(ids), size):
        yield list(ids[start : start + size])


def _objects(found: Json) -> Iterator[JsonObject]:
    """The objects of a list: Monday.com puts null in the place of what cannot be read."""
    if isinstance(found, list):
        yield from (one for one in found if isinstance(one, Mapping))


def _object(found: Json) -> JsonObject:
    return found if isinstance(found, Mapping) else {}
