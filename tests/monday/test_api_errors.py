"""Answers of any shape are data, or an error of the project's own."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.errors import ApiError, RetryableApiError
from clickup_mlops.monday.api_errors import Answer, parse_answer

KEYS = st.sampled_from(
    [
        "data", "errors", "extensions", "error_code", "error_message", "error_data", "status_code",
        "code", "message", "path", "retry_in_seconds", "complexity", "complexity_budget_limit",
    ]
)  # fmt: skip
WORDS = st.sampled_from(
    [
        "COMPLEXITY_BUDGET_EXHAUSTED",
        "CursorException",
        "DAILY_LIMIT_EXCEEDED",
        "NaN",
        "reset in 9 seconds",
    ]
)
JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=12,
)


@given(
    status=st.sampled_from([200, 301, 400, 401, 404, 423, 429, 500, 503]),
    body=JSON,
    after=st.none() | st.text() | st.integers().map(str),
)
def test_every_answer_is_data_or_an_error_of_ours(
    status: int, body: Any, after: str | None
) -> None:
    """A wait that is asked for can be waited."""
    headers = {} if after is None else {"Retry-After": after}
    try:
        answer = parse_answer(status, headers, body, query="items", now_ms=0)
    except ApiError as problem:
        assert "items" in str(problem)
        assert not isinstance(problem, RetryableApiError) or problem.after_s >= 0
    else:
        assert isinstance(answer, Answer)
