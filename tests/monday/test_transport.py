"""One query over real HTTP: what is sent, what each refusal becomes, and what is waited for."""

import logging
import ssl
import threading
from pathlib import Path
from typing import Any

import pytest

from clickup_mlops.errors import (
    ApiError,
    ConfigError,
    Forbidden,
    NotFound,
    RetryableApiError,
    Unauthorized,
)
from clickup_mlops.monday import transport as transport_module
from clickup_mlops.monday.api_errors import CursorExpired, DailyLimit, TooComplex
from clickup_mlops.monday.transport import Transport
from tests.http_server import Handler, serving
from tests.monday.conftest import START_MS, TOKEN, Answers, Clock

TLS = Path(__file__).parents[1] / "cases" / "tls"
OK: Any = {"data": {"teams": []}, "extensions": {"request_id": "a"}}


def error(message: str, code: str = "", **more: Any) -> dict[str, Any]:
    extensions = ({"code": code} if code else {}) | more
    return {"errors": [{"message": message, **({"extensions": extensions} if extensions else {})}]}


COMPLEXITY = error(
    "Complexity budget exhausted",
    "COMPLEXITY_BUDGET_EXHAUSTED",
    complexity=6182,
    complexity_budget_left=100,
    complexity_budget_limit=5_000_000,
    retry_in_seconds=31,
    status_code=429,
)
LEGACY = {
    "error_code": "ComplexityException",
    "status_code": 429,
    "error_message": "Complexity budget exhausted, query cost 30001 budget remaining 19986 out of "
    "1000000 reset in 3 seconds",
    "error_data": {},
    "errors": ["Complexity budget exhausted"],
}
FIELD_LIMIT = {
    "error_code": "FIELD_LIMIT_EXCEEDED",
    "error_data": {"retry_in_seconds": 15, "entity": "boards"},
    "status_code": 429,
}
IN_DATA = error("later", "FIELD_MINUTE_RATE_LIMIT_EXCEEDED", status_code=429)

WAITED = {
    "complexity": (200, COMPLEXITY, {}, 31),
    "complexity as 429": (429, COMPLEXITY, {}, 31),
    "legacy complexity": (429, LEGACY, {}, 3),
    "minute": (
        429,
        error("Minute rate limit exceeded", "MINUTE_RATE_LIMIT_EXCEEDED", retry_in_seconds=58),
        {},
        58,
    ),
    "field": (
        200,
        error("slow", "FIELD_MINUTE_RATE_LIMIT_EXCEEDED", retry_in_seconds=7, status_code=429),
        {},
        7,
    ),
    "old field": (200, FIELD_LIMIT, {}, 15),
    "wait for all": (200, {**IN_DATA, "extensions": {"retry_in_seconds": 12}}, {}, 12),
    "wait in details": (
        200,
        error("slow", "tooManyRequests", error_data={"retry_in_seconds": 6}),
        {},
        6,
    ),
    "wait in header": (
        200,
        error("Max concurrency exceeded", "maxConcurrencyExceeded"),
        {"Retry_After": "4"},
        4,
    ),
    "address": (429, error("", "IP_RATE_LIMIT_EXCEEDED"), {"Retry_After": "10"}, 10),
}
"""Shapes that say not now, and the wait in seconds that each asks for."""

AGAIN = {
    "service": (200, error("Rate limit exceeded", "tooManyRequests", status_code=400)),
    "blocked": (200, error("Try later", "API_TEMPORARILY_BLOCKED")),
    "internal in 200": (200, error("Internal", error_code="INTERNAL_SERVER_ERROR")),
    "internal": (500, error("Internal server error")),
    "locked": (423, error("Board is locked")),
    "gateway": (502, b"<html>Bad gateway</html>"),
    "empty": (200, b""),
    "cut off": (200, b'{"data": {"teams": [{"id": '),
    "only a text": (200, {"errors": ["Minute limit rate exceeded"]}),
}
"""Shapes that say not now, and not for how long."""

REFUSED = {
    "not authenticated": (401, error("Not authenticated", "NOT_AUTHENTICATED"), Unauthorized),
    "not authenticated 2024": (401, {"errors": ["Not Authenticated"]}, Unauthorized),
    "not authenticated in 200": (200, {"errors": ["Not Authenticated"]}, Unauthorized),
    "not allowed": (200, error("no", "USER_UNAUTHORIZED", status_code=403), Forbidden),
    "not allowed legacy": (
        403,
        {"error_code": "UserUnauthorizedException", "error_message": "no", "status_code": 403},
        Forbidden,
    ),
    "unknown board": (200, error("no board", "InvalidBoardIdException"), NotFound),
    "unknown item": (404, {"error_code": "InvalidItemIdException"}, NotFound),
    "unknown resource": (200, error("no", "ResourceNotFoundException"), NotFound),
    "cursor": (
        200,
        {
            "errors": [
                {"message": "something else"},
                {
                    "message": "CursorExpiredError: The cursor has expired.",
                    "extensions": {"code": "CursorException"},
                },
            ]
        },
        CursorExpired,
    ),
    "too complex": (
        200,
        error("too much", "COMPLEXITY_BUDGET_EXHAUSTED", complexity=6_000_000),
        TooComplex,
    ),
    "too complex for a trial": (
        429,
        {
            "error_code": "ComplexityException",
            "error_message": "query cost 1200000 budget remaining 9 out of 1000000 reset in 3 s",
        },
        TooComplex,
    ),
    "no JSON": (200, b"<html>Sign in</html>", ApiError),
    "moved": (301, b"", ApiError),
    "null": (200, {"data": None}, ApiError),
    "no object": (200, [1, 2], ApiError),
}


@pytest.mark.parametrize(("status", "body", "headers", "seconds"), WAITED.values(), ids=WAITED)
def test_a_limit_is_waited_for_as_long_as_it_says(
    status: int,
    body: Any,
    headers: dict[str, str],
    seconds: float,
    transport: Transport,
    answers: Answers,
    clock: Clock,
) -> None:
    """Wherever Monday.com puts the wait; then the same query is sent once more."""
    answers.add(body, status, **headers).add(OK)

    assert transport.send("teams").data == {"teams": []}
    assert clock.waits == [seconds]
    assert transport.calls == 2


@pytest.mark.parametrize(("status", "body"), AGAIN.values(), ids=AGAIN)
def test_what_may_pass_is_asked_again_with_growing_waits(
    status: int, body: Any, transport: Transport, answers: Answers, clock: Clock
) -> None:
    """Up to the number of attempts; then the error is that of the last one."""
    answers.add(body, status)

    with pytest.raises(RetryableApiError, match="teams"):
        transport.send("teams")

    assert transport.calls == transport_module.ATTEMPTS
    assert 0 < clock.waits[0] <= 1 and clock.waits[-1] > 4


@pytest.mark.parametrize(("status", "body", "kind"), REFUSED.values(), ids=REFUSED)
def test_each_refusal_has_its_type(
    status: int, body: Any, kind: type[ApiError], transport: Transport, answers: Answers
) -> None:
    """And is not sent again."""
    answers.add(body, status)

    with pytest.raises(ApiError) as caught:
        transport.send("teams")

    assert type(caught.value) is kind
    assert transport.calls == 1
    assert caught.value.call == "teams"


def test_a_refused_token_says_where_to_get_one(transport: Transport, answers: Answers) -> None:
    """The hint names the place in Monday.com and the variable."""
    answers.add({"errors": ["Not Authenticated"]}, 401)

    with pytest.raises(Unauthorized) as caught:
        transport.send("teams")

    assert "CLICKUP_MLOPS_MONDAY__TOKEN" in caught.value.hint


def test_an_invalid_query_is_named(transport: Transport, answers: Answers) -> None:
    """Monday.com says only what is wrong, with no code."""
    answers.add(error("Field 'titel' doesn't exist on type 'Board'"))

    with pytest.raises(ApiError, match="teams: Field 'titel'") as caught:
        transport.send("teams")

    assert "api_version" in caught.value.hint


def test_the_daily_limit_says_when_it_ends(
    transport: Transport, answers: Answers, clock: Clock
) -> None:
    """Waiting for hours is a person's decision."""
    clock.now_ms = START_MS - START_MS % 86_400_000 + 20 * 3_600_000
    answers.add(error("Daily limit exceeded", "DAILY_LIMIT_EXCEEDED", status_code=429), 429)

    with pytest.raises(DailyLimit) as caught:
        transport.send("teams")

    assert "00:00 UTC, in 4 h 0 min" in caught.value.hint
    assert clock.waits == [] and transport.calls == 1


def test_a_wait_of_an_hour_is_an_error(
    transport: Transport, answers: Answers, clock: Clock
) -> None:
    """Whoever asks for it."""
    answers.add(error("blocked", "IP_RATE_LIMIT_EXCEEDED", retry_in_seconds=3600), 429)

    with pytest.raises(RetryableApiError):
        transport.send("teams")

    assert clock.waits == []


def test_partial_data_is_kept_and_the_rest_reported(transport: Transport, answers: Answers) -> None:
    """The path says which part it was."""
    body = error("no access", "USER_UNAUTHORIZED", status_code=403)
    body["errors"][0]["path"] = ["boards", 0, "views"]
    answers.add({"data": {"boards": [{"id": "1", "views": None}]}, **body})

    answer = transport.send("boards")

    assert answer.data == {"boards": [{"id": "1", "views": None}]}
    assert answer.problems == ("boards.0.views: no access (USER_UNAUTHORIZED)",)
    assert transport.calls == 1


def test_a_part_that_keeps_failing_does_not_cost_the_rest(
    transport: Transport, answers: Answers
) -> None:
    """It is asked for again; in the end the rest is taken."""
    body = error("Internal", error_code="INTERNAL_SERVER_ERROR")
    answers.add({"data": {"boards": [{"id": "1"}]}, **body})

    answer = transport.send("boards")

    assert answer.data == {"boards": [{"id": "1"}]} and answer.problems
    assert transport.calls == transport_module.ATTEMPTS


def test_an_expired_cursor_is_no_partial_data(transport: Transport, answers: Answers) -> None:
    """What the query says about itself is no data either."""
    answers.add(
        {"data": {"complexity": {"query": 1}}, **error("expired", "CursorException")},
    )

    with pytest.raises(CursorExpired):
        transport.send("next_items_page")


def test_the_budget_in_the_headers_is_kept(
    transport: Transport, answers: Answers, clock: Clock
) -> None:
    """With no call left, the next one waits until there is one: there is no 429 to learn from."""
    answers.add(OK, RateLimit='"minuteRate";r=0;t=20, "concurrency";r=0').add(OK)

    transport.send("teams")
    transport.send("teams")

    assert clock.waits == [20]


def test_a_query_waits_for_the_points_that_it_cost_before(
    transport: Transport, answers: Answers, clock: Clock
) -> None:
    """`complexity` in the answer says what it cost, and what is left."""
    points = {"query": 400_000, "after": 300_000, "reset_in_x_seconds": 33}
    answers.add({"data": {"complexity": points, "boards": []}}).add(OK)

    transport.send("updates")
    transport.send("teams")
    transport.send("updates")

    assert clock.waits == [33]


def test_the_token_is_sent_bare_with_the_version(transport: Transport, answers: Answers) -> None:
    """Monday.com knows no `Bearer`."""
    answers.add(OK)

    transport.send("teams", {"limit": 1})

    assert answers.headers[0]["Authorization"] == TOKEN
    assert answers.headers[0]["API-Version"] == "2026-10"
    assert answers.requests[0]["variables"] == {"limit": 1}
    assert "query Teams" in answers.requests[0]["query"]


def test_the_token_is_in_no_log_and_no_error(
    transport: Transport, answers: Answers, caplog: pytest.LogCaptureFixture
) -> None:
    """Also when the server repeats it."""
    caplog.set_level(logging.DEBUG)
    answers.add(error("Not authenticated", "NOT_AUTHENTICATED"), 401)

    with pytest.raises(Unauthorized) as caught:
        transport.send("teams")

    assert TOKEN not in f"{caught.value} {caught.value.hint} {transport!r} {caplog.text}"


def test_a_redirect_does_not_carry_the_token_away(transport: Transport, answers: Answers) -> None:
    """It is an error."""
    answers.add(b"", 307, Location="http://127.0.0.1:1/v2")

    with pytest.raises(ApiError, match="307"):
        transport.send("teams")

    assert transport.calls == 1


def test_a_server_that_is_away_is_asked_again(clock: Clock) -> None:
    """The error names the network."""
    away = Transport(TOKEN, base_url="http://127.0.0.1:1", api_version="2026-10", sleep=clock.sleep)

    with pytest.raises(RetryableApiError, match="no answer") as caught:
        away.send("teams")

    assert "network" in caught.value.hint
    assert len(clock.waits) == transport_module.ATTEMPTS - 1


def test_an_answer_that_never_ends_is_given_up(clock: Clock) -> None:
    """A byte now and then is not an answer."""
    stop = threading.Event()

    class Slow(Handler):
        def post(self) -> None:
            self.drip(stop)

    with serving(Slow) as server:
        slow = Transport(
            TOKEN,
            base_url=f"http://127.0.0.1:{server.server_port}",
            api_version="2026-10",
            timeout_s=0.1,
            attempts=1,
        )
        with pytest.raises(RetryableApiError):
            slow.send("teams")
        stop.set()


def test_an_answer_that_is_too_large_asks_for_less(
    transport: Transport, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a query that costs too much."""
    monkeypatch.setattr(transport_module, "LARGEST_ANSWER", 1000)
    answers.add({"data": {"teams": ["x" * 2000]}})

    with pytest.raises(TooComplex, match="too large"):
        transport.send("teams")


@pytest.mark.parametrize("token", ["", "Bearer abc", "tökén"])
def test_a_token_that_cannot_be_one_is_refused_at_once(token: str) -> None:
    """With the variable that holds it."""
    with pytest.raises(ConfigError) as caught:
        Transport(token, base_url="https://api.monday.com", api_version="2026-10")

    assert "CLICKUP_MLOPS_MONDAY__TOKEN" in caught.value.hint


@pytest.mark.parametrize("base_url", ["api.monday.com", "ftp://api.monday.com", "http://[", ""])
def test_an_address_that_is_none_is_refused_at_once(base_url: str) -> None:
    """With the setting's name."""
    with pytest.raises(ConfigError, match=r"monday\.base_url"):
        Transport(TOKEN, base_url=base_url, api_version="2026-10")


def test_a_certificate_that_nobody_signed_is_an_error_at_once(clock: Clock) -> None:
    """With the variable for a proxy's certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / "certificate.pem", TLS / "key.pem")

    with serving(Handler, context) as server:
        url = f"https://127.0.0.1:{server.server_port}"
        client = Transport(TOKEN, base_url=url, api_version="2026-10", sleep=clock.sleep)
        with pytest.raises(ApiError, match="certificate") as caught:
            client.send("teams")

    assert "REQUESTS_CA_BUNDLE" in caught.value.hint and clock.waits == []


def test_a_budget_that_is_empty_for_an_hour_is_an_error(
    transport: Transport, answers: Answers, clock: Clock
) -> None:
    """Whoever started the migration decides whether to wait."""
    answers.add(OK, RateLimit='"minuteRate";r=0;t=3600')
    transport.send("teams")

    with pytest.raises(ApiError, match="60 minutes"):
        transport.send("teams")
    assert clock.waits == [] and transport.calls == 1
