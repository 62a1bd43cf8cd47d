"""What came back from ClickUp: decoded, or explained. Pure.

An answer that cannot be read does not say that nothing happened: of a call that creates something
it is an `UncertainWrite`, and the caller looks before it writes again.
"""

from collections.abc import Callable
from typing import Any, Final, NoReturn, TypeVar

import orjson

from clickup_mlops.clickup.api_errors import build_api_error
from clickup_mlops.clickup.request import Request
from clickup_mlops.errors import ApiError, ForeignAnswer, RetryableApiError
from clickup_mlops.json_types import Json

T = TypeVar("T")

ENTRIES: Final = ""
"""The key under which an answer that is a list holds its entries."""

_PARSE_ERRORS = (AttributeError, IndexError, KeyError, TypeError, ValueError, RecursionError)
"""What reading an object of an unexpected shape ends with."""

_PROXY = "Is the base URL ClickUp's API, and is there a proxy in between?"
_JSON_BEGINS: Final = (b"{", b"[")
_GATEWAY_STATUSES: Final = frozenset({401, 403, 404, 407})
"""Refusals that firewalls and proxies give, too, but with a page of theirs."""


class ResponseBody(dict[str, Json]):
    """The object that ClickUp answered with.

    A key that it lacks, or a value of an unexpected shape, is the API's fault, not a bug:
    `ApiError`, or `UncertainWrite` of a call that changes something.
    """

    __slots__ = ("_request",)

    def __init__(self, request: Request, fields: dict[str, Json]) -> None:
        super().__init__(fields)
        self._request = request

    def __missing__(self, key: str) -> NoReturn:
        finding = f'has no "{key}"' if key else "is no list"
        raise self._build_problem(finding)

    def parse_one(self, parse: Callable[[Any], T], key: str | None = None) -> T:
        """The object itself, or the one under a key, parsed."""
        return self._parse(parse, self if key is None else self[key])

    def parse_many(self, parse: Callable[[Any], T], key: str = ENTRIES) -> tuple[T, ...]:
        """The objects of the list under a key, or of an answer that is a list, parsed."""
        entries = self[key]
        if not isinstance(entries, list):
            raise self._build_problem(f'has no list in "{key}"')
        return tuple(self._parse(parse, entry) for entry in entries)

    def _parse(self, parse: Callable[[Any], T], raw: Json) -> T:
        if not isinstance(raw, dict):
            raise self._build_problem(f"has {type(raw).__name__} in place of an object")
        try:
            return parse(raw)
        except _PARSE_ERRORS as problem:
            cause = f"{type(problem).__name__}: {problem!s:.100}"
            raise self._build_problem(f"has an object that cannot be read ({cause})") from problem

    def _build_problem(self, finding: str) -> ApiError:
        name = self._request.name
        problem = ApiError(f"{name}: the answer {finding}", call=name, hint=_PROXY)
        if self._request.method == "GET":
            return problem
        # Nobody refused it: what it was to change may be changed, however often it is sent.
        return self._request.build_uncertain(problem)


def decode_response(
    request: Request, status: int, content: bytes, *, after: str | None = None
) -> ResponseBody:
    """The decoded body of an answer with this HTTP status; `{}` if that of a change is empty.

    A list is held under `ENTRIES`. `after` is its `Retry-After`.

    Raises:
        UncertainWrite: a 5xx or an unreadable body, for a call that must not be repeated.
        RetryableApiError: a 429, a 5xx, nothing to read, or JSON that is cut off; as
            ForeignAnswer: something else than ClickUp answered.
        ApiError: ClickUp refused.
    """
    body = _decode_json(content)
    if 200 <= status < 300:
        if request.method == "GET" and not content.strip():
            name = request.name
            raise RetryableApiError(f"{name}: the answer is empty", status=status, call=name)
        if isinstance(body, dict):
            return ResponseBody(request, body)
        if isinstance(body, list):
            return ResponseBody(request, {ENTRIES: body})
        raise request.as_uncertain(_unreadable_error(request, status, content))
    if _is_foreign_refusal(status, body):
        text = f"{request.name}: not ClickUp answered, but something in between ({status})"
        raise request.as_uncertain(_foreign_error(request, status, text))
    problem = build_api_error(status, body, request.name)
    # After a 429 ClickUp has certainly done nothing; after a 5xx nobody knows.
    if isinstance(problem, RetryableApiError) and status != 429:
        # Only whole seconds: an HTTP date would need a clock that agrees with the server's.
        problem.after_s = float(after) if after and after.isdecimal() else 0.0
        raise request.as_uncertain(problem)
    raise problem


def is_foreign(status: int, content: bytes) -> bool:
    """Whether something else than ClickUp gave this answer."""
    body = _decode_json(content)
    if 200 <= status < 300:
        return not isinstance(body, dict | list) and not content.lstrip().startswith(_JSON_BEGINS)
    return _is_foreign_refusal(status, body)


def _unreadable_error(request: Request, status: int, content: bytes) -> ApiError:
    name = request.name
    if content.lstrip().startswith(_JSON_BEGINS):
        return RetryableApiError(f"{name}: the answer is cut off", status=status, call=name)
    return _foreign_error(request, status, f"{name}: the answer is not JSON")


def _is_foreign_refusal(status: int, body: Json) -> bool:
    """Whether a refusal is not ClickUp's: it has no redirects, and says why it refuses in JSON."""
    return 300 <= status < 400 or (status in _GATEWAY_STATUSES and not isinstance(body, dict))


def _foreign_error(request: Request, status: int, text: str) -> ForeignAnswer:
    return ForeignAnswer(text, status=status, call=request.name, hint=_PROXY)


def _decode_json(content: bytes) -> Any:
    if not content.strip():
        return {}
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return None
