"""What is written is read back the same."""

import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.toml import dumps, format_value

# Surrogates are no text that a file can hold.
text = st.text(st.characters(exclude_categories=["Cs"]))
scalars = text | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False)
values = st.recursive(
    scalars | st.lists(scalars),
    lambda inner: (
        st.dictionaries(text, inner, max_size=4)
        | st.lists(st.dictionaries(text, inner, max_size=3), max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(text, values, max_size=5))
def test_every_document_is_read_back_the_same(document: dict[str, Any]) -> None:
    """Odd keys, control characters, quotes, nested arrays of tables."""
    assert tomllib.loads(dumps(document)) == document


def test_what_is_none_is_left_out() -> None:
    """TOML has no null."""
    assert dumps({"a": None, "b": 1}) == "b = 1\n"


def test_long_text_stays_readable() -> None:
    """Lines stay lines, and entries get their own headers."""
    document = dumps({"page": [{"name": "Runbook", "content": "# A\n\n- b\n"}]})

    assert document == '[[page]]\nname = "Runbook"\ncontent = """\n# A\n\n- b\n"""\n'


def test_a_key_that_ends_with_a_line_break_is_quoted() -> None:
    """Whether a key is bare is a matter of all its letters."""
    for inner in ({}, [], [{}], 1):
        assert tomllib.loads(dumps({"0\n": inner})) == {"0\n": inner}


def test_a_value_stays_on_its_line() -> None:
    """Tables in lists are inline, nested ones too."""
    assert (
        format_value([{"a": 1, "b": None}, {"c": {"d": [True]}}]) == "[{a = 1}, {c = {d = [true]}}]"
    )
    assert format_value("two\nlines") == '"two\\nlines"'


@given(values)
def test_a_value_is_read_back_the_same(plain: Any) -> None:
    """Whatever it is."""
    assert tomllib.loads(f"key = {format_value(plain)}") == {"key": plain}
