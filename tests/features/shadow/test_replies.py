"""What people reply to a proposal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.features.shadow.replies import Statement, find_unknown, format_numbers, parse

ALL = frozenset({1, 2, 3, 4})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("agree 1 3", [Statement(True, frozenset({1, 3}))]),
        ("Agree #1, #3", [Statement(True, frozenset({1, 3}))]),
        ("agree", [Statement(True, ALL)]),
        ("agree all", [Statement(True, ALL)]),
        ("yes 2-4", [Statement(True, frozenset({2, 3, 4}))]),
        ("disagree 2 high", [Statement(False, frozenset({2}), 2)]),
        ("no 4 training", [Statement(False, frozenset({4}), None, "training")]),
        ("disagree all", [Statement(False, ALL)]),
        (
            "agree 1; disagree 2 low\nno 3",
            [
                Statement(True, frozenset({1})),
                Statement(False, frozenset({2}), 4),
                Statement(False, frozenset({3})),
            ],
        ),
    ],
)
def test_a_reply_names_proposals_and_what_is_wanted_instead(
    text: str, expected: list[Statement]
) -> None:
    assert parse(text, ALL) == expected


@pytest.mark.parametrize(
    ("text", "excluded"),
    [
        ("agree all but 2", {2}),
        ("agree, but not 2", {2}),
        ("agree all except 1-2", {1, 2}),
        ("disagree all without 3", {3}),
    ],
)
def test_what_is_excepted_is_not_answered(text: str, excluded: set[int]) -> None:
    (statement,) = parse(text, ALL)
    assert statement.numbers == frozenset(ALL) - excluded


def test_an_exception_to_numbers_leaves_the_others_out() -> None:
    (statement,) = parse("agree 1 2, not 3", ALL)
    assert statement.numbers == {1, 2}


@pytest.mark.parametrize(
    "text",
    [
        "agree, but later",
        "agree 3 but not 3",
        "",
        "no idea",
        "ok, later",
        "Tom said agree 1",
        "no",
        "agree 99",
    ],
)
def test_what_people_say_to_each_other_is_no_answer(text: str) -> None:
    assert parse(text, ALL) == []


@given(st.text())
def test_no_text_answers_for_a_number_that_is_not_there(text: str) -> None:
    """And none fails."""
    assert all(statement.numbers <= ALL for statement in parse(text, ALL))


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("agree 99", [99]),
        ("agree 1; disagree 7 high, 8", [7, 8]),
        ("agree all", []),
        ("no, we have 99 problems", []),
        ("see 99", []),
    ],
)
def test_a_number_of_no_proposal_is_found(text: str, unknown: list[int]) -> None:
    assert find_unknown(text, ALL) == unknown


def test_a_number_of_any_length_is_read() -> None:
    """One that failed would keep all answers after it from being read."""
    text = f"agree {'9' * 5_000}, 2"
    assert parse(text, ALL) == [Statement(True, frozenset({2}))]
    assert find_unknown(text, ALL) == [999_999_999]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("agree 1-5000", "5-1001"),
        ("agree 5, 7-8", "5, 7-8"),
        (f"agree {', '.join(map(str, range(5, 105, 2)))}", "5, 7, "),
    ],
)
def test_unknown_numbers_are_answered_in_a_line(text: str, written: str) -> None:
    """However many a reply names; what is written can be read again."""
    answer = format_numbers(find_unknown(text, ALL))
    assert answer.startswith(written)
    assert len(answer) < 100
