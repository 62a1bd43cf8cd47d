"""Error answers as Monday.com has been seen to give them, by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from clickup_mlops.sandbox.monday.state.cursors import EXPIRED

JsonTable = dict[str, Any]


@dataclass(frozen=True)
class Failure:
    """An answer: HTTP status, body, and more headers."""

    status: int
    body: JsonTable
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Facts:
    """What error answers mention: seconds to wait, points, and the account."""

    wait_s: int = 1
    query: int = 6_182
    remaining: int = 100
    limit: int = 5_000_000
    account_id: int = 0


def build_failure(
    message: str,
    code: str | None,
    status: int = 200,
    *,
    wait_s: int | None = None,
    **details: object,
) -> Failure:
    """The form in use since 2025; `more` goes into `extensions` of the error."""
    extensions: JsonTable = {"code": code} if code else {}
    extensions |= {key: value for key, value in details.items() if value is not None}
    if wait_s is not None:
        extensions["retry_in_seconds"] = wait_s
    error: JsonTable = {"message": message}
    if extensions:
        error["extensions"] = extensions
    headers = {} if wait_s is None else {"Retry-After": str(wait_s)}
    return Failure(status, {"errors": [error]}, headers)


def complexity(facts: Facts) -> Failure:
    """The budget of the minute, or of one query, does not suffice."""
    return build_failure(
        "Complexity budget exhausted",
        "COMPLEXITY_BUDGET_EXHAUSTED",
        429,
        wait_s=facts.wait_s,
        status_code=429,
        complexity=facts.query,
        complexity_budget_left=facts.remaining,
        complexity_budget_limit=facts.limit,
    )


def _complexity_in_200(facts: Facts) -> Failure:
    refusal = complexity(facts)
    return Failure(200, refusal.body)


def _complexity_legacy(facts: Facts) -> Failure:
    text = (
        f"Complexity budget exhausted, query cost {facts.query} budget remaining {facts.remaining}"
        f" out of {facts.limit} reset in {facts.wait_s} seconds"
    )
    body = {
        "error_code": "ComplexityException",
        "status_code": 429,
        "error_message": text,
        "error_data": {},
        "errors": [text],
        "account_id": facts.account_id,
    }
    return Failure(429, body)


def minute_rate(facts: Facts) -> Failure:
    """Too many calls in a minute."""
    code = "MINUTE_RATE_LIMIT_EXCEEDED"
    return build_failure("Minute rate limit exceeded", code, 429, wait_s=facts.wait_s)


def daily(facts: Facts) -> Failure:
    """Too many calls in a day."""
    return build_failure("Daily limit exceeded", "DAILY_LIMIT_EXCEEDED", 429, status_code=429)


def concurrency(facts: Facts) -> Failure:
    """Too many calls at once."""
    return build_failure(
        "Max concurrency exceeded", "maxConcurrencyExceeded", 429, wait_s=1, status_code=429
    )


def _ip(facts: Facts) -> Failure:
    return build_failure(
        "Ip rate limit exceeded", "IP_RATE_LIMIT_EXCEEDED", 429, wait_s=facts.wait_s
    )


def _field(facts: Facts) -> Failure:
    refusal = build_failure(
        "Field minute rate limit exceeded",
        "FIELD_MINUTE_RATE_LIMIT_EXCEEDED",
        status_code=429,
        wait_s=facts.wait_s,
    )
    return Failure(200, refusal.body)


def _field_legacy(facts: Facts) -> Failure:
    body = {
        "error_code": "FIELD_LIMIT_EXCEEDED",
        "error_message": "Field limit exceeded",
        "error_data": {"retry_in_seconds": facts.wait_s, "entity": "boards"},
        "status_code": 429,
    }
    return Failure(429, body)


def _service(facts: Facts) -> Failure:
    text = "Rate limit exceeded for board-columns"
    return build_failure(text, "tooManyRequests", status_code=400)


def not_authenticated(facts: Facts) -> Failure:
    """The token is unknown or has expired."""
    return build_failure("Not authenticated", "NOT_AUTHENTICATED", 401)


def _not_authenticated_legacy(facts: Facts) -> Failure:
    return Failure(401, {"errors": ["Not Authenticated"]})


def _not_allowed(facts: Facts) -> Failure:
    text = "User unauthorized to perform action"
    return build_failure(text, "USER_UNAUTHORIZED", status_code=403)


def _invalid_query(facts: Facts) -> Failure:
    error = {
        "message": 'Cannot query field "no_such_field" on type "Board".',
        "locations": [{"line": 1, "column": 9}],
    }
    return Failure(200, {"errors": [error]})


def _unknown_id(facts: Facts) -> Failure:
    text = "Board ID 1 is invalid"
    return build_failure(
        text, "InvalidBoardIdException", status_code=200, error_data={"board_id": 1}
    )


def _unknown_id_legacy(facts: Facts) -> Failure:
    body = {
        "error_code": "ResourceNotFoundException",
        "status_code": 404,
        "error_message": "The resource was not found",
        "error_data": {},
    }
    return Failure(404, body)


def _cursor(facts: Facts) -> Failure:
    """The cursor's error is not the first one."""
    first = {"message": "Failed to fetch items"}
    second = {"message": EXPIRED, "extensions": {"code": "CursorException"}}
    return Failure(200, {"errors": [first, second]})


def internal(facts: Facts) -> Failure:
    """An internal error of Monday.com, with the HTTP status 500."""
    return build_failure("Internal server error", "INTERNAL_SERVER_ERROR", 500, status_code=500)


def _internal_in_200(facts: Facts) -> Failure:
    return build_failure(
        "Internal server error", None, error_code="INTERNAL_SERVER_ERROR", status_code=500
    )


def _locked(facts: Facts) -> Failure:
    return build_failure("Board is locked", "LOCKED", 423, status_code=423, wait_s=facts.wait_s)


def _blocked(facts: Facts) -> Failure:
    return build_failure("API is temporarily blocked", "API_TEMPORARILY_BLOCKED", status_code=403)


SHAPES: Final[Mapping[str, Callable[[Facts], Failure]]] = {
    "complexity": complexity,
    "complexity_in_200": _complexity_in_200,
    "complexity_legacy": _complexity_legacy,
    "minute_rate": minute_rate,
    "daily": daily,
    "concurrency": concurrency,
    "ip_rate": _ip,
    "field_limit": _field,
    "field_limit_legacy": _field_legacy,
    "service_limit": _service,
    "not_authenticated": not_authenticated,
    "not_authenticated_legacy": _not_authenticated_legacy,
    "not_allowed": _not_allowed,
    "invalid_query": _invalid_query,
    "unknown_id": _unknown_id,
    "unknown_id_legacy": _unknown_id_legacy,
    "cursor_expired": _cursor,
    "internal": internal,
    "internal_in_200": _internal_in_200,
    "board_locked": _locked,
    "blocked": _blocked,
}
"""Names for the `shape` of a `status` fault. `partial` is one more: data with an error in it."""
