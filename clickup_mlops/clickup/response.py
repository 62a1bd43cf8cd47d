"""What came back from ClickUp: decoded, or explained. Pure.

An answer that cannot be read does not say that nothing happened: of a call that creates something
it is an `UncertainWrite`, and the caller looks before it writes again.
"""

from typing import Final, NoReturn

import orjson

from clickup_mlops.clickup.api_errors import api_error
from clickup_mlops.clickup.request import Request
from clickup_mlops.errors import ApiError, RetryableApiError
from clickup_mlops.json_types import Json

_PROXY = "Is the base URL ClickUp's API, and is there a proxy in between?"
_JSON_BEGINS: Final = (b"{", b"[")


class ResponseBody(dict[str, Json]):
    """The object that ClickUp answered with. A key that it lacks is the API's fault, not a bug."""

    __slots__ = ("_request",)

    def __init__(self, request: Request, found: dict[str, Json]) -> None:
        super().__init__(found)
        self._request = request

    def __missing__(self, key: str) -> NoReturn:
        name = self._request.name
        problem = ApiError(f'{name}: the answer has no "{key}"', call=name, hint=_PROXY)
        raise self._request.as_uncertain(problem)


def decoded(request: Request, status: int, content: bytes, *, after: str | None = None) -> Json:
    """The decoded body of an answer with this HTTP status; `{}` if it is empty.

    `after` is its `Retry-After`.

    Raises:
        UncertainWrite: a 5xx or an unreadable body, for a call that must not be repeated.
        RetryableApiError: a 429, a 5xx, or JSON that is cut off.
        ApiError: ClickUp refused, or something else than ClickUp answered.
    """
    body = _json(content)
    if 200 <= status < 300:
        if isinstance(body, dict):
            return ResponseBody(request, body)
        if isinstance(body, list):
            return body
        raise request.as_uncertain(_unreadable(request, status, content))
    problem = api_error(status, body, request.name)
    # After a 429 ClickUp has certainly done nothing; after a 5xx nobody knows.
    if isinstance(problem, RetryableApiError) and status != 429:
        # Only whole seconds: an HTTP date would need a clock that agrees with the server's.
        problem.after_s = float(after) if after and after.isdecimal() else 0.0
        raise request.as_uncertain(problem)
    raise problem


def _unreadable(request: Request, status: int, content: bytes) -> ApiError:
    name = request.name
    if content.lstrip().startswith(_JSON_BEGINS):
        return RetryableApiError(f"{name}: the answer is cut off", status=status, call=name)
    return ApiError(f"{name}: the answer is not JSON", status=status, call=name, hint=_PROXY)


def _json(content: bytes) -> Json:
    if not content.strip():
        return {}
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return None
