"""What every resource is made of: a transport with a priority class, query strings, and
optional arguments.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from enum import Enum
from typing import Any, Final, Self

from clickup_mlops.clickup.governor import PriorityClass
from clickup_mlops.clickup.request import File, Query, Request
from clickup_mlops.clickup.response import ResponseBody
from clickup_mlops.clickup.transport import Transport
from clickup_mlops.errors import InputError
from clickup_mlops.json_types import Json

Raw = dict[str, Any]
Id = str | int
Parameters = Mapping[str, object]
"""Query parameters; see `query` for what becomes of their values."""


class CustomId(str):
    """The team's own id of a task, such as `ML-42`, for every call that takes the id of a task."""

    team_id: str

    def __new__(cls, text: str, team_id: str) -> Self:
        """`team_id` is the Workspace, in which it is looked up."""
        custom_id = super().__new__(cls, text)
        custom_id.team_id = team_id
        return custom_id


class Unset(Enum):
    """The type of `UNSET`: an argument that was not given, where None means "remove"."""

    UNSET = "unset"

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = Unset.UNSET


def drop_unset(**values: Any) -> Raw:
    """Only the arguments that were given."""
    return {key: value for key, value in values.items() if value is not UNSET}


def drop_none(**values: object) -> Raw:
    """Only the arguments that are not None."""
    return {key: value for key, value in values.items() if value is not None}


def build_query(parameters: Parameters) -> Query:
    """Query pairs: None is left out, booleans are words, a list repeats its key."""
    pairs: list[tuple[str, str]] = []
    for key, value in parameters.items():
        if isinstance(value, list | tuple | set | frozenset):
            # ClickUp reads repeated keys, not comma-separated values.
            pairs += ((key, str(element)) for element in value)
        elif value is not None:
            pairs.append((key, str(value).lower() if isinstance(value, bool) else str(value)))
    return pairs


def check_name(name: str) -> str:
    """The name if it has any letters. Raises InputError."""
    if not isinstance(name, str) or not name.strip():
        raise InputError("a name is missing", hint="ClickUp refuses objects without a name.")
    return name


class Api:
    """A transport and a priority class. Routes are templates; ids are keywords: `task_id=...`."""

    def __init__(self, transport: Transport, priority_class: PriorityClass) -> None:
        self.transport, self.priority_class = transport, priority_class

    def get(self, route: str, parameters: Parameters | None = None, /, **path: Id) -> ResponseBody:
        """Read an object or a page; sent again after a broken line or a 5xx."""
        return self._send(Request("GET", route, path, build_query(parameters or {})))

    def post(self, route: str, body: Json = None, /, **path: Id) -> ResponseBody:
        """Create something: never repeated blindly."""
        return self._send(Request("POST", route, path, body=body, idempotent=False))

    def post_idempotent(self, route: str, body: Json = None, /, **path: Id) -> ResponseBody:
        """Set something by POST: twice is the same as once, so it may be repeated."""
        return self._send(Request("POST", route, path, body=body))

    def put(self, route: str, body: Json = None, /, **path: Id) -> ResponseBody:
        """Change an object to given values, so that it may be repeated."""
        return self._send(Request("PUT", route, path, body=body))

    def put_relative(self, route: str, body: Json = None, /, **path: Id) -> ResponseBody:
        """Change something relative to what is there: never repeated blindly."""
        return self._send(Request("PUT", route, path, body=body, idempotent=False))

    def patch(self, route: str, body: Json, /, **path: Id) -> ResponseBody:
        """Change parts of an object (v3), so that it may be repeated."""
        return self._send(Request("PATCH", route, path, body=body))

    def delete(
        self,
        route: str,
        parameters: Parameters | None = None,
        body: Json = None,
        /,
        **path: Id,
    ) -> None:
        """Remove an object; gone already after a repeated call is success."""
        self._send(Request("DELETE", route, path, build_query(parameters or {}), body))

    def upload(self, route: str, files: Mapping[str, File], /, **path: Id) -> ResponseBody:
        """Send a file: never repeated blindly."""
        return self._send(Request("POST", route, path, files=files, idempotent=False))

    def _send(self, request: Request) -> ResponseBody:
        return self.transport.send(_flag_custom_id(request), self.priority_class)


def _flag_custom_id(request: Request) -> Request:
    """With both parameters without which a custom id would be looked up as one of ClickUp's own."""
    ids = [value for value in request.path.values() if isinstance(value, CustomId)]
    flags = [("custom_task_ids", "true"), ("team_id", ids[0].team_id)] if ids else []
    return replace(request, query=[*request.query, *flags]) if flags else request


class Resource:
    """A group of endpoints."""

    def __init__(self, api: Api) -> None:
        self._api = api


def check_ids(values: Iterable[int]) -> list[int]:
    """User ids as ClickUp wants them: bare integers (objects are ignored without an error)."""
    checked = list(values)
    for user_id in checked:
        # bool is an int in Python: True would silently become user 1.
        if isinstance(user_id, bool) or not isinstance(user_id, int):
            raise InputError(f"a user id must be a whole number, got {user_id!r:.60}")
    return checked
