"""One request to ClickUp: authorised, within the budget, bounded, retried by error type.

Retries live here and nowhere else. What may be sent twice is sent again after a broken line or a
5xx. A call that creates something is repeated only if ClickUp certainly did nothing (a 429, or no
connection); otherwise it ends as `UncertainWrite`, and the caller looks before it writes again.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple
from urllib.parse import urlencode, urlsplit

import orjson
import tenacity

from clickup_mlops import logs, telemetry
from clickup_mlops.clickup import repetition, request_log
from clickup_mlops.clickup.clock import ServerClock
from clickup_mlops.clickup.governor import Governor, PriorityClass, Stopping, read_clock_ms
from clickup_mlops.clickup.repetition import SILENT, Waiting
from clickup_mlops.clickup.request import Dropped, NotSent, Request
from clickup_mlops.clickup.response import ResponseBody, decode_response, is_foreign
from clickup_mlops.clickup.upload import Multipart
from clickup_mlops.clickup.wire import clients
from clickup_mlops.clickup.wire.port import Answer, Fate, NoAnswer
from clickup_mlops.errors import (
    ApiError,
    ConfigError,
    ForeignAnswer,
    InputError,
    NotFound,
    RetryableApiError,
)

ATTEMPTS: Final = 6
SLEEP: Final = time.sleep

_LONGEST_BACK_OFF_S, _LONGEST_ASKED_S = 20.0, 60.0
_PERSONAL = "pk_"
_BUNDLE: Final = "Set REQUESTS_CA_BUNDLE to the right file if a proxy re-signs traffic."
_NO_HEADERS: Final[Mapping[str, str]] = {}

_log = logs.get()


class _Prepared(NamedTuple):
    """What is sent, again and again if need be: path with query, body, headers."""

    url: str
    body: bytes | Multipart | None
    headers: Mapping[str, str]


class Transport:
    """Sends calls for one token. Thread-safe; `threads` is how many connections are kept.

    `timeout_s` bounds each wait for the server; a whole exchange may take four times as long.
    `anonymous` sends no token: for asking for one. `clock` learns from every answer. `attempts` are
    made while ClickUp says not now, with a `sleep` between them. `waiting` hears of waits. `client`
    says what sends them.
    """

    def __init__(
        self,
        token: str,
        *,
        base_url: str,
        governor: Governor,
        clock: ServerClock | None = None,
        oauth: bool = False,
        anonymous: bool = False,
        timeout_s: float = 30.0,
        threads: int = 32,
        attempts: int = ATTEMPTS,
        sleep: Callable[[float], None] = SLEEP,
        waiting: Waiting = SILENT,
        client: clients.Client = clients.DEFAULT,
    ) -> None:
        _check_token(token, oauth)
        logs.redactor.hide([token])
        self.governor, self.clock = governor, clock or ServerClock(read_clock_ms)
        self._base, self._timeout_s = _check_base_url(base_url), timeout_s
        self.wire = clients.open_wire(client, self._base, threads=threads, timeout_s=timeout_s)
        authorization = {"Authorization": f"Bearer {token}" if oauth else token}
        self._headers = {} if anonymous else authorization
        self._count_lock = threading.Lock()
        self.calls_by: Counter[str] = Counter()
        self._attempts, self._waiting, self._reached = attempts, waiting, False
        self.sleep = sleep
        self._retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(_is_retryable),
            stop=lambda state: state.attempt_number >= self._attempt_limit,
            wait=_choose_wait_s,
            sleep=sleep,
            before_sleep=self._report_pause,
            reraise=True,
        )

    def __repr__(self) -> str:
        return f"Transport({self._base!r})"

    @property
    def calls(self) -> int:
        """Requests sent so far, repetitions included."""
        with self._count_lock:
            return self.calls_by.total()

    def send(self, request: Request, priority_class: PriorityClass) -> ResponseBody:
        """The decoded answer; `{}` if it is empty.

        Raises:
            UncertainWrite: a call that must not be repeated got no answer, or a 5xx.
            Exception: whoever is asked before a write is repeated (see `repetition`) refuses.
            RetryableApiError: ClickUp kept saying not now.
            ApiError: ClickUp refused; the type, `code` and `hint` say why.
        """
        prepared = self._prepare(request)
        is_doubtful = False
        for attempt in self._retrying:
            if is_doubtful and request.method != "GET":
                repetition.confirm_repetition()
            with attempt:
                try:
                    answer = self._send_once(request, prepared, priority_class)
                except NotFound:
                    if is_doubtful and request.method == "DELETE":
                        return ResponseBody(
                            request, {}
                        )  # our first try did it, only its answer was lost
                    raise
                except RetryableApiError as problem:
                    # If not certain, a later 404 may mean that our first try succeeded.
                    is_certain = problem.status == 429 or isinstance(problem, NotSent)
                    is_doubtful = is_doubtful or not is_certain
                    raise
        return answer

    def close(self) -> None:
        """Close the connections."""
        self.wire.close()

    def _send_once(
        self, request: Request, prepared: "_Prepared", priority_class: PriorityClass
    ) -> ResponseBody:
        # Per try, not per call: a repetition costs the token as much as the first.
        with self._waiting.during("budget", "a free call in the rate budget"):
            self.governor.acquire(priority_class)
        with self._count_lock:
            self.calls_by[request.name] += 1
        if isinstance(prepared.body, Multipart):
            prepared.body.rewind()
        status, headers = 0, _NO_HEADERS
        began, sent_ms = time.perf_counter(), self.clock.own_ms()
        try:
            status, headers, content = self._exchange(request, prepared)
        except NoAnswer as problem:
            status, headers = problem.status, problem.headers
            raise _build_unanswered_error(request, problem) from problem
        finally:
            # Also without an answer: the permit that was taken has to be accounted for.
            self._learn(headers, status, sent_ms)
            request_log.record_call(request.method, request.url(""), status)
            self._log_call(request, status, priority_class, time.perf_counter() - began)
        try:
            return decode_response(request, status, content, after=headers.get("Retry-After"))
        except ApiError:
            if is_foreign(status, content):
                telemetry.FOREIGN_ANSWERS.inc()
            raise

    def _exchange(self, request: Request, prepared: "_Prepared") -> Answer:
        waits_for = f"ClickUp's answer to {request.name}, up to {self._timeout_s:g} s"
        with self._waiting.during("answer", waits_for):
            answer: Answer = self.wire.send(
                request.method, prepared.url, body=prepared.body, headers=prepared.headers
            )
        return answer

    def _learn(self, headers: Mapping[str, str], status: int, sent_ms: int) -> None:
        if status:
            self._reached = True
            self.clock.learn(headers.get("Date"), sent_ms, self.clock.own_ms())
        self.governor.learn(headers, status)

    @property
    def _attempt_limit(self) -> int:
        """How often a call is tried: less often while nothing has answered yet."""
        if self._reached:
            return self._attempts
        return min(self._attempts, self._waiting.first_attempts or self._attempts)

    def _report_pause(self, state: tenacity.RetryCallState) -> None:
        problem = state.outcome.exception() if state.outcome else None
        if isinstance(problem, ApiError) and state.next_action:
            pause_s = state.next_action.sleep
            self._waiting.pausing(problem, pause_s, state.attempt_number, self._attempt_limit)

    def _log_call(
        self, request: Request, status: int, priority_class: PriorityClass, seconds: float
    ) -> None:
        telemetry.record_call(request.method, request.route, status, seconds)
        # Who hears of waits gets the rest as an error.
        is_quiet = 200 <= status < 400 or self._waiting is not SILENT
        log = _log.debug if is_quiet else _log.warning
        log(
            "clickup_called",
            call=request.name,
            status=status,
            priority_class=priority_class.name.lower(),
            s=round(seconds, 3),
        )

    def _prepare(self, request: Request) -> "_Prepared":
        url = request.url("")
        if request.query:
            url += f"?{urlencode(request.query)}"
        if request.files:
            upload = Multipart(request.files)
            kind = {"Content-Type": upload.content_type, "Content-Length": str(len(upload))}
            return _Prepared(url, upload, self._headers | kind)
        body = _dump_body(request)
        kind = {} if body is None else {"Content-Type": "application/json"}
        return _Prepared(url, body, self._headers | kind)


def _check_base_url(base_url: str) -> str:
    try:
        parts = urlsplit(base_url)
        is_usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        (parts.hostname or "").encode("idna")  # as the connection would, with an error of its own
    except ValueError:
        is_usable = False
    if not is_usable:
        raise ConfigError(
            f'the API\'s base URL "{base_url:.100}" is not an address',
            hint="Use https://api.clickup.com or the sandbox's http://127.0.0.1:8100.",
        )
    return base_url.rstrip("/")


def _check_token(token: str, oauth: bool) -> None:
    if not token or not token.isascii() or any(c.isspace() for c in token):
        raise ConfigError(
            "the ClickUp token is empty or has spaces in it",
            hint='Give the bare token, without "Bearer".',
        )
    if oauth and token.startswith(_PERSONAL):
        raise ConfigError(
            "a personal token (pk_...) does not come from an OAuth app",
            hint="Set oauth to false: ClickUp refuses personal tokens that are sent as Bearer.",
        )


def _build_unanswered_error(request: Request, problem: NoAnswer) -> ApiError:
    name = f"{request.name}: no answer ({problem.name})"
    match problem.fate:
        case Fate.CERTIFICATE:
            text = f"{name}: the server's certificate was not accepted"
            return ApiError(text, call=name, hint=_BUNDLE)
        case Fate.SETTINGS:
            return ApiError(name, call=request.name, hint=problem.hint)
        case Fate.TOO_LARGE:
            return ApiError(f"{request.name}: the answer is too large", call=request.name)
        case Fate.TOO_SLOW:
            text = f"{request.name}: the answer was too slow"
            return request.as_uncertain(RetryableApiError(text, call=request.name))
        case Fate.NOT_SENT:
            return NotSent(name, call=request.name, hint=problem.hint)
    kind = Dropped if problem.fate is Fate.DROPPED else RetryableApiError
    return request.as_uncertain(kind(name, call=request.name, hint=problem.hint))


def _dump_body(request: Request) -> bytes | None:
    if request.body is None:
        return None
    try:
        return orjson.dumps(request.body)
    except TypeError as problem:
        raise InputError(f"{request.name}: a value cannot be sent: {problem}") from problem


def _is_retryable(problem: BaseException) -> bool:
    # What stands in between, or a wrong base URL, stays longer than a call can wait.
    is_final = isinstance(problem, Stopping | ForeignAnswer)
    return isinstance(problem, RetryableApiError) and not is_final


def _choose_wait_s(state: tenacity.RetryCallState) -> float:
    problem = state.outcome.exception() if state.outcome else None
    if isinstance(problem, ApiError) and problem.status == 429:
        return 0.0  # the governor holds the whole token back, in the right order
    if isinstance(problem, RetryableApiError) and problem.after_s:
        return min(problem.after_s, _LONGEST_ASKED_S)
    if isinstance(problem, Dropped) and state.attempt_number == 1:
        return 0.0  # probably an idle connection whose end came too late to be noticed
    longest = min(_LONGEST_BACK_OFF_S, 0.5 * 2.0**state.attempt_number)
    return random.uniform(longest / 2, longest)
