"""Limits: complexity, minutes, days, concurrency, and how answers report them."""

import re
import threading

import pytest
import requests

from clickup_mlops.sandbox.monday import MondaySandbox
from clickup_mlops.sandbox.monday.edge.limits import Allowance, Limits
from tests.sandbox.monday.conftest import Api

DAY_MS = 86_400_000
ME = "{ me { id } }"
PAGE = "{ boards { items_page(limit: 500) { items { id subitems { id updates { id } } } } } }"


def test_every_answer_reports_what_is_left(api: Api) -> None:
    """In the headers, with a request id that the body repeats."""
    answer = api.call(ME)
    request_id = answer.headers["x-request-id"]

    assert answer.json()["extensions"] == {"request_id": request_id}
    assert re.fullmatch(
        r'"minuteRate";r=\d+, "concurrency";r=\d+, "complexityMinute";r=\d+;t=\d+',
        answer.headers["RateLimit"],
    )
    assert re.fullmatch(
        r'"minuteRate";q=\d+;w=60, "concurrency";q=\d+;qu="concurrent-requests",'
        r' "complexityMinute";q=\d+;w=60;qu="content-bytes"',
        answer.headers["RateLimit-Policy"],
    )


def test_the_version_that_was_asked_for_answers(api: Api) -> None:
    """An old one too; none at all means the current one; a wrong query names none."""
    query = "{ version { value kind } }"
    responses = [api.call(query, version=version) for version in ("2026-10", "2024-01", "")]

    assert [response.headers["api-version"] for response in responses] == [
        "2026-10",
        "2024-01",
        "2026-10",
    ]
    kinds = [response.json()["data"]["version"]["kind"] for response in responses]
    assert kinds == ["current", "old__maintenance", "current"]
    assert "api-version" not in api.call("{ nothing }").headers


@pytest.mark.monday_sandbox(complexity_per_minute=1_000)
def test_a_query_that_the_minute_cannot_pay_is_refused(api: Api) -> None:
    """With the cost, what is left, and when to come back; cheaper ones go on."""
    budget = api("{ complexity { before after query reset_in_x_seconds } me { id } }")["complexity"]
    answer = api.call("{ users { id teams { id } } }")
    details = answer.json()["errors"][0]["extensions"]

    assert budget["before"] - budget["after"] == budget["query"] == 11
    assert 0 < budget["reset_in_x_seconds"] <= 60
    assert answer.status_code == 429
    assert details["code"] == "COMPLEXITY_BUDGET_EXHAUSTED"
    assert (details["complexity"], details["complexity_budget_limit"]) == (4_001, 1_000)
    assert details["complexity_budget_left"] == 989
    assert answer.headers["Retry-After"] == str(details["retry_in_seconds"])
    assert api(ME)


def test_one_query_costs_five_million_points_at_most(api: Api) -> None:
    """Whatever the budget: nested lists multiply."""
    answer = api.call(PAGE).json()["errors"][0]["extensions"]

    assert answer["complexity"] > answer["complexity_budget_limit"] == 5_000_000


def test_fragments_and_variables_count(api: Api) -> None:
    """A query costs the same, however it is written."""
    plain = "{ complexity { query } boards(ids: [1, 2], limit: 100) { groups { id } } }"
    with_variables = """query ($ids: [ID!], $limit: Int = 100) {
      complexity { query } boards(ids: $ids, limit: $limit) { ...Part ... on Board { name } }
    }
    fragment Part on Board { groups { id } }"""

    assert (
        api(plain)["complexity"] == api(with_variables, ids=[1, 2])["complexity"] == {"query": 41}
    )


@pytest.mark.monday_sandbox(calls_per_minute=2)
def test_calls_beyond_those_of_a_minute_are_refused(
    api: Api, monday_sandbox: MondaySandbox
) -> None:
    """Every token has its own count, and a new window begins at zero."""
    answers = [api.call(ME) for _ in range(3)]
    other_user = monday_sandbox.control.add_user("Bea", "bea@example.com")

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    error = answers[2].json()["errors"][0]["extensions"]
    assert error["code"] == "MINUTE_RATE_LIMIT_EXCEEDED"
    assert answers[2].headers["Retry-After"] == str(error["retry_in_seconds"])
    assert Api(monday_sandbox, monday_sandbox.control.token_of(other_user))(ME)
    monday_sandbox.limits.reset()
    assert api(ME)


@pytest.mark.monday_sandbox(calls_per_day=2)
def test_calls_beyond_those_of_a_day_are_refused(api: Api, monday_sandbox: MondaySandbox) -> None:
    """Until midnight; a lone question for the complexity costs a tenth."""
    light = [api.call("{ complexity { after } }").status_code for _ in range(10)]
    full = [api.call(ME).status_code for _ in range(2)]

    assert (set(light), full) == ({200}, [200, 429])
    assert api.refused(ME) == (429, "DAILY_LIMIT_EXCEEDED")
    monday_sandbox.control.clock.advance(DAY_MS)
    assert api(ME)


def test_the_daily_limit_of_large_plans_is_soft() -> None:
    """They are counted, not refused."""
    limits = Limits(Allowance(1, 1, calls_per_day=1, concurrency=1, soft=True))

    assert [limits.take_day("token", 0) for _ in range(3)] == [True] * 3
    assert limits.used_today("token") == 3


@pytest.mark.monday_sandbox(concurrency=1)
def test_calls_at_once_beyond_the_limit_are_refused(
    api: Api, monday_sandbox: MondaySandbox
) -> None:
    """While one is being answered."""
    with monday_sandbox.limits.slot(api.token):
        assert api.refused(ME) == (429, "maxConcurrencyExceeded")
    assert api(ME)


def test_many_threads_share_the_account(api: Api, monday_sandbox: MondaySandbox) -> None:
    """Every call is answered and counted."""
    statuses: list[int] = []

    def call() -> None:
        headers = {"Authorization": api.token}
        url = f"{monday_sandbox.url}/v2"
        answer = requests.post(url, json={"query": ME}, headers=headers, timeout=20)
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=call) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 12
    assert monday_sandbox.stats.calls("POST", "/v2", 200) == 12


def test_formulas_have_a_limit_of_their_own(api: Api, monday_sandbox: MondaySandbox) -> None:
    """Five columns in one request; the rest of the answer is there."""
    control = monday_sandbox.control
    board = control.add_board("Costs")
    control.add_column(board, "Hours", "numbers", column_id="hours")
    for number in range(6):
        settings = {"formula": f"{{hours}} * {number}"}
        control.add_column(board, "Cost", "formula", column_id=f"cost{number}", settings=settings)
    control.add_item(board, "Train", {"hours": "2"})
    query = """query ($ids: [String!]) { boards { items_page { items { name
      column_values(ids: $ids) { ... on FormulaValue { display_value } }
    } } } }"""

    column_values = api(query, ids=["cost3"])["boards"][0]["items_page"]["items"][0][
        "column_values"
    ]
    answer = api.call(query, ids=[f"cost{n}" for n in range(6)])

    assert column_values == [{"display_value": "6"}]
    error = answer.json()["errors"][0]
    assert (answer.status_code, error["extensions"]["status_code"]) == (200, 429)
    assert error["extensions"]["code"] == "FIELD_MINUTE_RATE_LIMIT_EXCEEDED"
    assert error["extensions"]["retry_in_seconds"] <= 60
