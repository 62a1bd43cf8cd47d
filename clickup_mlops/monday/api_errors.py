"""What Monday.com's refusals mean. Pure.

It answers in shapes of several years: `errors` as objects with `extensions.code` or as bare texts,
or `error_code` beside `error_message`; most of them with the HTTP status 200.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from clickup_mlops.errors import (
    ApiError,
    Forbidden,
    NotFound,
    PlanLimit,
    RetryableApiError,
    Unauthorized,
)
from clickup_mlops.json_types import Json, JsonObject

LARGEST_QUERY: Final = 5_000_000
"""Complexity points that one query may cost."""

_DAY_MS: Final = 86_400_000
_NEW_KEY = (
    "Create a personal API token in Monday.com (profile picture > Developers > API token) and set "
    "it as CLICKUP_MLOPS_MONDAY__TOKEN."
)
_SHARE = "Use the token of a person who may see it, for example an admin."
_GONE = "It was deleted, the id is wrong, or this token's user cannot see it."
_INVALID = "Set monday.api_version to the default: other versions of the API differ."
_WAIT = "The limit is shared by all who use the token: stop the others, or try again later."
_STATUS_PAGE = "Monday.com has a problem; see its status page if this stays."

_LIMITS: Final = frozenset(
    {
        "complexitybudgetexhausted",
        "complexityexception",
        "minuteratelimitexceeded",
        "minutelimitrateexceeded",
        "maxconcurrencyexceeded",
        "ipratelimitexceeded",
        "fieldminuteratelimitexceeded",
        "fieldlimitexceeded",
        "toomanyrequests",
        "ratelimitexceeded",
        "apitemporarilyblocked",
    }
)
_KINDS: Final[Mapping[str, tuple[type[ApiError], str]]] = {
    "notauthenticated": (Unauthorized, _NEW_KEY),
    "userunauthorized": (Forbidden, _SHARE),
    "userunauthorizedexception": (Forbidden, _SHARE),
    "invalidboardidexception": (NotFound, _GONE),
    "invaliditemidexception": (NotFound, _GONE),
    "resourcenotfoundexception": (NotFound, _GONE),
    "internalservererror": (RetryableApiError, _STATUS_PAGE),
}
_STATUSES: Final[Mapping[int, tuple[type[ApiError], str]]] = {
    401: (Unauthorized, _NEW_KEY),
    402: (PlanLimit, "The account's plan does not include this."),
    403: (Forbidden, _SHARE),
    404: (NotFound, _GONE),
    408: (RetryableApiError, _STATUS_PAGE),
    423: (RetryableApiError, "The board is locked by a change; it is read when that has ended."),
    429: (RetryableApiError, _WAIT),
}
_RESET = re.compile(r"reset in (\d+) seconds?")
_COST = re.compile(r"query cost (\d+)")
_OUT_OF = re.compile(r"out of (\d+)")
_TOO_MUCH = re.compile(r"exceeds max complexity")
_LIMIT_TEXTS = re.compile(r"(?i)limit (rate )?exceeded|complexity budget exhausted")


class CursorExpired(ApiError):
    """The cursor of a sequence of pages is too old: begin again with the first page."""


class TooComplex(ApiError):
    """One query costs more than a whole budget, or its answer is too large: ask for less."""


class DailyLimit(PlanLimit):
    """The day's calls are used up: nothing can be read until midnight UTC."""


class PartialAnswer(RetryableApiError):
    """Monday.com failed at a part of the answer. `data` is the rest, `problems` say what failed."""

    data: JsonObject
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The data of an answer, and one sentence for each part of it that could not be read."""

    data: JsonObject
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Entry:
    """One error in one form. `path` leads to the part of the data that it is about."""

    message: str
    code: str = ""
    status: int = 0
    path: str = ""
    details: Mapping[str, Json] | None = None

    @property
    def key(self) -> str:
        """The code without the differences between the years' spellings."""
        return re.sub(r"[^a-z]", "", (self.code or self.message).lower())


def parse_answer(
    status: int, headers: Mapping[str, str], body: Json, *, query: str, now_ms: int
) -> Answer:
    """The data of an answer with this HTTP status and decoded body; `query` is the query's name.

    Raises:
        CursorExpired, TooComplex: as they say.
        Partial: a part failed that may be there at the next try.
        RetryableApiError: not now; `after_s` is the wait that was asked for, 0 if none.
        DailyLimit: the day's calls are used up.
        ApiError: refused; the type and `hint` say why.
    """
    fields = body if isinstance(body, Mapping) else {}
    entries = list(_parse_entries(fields))
    data = fields.get("data")
    if status < 300 and not entries and isinstance(data, Mapping):
        return Answer(data)
    if not entries:
        entries = [_Entry("refused without a reason" if status >= 300 else "no data")]
    problem = _select_worst(status, entries, query, now_ms)
    wait_s = _read_wait_s(entries, fields, headers)
    if isinstance(problem, RetryableApiError):
        problem.after_s = wait_s
    if not _has_data(data) or not isinstance(data, Mapping):
        raise problem
    problems = tuple(_format_entry(entry) for entry in entries)
    if isinstance(problem, RetryableApiError):
        raise _build_partial(problem, data, problems)
    if isinstance(problem, CursorExpired | TooComplex | Unauthorized | PlanLimit):
        raise problem
    return Answer(data, problems)


def _build_partial(
    problem: RetryableApiError, data: JsonObject, problems: tuple[str, ...]
) -> RetryableApiError:
    partial = PartialAnswer(
        str(problem), status=problem.status, code=problem.code, call=problem.call, hint=problem.hint
    )
    partial.after_s, partial.data, partial.problems = problem.after_s, data, problems
    return partial


def _has_data(data: Json) -> bool:
    """Whether a part of the answer was read; what the query asked about itself is none."""
    return isinstance(data, Mapping) and any(
        part is not None for name, part in data.items() if name != "complexity"
    )


def _parse_entries(body: JsonObject) -> Iterator[_Entry]:
    code = str(body.get("error_code") or "")
    if code or body.get("error_message"):
        yield _Entry(
            str(body.get("error_message") or code),
            code,
            _to_number(body.get("status_code")),
            details=_to_object(body.get("error_data")),
        )
        return
    listed = body.get("errors")
    for error in listed if isinstance(listed, list) else ():
        yield _parse_entry(error)


def _parse_entry(error: Json) -> _Entry:
    if not isinstance(error, Mapping):
        return _Entry(str(error))
    extensions = _to_object(error.get("extensions"))
    path = error.get("path")
    return _Entry(
        message=str(error.get("message") or "no message"),
        code=str(extensions.get("code") or extensions.get("error_code") or ""),
        status=_to_number(extensions.get("status_code")),
        path=".".join(map(str, path)) if isinstance(path, list) else "",
        details=extensions,
    )


def _select_worst(status: int, entries: list[_Entry], query: str, now_ms: int) -> ApiError:
    """The error to act on: of several, the one that stops most."""
    problems = [_build_problem(status, entry, query, now_ms) for entry in entries]
    order = (Unauthorized, CursorExpired, TooComplex, PlanLimit, RetryableApiError)
    for kind in order:
        for problem in problems:
            if isinstance(problem, kind):
                return problem
    return problems[0]


def _build_problem(status: int, entry: _Entry, query: str, now_ms: int) -> ApiError:
    kind, hint = _classify(status, entry, now_ms)
    codes = " ".join(str(part) for part in (status, entry.code) if part)
    return kind(
        f"{query}: {entry.message[:300]} ({codes})",
        status=entry.status or status,
        code=entry.code,
        call=query,
        hint=hint,
    )


def _classify(status: int, entry: _Entry, now_ms: int) -> tuple[type[ApiError], str]:
    key = entry.key
    if key == "dailylimitexceeded":
        return DailyLimit, _hint_until_tomorrow(now_ms)
    if "cursorexception" in key or "cursorexpirederror" in entry.message.lower():
        return CursorExpired, "Read the board again from its first page."
    if _is_never_answered(entry):
        return TooComplex, "Read fewer boards, or a board with fewer columns."
    if key in _KINDS:
        return _KINDS[key]
    limited = key in _LIMITS or bool(_LIMIT_TEXTS.search(entry.message))
    if limited or 429 in (entry.status, status):
        return RetryableApiError, _WAIT
    meaning = _STATUSES.get(entry.status) or _STATUSES.get(status)
    if meaning:
        return meaning
    if status >= 500 or entry.status >= 500:
        return RetryableApiError, _STATUS_PAGE
    return ApiError, _INVALID if status < 300 else ""


def _is_never_answered(entry: _Entry) -> bool:
    if _TOO_MUCH.search(entry.message):
        return True
    details = entry.details or {}
    cost = _to_number(details.get("complexity")) or _search_number(_COST, entry.message)
    budget = _to_number(details.get("complexity_budget_limit")) or _search_number(
        _OUT_OF, entry.message
    )
    return cost > min(LARGEST_QUERY, budget or LARGEST_QUERY)


def _hint_until_tomorrow(now_ms: int) -> str:
    minutes = (_DAY_MS - now_ms % _DAY_MS) // 60_000
    return (
        f"The day's calls are used up; they are counted anew at 00:00 UTC, in {minutes // 60} h "
        f"{minutes % 60} min. Start the same command again then: it goes on where it stopped."
    )


def _read_wait_s(entries: list[_Entry], body: JsonObject, headers: Mapping[str, str]) -> float:
    for entry in entries:
        details = entry.details or {}
        error_data = _to_object(details.get("error_data"))
        for seconds in (details.get("retry_in_seconds"), error_data.get("retry_in_seconds")):
            if _to_number(seconds):
                return float(_to_number(seconds))
    of_answer_s = _to_number(_to_object(body.get("extensions")).get("retry_in_seconds"))
    requested_s = of_answer_s or _to_number(headers.get("Retry-After"))
    return float(requested_s or max(_search_number(_RESET, entry.message) for entry in entries))


def _format_entry(entry: _Entry) -> str:
    where = f"{entry.path}: " if entry.path else ""
    return f"{where}{entry.message[:300]}" + (f" ({entry.code})" if entry.code else "")


def _search_number(pattern: re.Pattern[str], text: str) -> int:
    match = pattern.search(text)
    return _to_number(match[1]) if match else 0


def _to_number(value: Any) -> int:
    """A whole number from 0 on; 0 if it is none."""
    try:
        return max(0, int(float(value)))
    except (TypeError, ValueError, OverflowError):
        return 0


def _to_object(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}
