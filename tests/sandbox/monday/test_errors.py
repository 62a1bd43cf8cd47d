"""Errors: their recorded forms, on request or by mistake, and broken connections."""

from typing import Any

import pytest
import requests

from clickup_mlops.errors import InputError
from clickup_mlops.sandbox.monday import MondaySandbox
from clickup_mlops.sandbox.monday.edge.shapes import SHAPES
from tests.sandbox.monday.conftest import Api

ME = "{ me { id } }"
FORMS: dict[str, tuple[int, Any]] = {
    "complexity": (429, "COMPLEXITY_BUDGET_EXHAUSTED"),
    "complexity_in_200": (200, "COMPLEXITY_BUDGET_EXHAUSTED"),
    "complexity_legacy": (429, "ComplexityException"),
    "minute_rate": (429, "MINUTE_RATE_LIMIT_EXCEEDED"),
    "daily": (429, "DAILY_LIMIT_EXCEEDED"),
    "concurrency": (429, "maxConcurrencyExceeded"),
    "ip_rate": (429, "IP_RATE_LIMIT_EXCEEDED"),
    "field_limit": (200, "FIELD_MINUTE_RATE_LIMIT_EXCEEDED"),
    "field_limit_legacy": (429, "FIELD_LIMIT_EXCEEDED"),
    "service_limit": (200, "tooManyRequests"),
    "not_authenticated": (401, "NOT_AUTHENTICATED"),
    "not_authenticated_legacy": (401, None),
    "not_allowed": (200, "USER_UNAUTHORIZED"),
    "invalid_query": (200, None),
    "unknown_id": (200, "InvalidBoardIdException"),
    "unknown_id_legacy": (404, "ResourceNotFoundException"),
    "cursor_expired": (200, "CursorException"),
    "internal": (500, "INTERNAL_SERVER_ERROR"),
    "internal_in_200": (200, "INTERNAL_SERVER_ERROR"),
    "board_locked": (423, "LOCKED"),
    "blocked": (200, "API_TEMPORARILY_BLOCKED"),
}


def _codes(body: dict[str, Any]) -> set[str | None]:
    codes = {body.get("error_code")}
    for error in body.get("errors", ()):
        details = error.get("extensions", {}) if isinstance(error, dict) else {}
        codes |= {details.get("code"), details.get("error_code")}
    return codes - {None} or {None}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_recorded_error_can_be_asked_for(
    shape: str, api: Api, monday_sandbox: MondaySandbox
) -> None:
    """It hits the next call, once; the body has no data."""
    monday_sandbox.control.fail(shape, wait_s=7)
    answer = api.call(ME)

    assert (answer.status_code, _codes(answer.json())) == (FORMS[shape][0], {FORMS[shape][1]})
    assert "data" not in answer.json()
    assert api(ME)


def test_the_wait_is_where_each_form_has_it(api: Api, monday_sandbox: MondaySandbox) -> None:
    """In the error, in its data, in a sentence, or in a header."""
    for shape in ("minute_rate", "field_limit", "field_limit_legacy", "complexity_legacy"):
        monday_sandbox.control.fail(shape, wait_s=7)
    minute, field, old_field, old = (api.call(ME) for _ in range(4))

    assert minute.headers["Retry-After"] == "7"
    assert field.json()["errors"][0]["extensions"]["retry_in_seconds"] == 7
    assert old_field.json()["error_data"]["retry_in_seconds"] == 7
    assert "reset in 7 seconds" in old.json()["errors"][0]


def test_data_can_come_with_an_error(api: Api, monday_sandbox: MondaySandbox) -> None:
    """The first part is null, the rest is there."""
    monday_sandbox.control.fail("partial")
    answer = api.call("{ complexity { after } tags { id } me { name } }")

    assert answer.json()["data"]["tags"] is None
    assert answer.json()["data"]["me"] == {"name": "Ada Admin"}
    assert answer.json()["errors"][0]["path"] == ["tags"]


def test_faults_wait_for_the_query_that_they_are_meant_for(
    api: Api, monday_sandbox: MondaySandbox
) -> None:
    """By the fields at its top, after some that may pass."""
    monday_sandbox.control.fail("internal", path="/v2/tags*", skip=1)

    assert api(ME) and api("{ tags { id } }")
    assert api.refused("{ complexity { after } tags { id } }") == (500, "INTERNAL_SERVER_ERROR")
    with pytest.raises(InputError, match="no error answer"):
        monday_sandbox.control.fail("earthquake")


def test_a_token_can_expire_half_way(api: Api, monday_sandbox: MondaySandbox) -> None:
    """Unknown tokens and those with Bearer are refused alike."""
    assert api(ME)
    monday_sandbox.control.revoke(api.token)

    assert api.refused(ME) == (401, "NOT_AUTHENTICATED")
    monday_sandbox.control.restore_token(api.token)
    assert api(ME)
    assert Api(monday_sandbox, f"Bearer {api.token}").refused(ME) == (401, "NOT_AUTHENTICATED")


def test_a_field_that_does_not_exist_is_named(api: Api) -> None:
    """With its place and without a code or data."""
    answer = api.call("{ boards { no_such_field } }")

    error = answer.json()["errors"][0]
    assert answer.status_code == 200
    assert error["message"].startswith('Cannot query field "no_such_field" on type "Board".')
    assert error["locations"] == [{"line": 1, "column": 12}]
    assert set(answer.json()) == {"errors", "extensions"}
    assert "errors" in api.call("{ boards {").json()


def test_a_request_without_a_query_is_refused(api: Api, monday_sandbox: MondaySandbox) -> None:
    """Whatever else was sent."""
    headers = {"Authorization": api.token}
    url = f"{monday_sandbox.url}/v2"
    answers = [
        requests.post(url, data=body, headers=headers, timeout=10)
        for body in ("", "[]", "{", '{"query": 5}')
    ]

    assert [answer.status_code for answer in answers] == [400] * 4


def test_what_does_not_exist_is_refused_by_its_code(api: Api) -> None:
    """Boards asked for by id are left out instead."""
    update = 'mutation { create_update(item_id: 1, body: "x") { id } }'
    item = 'mutation { create_item(board_id: 1, item_name: "x") { id } }'

    assert api("{ boards(ids: [1]) { id } items(ids: [1]) { id } }") == {"boards": [], "items": []}
    assert api.refused(update) == (200, "InvalidItemIdException")
    assert api.refused(item) == (200, "InvalidBoardIdException")
    delete = "mutation { delete_update(id: 1) { id } }"
    assert api.refused(delete) == (200, "ResourceNotFoundException")


def test_wrong_arguments_are_refused(api: Api, monday_sandbox: MondaySandbox) -> None:
    """Ids that are no numbers, dates that are none, comparisons without a value."""
    board = monday_sandbox.control.add_board("Serving")
    monday_sandbox.control.add_item(board, "x")
    rule = '{column_id: "name", operator: contains_text, compare_value: []}'
    wrong = (
        '{ updates(from_date: "yesterday") { id } }',
        f"{{ boards {{ items_page(query_params: {{rules: [{rule}]}}) {{ cursor }} }} }}",
        "{ boards(limit: 0) { id } }",
    )

    assert api('{ boards(ids: ["abc"]) { id } }') == {"boards": []}
    assert [api.refused(query)[1] for query in wrong] == ["InvalidArgumentException"] * 3
    item = 'mutation { delete_item(item_id: "abc") { id } }'
    assert api.refused(item)[1] == "InvalidItemIdException"


def test_a_mistake_of_the_sandbox_is_an_internal_error(
    api: Api, monday_sandbox: MondaySandbox
) -> None:
    """In the form that says so; the rest of the answer is there."""
    board = monday_sandbox.control.add_board("Serving")
    monday_sandbox.control.add_item(board, "x").cells["status"] = {"index": 77}
    monday_sandbox.control.item("x").cells["date4"] = {"date": "no date", "time": "x"}
    query = '{ me { id } items { column_values(ids: ["date4"]) { text } } }'
    body = api.call(query).json()

    assert body["errors"][0]["extensions"]["error_code"] == "INTERNAL_SERVER_ERROR"
    assert body["data"]["me"]


def test_variables_and_names_can_come_as_the_client_likes(
    api: Api, monday_sandbox: MondaySandbox
) -> None:
    """Variables as text, several operations, an empty answer made partial."""
    query = "query a { me { id } } query b($limit: Int) { tags { id } users(limit: $limit) { id } }"
    body = {"query": query, "variables": '{"limit": 1}', "operationName": "b"}
    url, headers = f"{monday_sandbox.url}/v2", {"Authorization": api.token}

    def posted(**more: Any) -> dict[str, Any]:
        return requests.post(url, json=body | more, headers=headers, timeout=10).json()

    assert len(posted()["data"]["users"]) == 1
    assert set(posted(operationName="a")["data"]) == {"me"}
    assert "users" in posted(variables="{no", operationName="b")["data"]
    assert posted(variables="[]")["data"]
    assert "Unknown operation" in posted(operationName="c")["errors"][0]["message"]
    monday_sandbox.control.fail("partial")
    assert "errors" not in api.call("{ complexity { after } }").json()


@pytest.mark.parametrize("kind", ["cut_before", "cut_after", "cut_half", "cut_late"])
def test_connections_can_break(kind: str, api: Api, monday_sandbox: MondaySandbox) -> None:
    """Before, during or after the call; what was done stays done."""
    board = monday_sandbox.control.add_board("Serving")
    monday_sandbox.faults.add(kind, wait_s=0.05)
    query = f'mutation {{ create_item(board_id: {board.id}, item_name: "x") {{ id }} }}'
    with pytest.raises(requests.RequestException):
        api.call(query)

    if kind in ("cut_after", "cut_half"):
        assert len(board.item_ids) == 1
    elif kind == "cut_before":
        assert not board.item_ids
    assert api(ME)


def test_answers_can_be_slow_or_of_another_server(api: Api, monday_sandbox: MondaySandbox) -> None:
    """A gateway's 502, a slow answer, a plain 429."""
    monday_sandbox.faults.add("status", status_code=502)
    monday_sandbox.faults.add("slow", wait_s=0.01)
    monday_sandbox.faults.add("rate_limit", wait_s=3)

    assert [api.call(ME).status_code for _ in range(4)] == [502, 200, 429, 200]
