"""One GraphQL query to Monday.com: authorised, within the budgets, bounded, repeated by error type.

Only queries are sent, so each may be sent again.
"""

import random
import threading
import time
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

import orjson
import requests
import tenacity
from urllib3.exceptions import HTTPError

from clickup_mlops import deadline, http_body, logs
from clickup_mlops.errors import ApiError, ConfigError, RetryableApiError
from clickup_mlops.json_types import Json
from clickup_mlops.monday import api_errors, queries
from clickup_mlops.monday.api_errors import Answer, PartialAnswer, TooComplex
from clickup_mlops.monday.limits import Limits, compute_wait_ms, update_limits

ATTEMPTS: Final = 6
LARGEST_ANSWER: Final = 64 * 1024 * 1024
"""Bytes."""
LONGEST_WAIT_S: Final = 300.0
"""What asks for more is an error: a person decides."""
SLEEP: Final = time.sleep

_PATH: Final = "/v2"
_SHORT_LIVED: Final = frozenset({"asset_links"})
"""Queries whose answers are soon wrong."""
_LONGEST_BACK_OFF_S: Final = 20.0
_PROXY = "Is monday.base_url Monday.com's API, and is there a proxy in between?"
_NETWORK = "Check the network, monday.base_url and monday.timeout."

_log = logs.get()


def read_clock_ms() -> int:
    """Unix milliseconds by the clock of this machine."""
    return time.time_ns() // 1_000_000


class Pages(Protocol):
    """Answers of a reading that has not ended, by key; `place` groups them."""

    def get(self, key: str) -> bytes | None:
        """The answer; None: it is not there."""

    def put(self, place: str, key: str, answer: bytes) -> None:
        """Store an answer."""

    def forget(self, place: str) -> bool:
        """Delete the answers of a place; whether there were any."""


class Transport:
    """Sends queries for one token. `timeout_s` bounds each wait for the server; a whole answer may
    take four times as long. `attempts` are made while Monday.com says not now.
    """

    def __init__(
        self,
        token: str,
        *,
        base_url: str,
        api_version: str,
        timeout_s: float = 60.0,
        attempts: int = ATTEMPTS,
        sleep: Callable[[float], None] = SLEEP,
        now_ms: Callable[[], int] = read_clock_ms,
    ) -> None:
        _check_token(token)
        logs.redactor.hide([token])
        self._url, self.timeout_s = _check_base_url(base_url) + _PATH, timeout_s
        self.sleep, self.now_ms = sleep, now_ms
        self._session = deadline.mount_bounded_adapters(requests.Session())
        self._session.auth = _Token(token)
        self._session.headers["API-Version"] = api_version
        self._lock, self._limits = threading.Lock(), Limits()
        self.pages: Pages | None = None
        """Answers that need no call; others are stored there."""
        self.calls = 0
        """Requests sent so far, repetitions included."""
        self._retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(_is_retryable),
            stop=tenacity.stop_after_attempt(attempts),
            wait=_choose_wait_s,
            sleep=sleep,
            reraise=True,
        )

    def __repr__(self) -> str:
        return f"Transport({self._url!r})"

    def send(
        self, query: str, variables: Mapping[str, Json] | None = None, place: str = ""
    ) -> Answer:
        """The data of the query with this name in `queries/`; `place` is what it reads, such as a
        board.

        A part that Monday.com cannot read is a problem of the answer, not an error.

        Raises:
            CursorExpired, TooComplex: as they say.
            RetryableApiError: Monday.com kept saying not now.
            ApiError: it refused; the type, `code` and `hint` say why.
        """
        fields = {"query": queries.read_query(query), "variables": dict(variables or {})}
        body = orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)
        if self.pages is None or query in _SHORT_LIVED:
            return self._ask(query, body)
        key = f"{query}:{sha256(body).hexdigest()}"
        stored = self.pages.get(key)
        if stored is not None:
            data, problems = orjson.loads(stored)
            return Answer(data, tuple(problems))
        answer = self._ask(query, body)
        self.pages.put(place, key, orjson.dumps([answer.data, answer.problems]))
        return answer

    def forget(self, place: str) -> bool:
        """Have what was read of a place read again; whether any of it was stored."""
        return self.pages is not None and self.pages.forget(place)

    def _ask(self, query: str, body: bytes) -> Answer:
        try:
            return self._retrying(self._send_once, query, body)
        except PartialAnswer as problem:
            return Answer(problem.data, problem.problems)

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _send_once(self, query: str, body: bytes) -> Answer:
        self._pace(query)
        with self._lock:
            self.calls += 1
        try:
            with deadline.within(4 * self.timeout_s), self._post(body) as response:
                content = self._read(query, response)
        except (requests.RequestException, HTTPError, OSError) as problem:
            raise _unanswered_error(query, problem) from problem
        return self._parse(query, response, content)

    def _post(self, body: bytes) -> requests.Response:
        return self._session.post(
            self._url,
            data=body,
            headers={"Content-Type": "application/json"},
            timeout=self.timeout_s,
            stream=True,
            # A redirect would carry the token to another host.
            allow_redirects=False,
        )

    def _pace(self, query: str) -> None:
        with self._lock:
            wait = compute_wait_ms(self._limits, query, self.now_ms())
        if wait > 1000 * LONGEST_WAIT_S:
            raise _long_wait_error(query, wait / 1000)
        if wait:
            _log.info("monday_budget_waited", query=query, s=wait / 1000)
            self.sleep(wait / 1000)

    def _read(self, query: str, response: requests.Response) -> bytes:
        try:
            return http_body.read(response.raw, largest=LARGEST_ANSWER)
        except http_body.TooLarge:
            raise TooComplex(f"{query}: the answer is too large", call=query) from None

    def _parse(self, query: str, response: requests.Response, content: bytes) -> Answer:
        status, headers, now_ms = response.status_code, response.headers, self.now_ms()
        body = _parse_json(query, status, content)
        data = body.get("data") if isinstance(body, Mapping) else None
        complexity = data.get("complexity") if isinstance(data, Mapping) else None
        with self._lock:
            self._limits = update_limits(self._limits, query, headers, complexity, now_ms)
        _log.debug("monday_called", query=query, status=status)
        return api_errors.parse_answer(status, headers, body, query=query, now_ms=now_ms)


class _Token(requests.auth.AuthBase):
    """As `auth`, not as a header: `requests` would replace a header by what `.netrc` has."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = self._token
        return request


def _parse_json(query: str, status: int, content: bytes) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        pass
    if status >= 300:
        return {}
    if not content.strip():
        raise RetryableApiError(f"{query}: the answer is empty", status=status, call=query)
    if content.lstrip().startswith(b"{"):
        raise RetryableApiError(f"{query}: the answer is cut off", status=status, call=query)
    raise ApiError(f"{query}: the answer is not JSON", status=status, call=query, hint=_PROXY)


def _unanswered_error(query: str, problem: Exception) -> ApiError:
    name = f"{query}: no answer ({type(problem).__name__})"
    if isinstance(problem, requests.exceptions.SSLError):
        hint = "Set REQUESTS_CA_BUNDLE to the right file if a proxy re-signs traffic."
        unknown = f"{query}: the server's certificate was not accepted"
        return ApiError(unknown, call=query, hint=hint)
    if isinstance(problem, ValueError):  # of the address or of a header
        return ApiError(name, call=query, hint=_PROXY)
    return RetryableApiError(name, call=query, hint=_NETWORK)


def _long_wait_error(query: str, seconds: float) -> ApiError:
    return ApiError(
        f"{query}: Monday.com asks to wait for {seconds / 60:.0f} minutes",
        status=429,
        call=query,
        hint="Start the same command again then: it goes on where it stopped.",
    )


def _is_retryable(problem: BaseException) -> bool:
    return isinstance(problem, RetryableApiError) and problem.after_s <= LONGEST_WAIT_S


def _choose_wait_s(state: tenacity.RetryCallState) -> float:
    problem = state.outcome.exception() if state.outcome else None
    if isinstance(problem, RetryableApiError) and problem.after_s:
        return problem.after_s
    longest = min(_LONGEST_BACK_OFF_S, 0.5 * 2.0**state.attempt_number)
    return random.uniform(longest / 2, longest)


def _check_token(token: str) -> None:
    if not token or not token.isascii() or any(c.isspace() for c in token):
        raise ConfigError(
            "the Monday.com token is empty or has spaces in it",
            hint='Set CLICKUP_MLOPS_MONDAY__TOKEN to the bare token, without "Bearer".',
        )


def _check_base_url(base_url: str) -> str:
    try:
        parts = urlsplit(base_url)
        is_usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_usable = False
    if not is_usable:
        raise ConfigError(
            f'monday.base_url "{base_url:.100}" is not an address',
            hint="Use https://api.monday.com or the sandbox's address.",
        )
    return base_url.rstrip("/")
