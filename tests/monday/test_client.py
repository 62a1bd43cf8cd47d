"""Sequences of pages: each thing once, with few calls, whatever happens in between."""

from typing import Any

import pytest

from clickup_mlops.errors import ApiError, NotFound, RetryableApiError
from clickup_mlops.monday.api_errors import CursorExpired, TooComplex
from clickup_mlops.monday.client import ItemSelection, Monday
from clickup_mlops.monday.transport import Transport
from tests.monday.conftest import Answers

EXPIRED = {"errors": [{"message": "CursorExpiredError", "extensions": {"code": "CursorException"}}]}
TOO_MUCH = {
    "errors": [
        {
            "message": "Complexity budget exhausted",
            "extensions": {"code": "COMPLEXITY_BUDGET_EXHAUSTED", "complexity": 5_000_001},
        }
    ]
}


@pytest.fixture
def problems() -> list[str]:
    return []


@pytest.fixture
def monday(transport: Transport, problems: list[str]) -> Monday:
    return Monday(transport, problems.append)


def page(*ids: str, cursor: str | None = None, first: bool = False, **more: Any) -> Any:
    items_page = {"cursor": cursor, "items": [{"id": item_id, **more} for item_id in ids]}
    data = {"boards": [{"items_page": items_page}]} if first else {"next_items_page": items_page}
    return {"data": data}


def ids(records: Any) -> list[str]:
    return [record["id"] for record in records]


def test_pages_follow_the_cursor(monday: Monday, answers: Answers) -> None:
    """With 500 items each, and without repeating what was asked for at first."""
    answers.add(page("1", "2", cursor="c1", first=True)).add(page("3", cursor="c2")).add(page("4"))

    assert ids(monday.items(ItemSelection("9"))) == ["1", "2", "3", "4"]

    variables = [body["variables"] for body in answers.requests]
    assert variables[0]["limit"] == 500 and variables[0]["board"] == "9" and variables[0]["nested"]
    assert variables[1]["cursor"] == "c1" and "board" not in variables[1]


def test_after_an_expired_cursor_nothing_is_doubled_or_lost(
    monday: Monday, answers: Answers
) -> None:
    """The pages are read again from the first; what moved in between is in another page."""
    answers.add(page("1", "2", cursor="c1", first=True)).add(EXPIRED)
    answers.add(page("0", "1", cursor="d1", first=True)).add(page("2", "3"))

    assert ids(monday.items(ItemSelection("9"))) == ["1", "2", "0", "3"]


def test_a_cursor_that_always_expires_is_an_error(monday: Monday, answers: Answers) -> None:
    """The pages are not read for ever."""
    answers.add(page("1", cursor="c1", first=True)).add(EXPIRED)
    answers.add(page("1", cursor="c1", first=True)).add(EXPIRED)

    with pytest.raises(CursorExpired):
        list(monday.items(ItemSelection("9")))


def test_a_cursor_that_does_not_move_ends_the_pages(monday: Monday, answers: Answers) -> None:
    """A server that repeats itself is not followed."""
    answers.add(page("1", cursor="c", first=True)).add(page("2", cursor="c"))

    assert ids(monday.items(ItemSelection("9"))) == ["1", "2"]


def test_a_page_that_costs_too_much_is_halved(monday: Monday, answers: Answers) -> None:
    """Until it fits; the next pages keep the size."""
    answers.add(TOO_MUCH).add(TOO_MUCH).add(page("1", cursor="c", first=True)).add(page("2"))

    assert ids(monday.items(ItemSelection("9"))) == ["1", "2"]
    assert [body["variables"]["limit"] for body in answers.requests] == [500, 250, 125, 125]


def test_an_item_that_costs_too_much_by_itself_is_an_error(
    monday: Monday, answers: Answers
) -> None:
    """500 halved is 1 after eight times."""
    answers.add(TOO_MUCH)

    with pytest.raises(TooComplex):
        list(monday.items(ItemSelection("9")))

    assert len(answers.requests) == 9


def test_more_formulas_than_a_call_may_ask_for_are_read_in_parts(
    monday: Monday, answers: Answers
) -> None:
    """On the same page, so that its values come together; subitems' too."""
    formulas = tuple(f"f{n}" for n in range(7))
    sub: Any = [{"id": "2", "formulas": [{"id": "f0", "display_value": "s"}]}]
    more: Any = [{"id": "2", "formulas": [{"id": "f5", "display_value": "t"}]}]
    first = page("1", first=True, formulas=[{"id": "f0", "display_value": "a"}], subitems=sub)
    second = page("1", first=True, formulas=[{"id": "f5", "display_value": "b"}], subitems=more)
    answers.add(first).add(second)

    (item,) = monday.items(ItemSelection("9", formulas))

    assert [formula["display_value"] for formula in item["formulas"]] == ["a", "b"]
    assert [formula["display_value"] for formula in item["subitems"][0]["formulas"]] == ["s", "t"]
    variables = [body["variables"] for body in answers.requests]
    assert [len(call_variables["formulas"]) for call_variables in variables] == [5, 2]
    assert [call_variables["full"] for call_variables in variables] == [True, False]


def test_all_levels_of_a_board_need_a_rule_with_its_groups(
    monday: Monday, answers: Answers
) -> None:
    """Without one Monday.com gives nothing."""
    answers.add(page("1", first=True))

    list(monday.items(ItemSelection("9", groups=("a", "b"))))

    variables = answers.requests[0]["variables"]
    assert variables["scope"] == "allItems" and not variables["nested"]
    assert variables["filter"]["rules"][0]["compare_value"] == ["a", "b"]


def test_a_board_that_is_gone_is_named(monday: Monday, answers: Answers) -> None:
    """Neither an empty board nor a bug."""
    answers.add({"data": {"boards": []}})

    with pytest.raises(NotFound, match="board 9"):
        list(monday.items(ItemSelection("9")))
    with pytest.raises(NotFound, match="board 9"):
        list(monday.updates(["9"]))


def test_what_of_a_page_cannot_be_read_is_a_problem(
    monday: Monday, answers: Answers, problems: list[str]
) -> None:
    """The rest of the page is there."""
    body = page("1", first=True)
    body["data"]["boards"][0]["items_page"]["items"].append(None)
    body["errors"] = [{"message": "lost", "path": ["boards", 0], "extensions": {"code": "X"}}]
    answers.add(body)

    assert ids(monday.items(ItemSelection("9"))) == ["1"]
    assert problems == ["board 9: boards.0: lost (X)"]


def test_updates_of_both_boards_come_in_the_same_pages(monday: Monday, answers: Answers) -> None:
    """Each once, also if a new one has pushed another to the next page; halved if too large."""
    full = [{"id": str(n)} for n in range(500)]
    answers.add(TOO_MUCH)
    answers.add({"data": {"boards": [{"id": "9", "updates": full}, {"id": "8", "updates": []}]}})
    answers.add({"data": {"boards": [{"id": "9", "updates": [{"id": "499"}, {"id": "new"}]}]}})

    update_ids = ids(monday.updates(["9", "8"]))

    assert update_ids == [*map(str, range(500)), "new"]
    pages = [(body["variables"]["limit"], body["variables"]["page"]) for body in answers.requests]
    assert pages == [(1000, 1), (500, 1), (500, 2)]


def test_archived_items_are_those_of_the_activity_log(monday: Monday, answers: Answers) -> None:
    """It is read to its end; then the items by id, fewer at once if they cost too much."""
    logs = [
        {"event": "archive_pulse", "data": '{"pulse_id": 1}'},
        {"event": "archive_pulse", "data": '{"pulse_id": 2}'},
        {"event": "archive_pulse", "data": "broken"},
        {"event": "update_column_value", "data": '{"pulse_id": 3}'},
    ]
    answers.add({"data": {"boards": [{"id": "9", "activity_logs": logs}]}})
    answers.add({"data": {"boards": [{"id": "9", "activity_logs": []}]}})
    answers.add(TOO_MUCH).add({"data": {"items": [{"id": "1"}]}}).add({"data": {"items": [None]}})

    assert ids(monday.archived(["9"], ["f"])) == ["1"]
    assert [body["variables"].get("ids") for body in answers.requests[2:]] == [
        ["1", "2"],
        ["1"],
        ["2"],
    ]


def test_an_inventory_has_all_its_pages(monday: Monday, answers: Answers) -> None:
    """Webhooks come with the first."""
    for cursor, title in (("c", "a"), (None, "b")):
        automations = {"cursor": cursor, "items": [{"id": title}], "legacy_automations": None}
        answers.add({"data": {"webhooks": [{"id": "w"}], "board_automations": automations}})

    inventory = monday.inventory("9")

    assert ids(inventory["items"]) == ["a", "b"] and ids(inventory["webhooks"]) == ["w"]


def test_many_boards_are_asked_for_by_the_hundred(monday: Monday, answers: Answers) -> None:
    """In pages that stop at a short one."""
    answers.add({"data": {"boards": []}})

    assert list(monday.boards([str(n) for n in range(150)])) == []
    assert [len(body["variables"]["ids"]) for body in answers.requests] == [100, 50]


def test_links_are_only_those_that_there_are(monday: Monday, answers: Answers) -> None:
    """A deleted file has none."""
    answers.add({"data": {"assets": [{"id": 1, "public_url": "https://a"}, {"id": "2"}, None]}})

    assert monday.asset_links(["1", "2", "3"]) == {"1": "https://a"}


def test_an_error_in_a_page_is_raised_by_its_type(monday: Monday, answers: Answers) -> None:
    """It does not look like the end of the pages."""
    answers.add(page("1", cursor="c", first=True)).add({"errors": [{"message": "odd"}]})

    with pytest.raises(ApiError, match="next_items_page: odd"):
        list(monday.items(ItemSelection("9")))


def test_boards_that_cost_too_much_are_asked_for_in_smaller_pages(
    monday: Monday, answers: Answers
) -> None:
    """The pages go on where they were."""
    full = {"data": {"boards": [{"id": str(n)} for n in range(25)]}}
    answers.add(TOO_MUCH).add(full).add({"data": {"boards": [{"id": "25"}]}})

    assert len(ids(monday.boards())) == 26
    pages = [(body["variables"]["limit"], body["variables"]["page"]) for body in answers.requests]
    assert pages == [(50, 1), (25, 1), (25, 2)]
    assert all(body["variables"]["state"] == "active" for body in answers.requests)


def test_a_page_with_more_formulas_than_a_minute_allows_is_halved(
    monday: Monday, answers: Answers
) -> None:
    """Waiting alone would not help; other limits are not changed by it."""
    code = "FIELD_MINUTE_RATE_LIMIT_EXCEEDED"
    limit = {"errors": [{"message": "later", "extensions": {"code": code}}]}
    for _ in range(6):
        answers.add(limit)
    answers.add(page("1", first=True))

    assert ids(monday.items(ItemSelection("9", ("f",)))) == ["1"]
    assert answers.requests[-1]["variables"]["limit"] == 250

    answers.add({"errors": []}, 503)
    answers.turns.pop(0)
    with pytest.raises(RetryableApiError):
        list(monday.items(ItemSelection("9")))
