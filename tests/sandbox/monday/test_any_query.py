"""Whatever is asked, the sandbox answers it or refuses it by a code."""

from typing import Any

from graphql import (
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    is_enum_type,
    is_leaf_type,
    is_required_argument,
)
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.sandbox.monday import MondaySandbox
from clickup_mlops.sandbox.monday.graph.schema import load_schema

DEPTH = 4


def _sandbox() -> MondaySandbox:
    return MondaySandbox(seed="ai_ml", complexity_per_minute=0, calls_per_minute=0)


SHARED = _sandbox()
IDS = (*SHARED.world.boards, *SHARED.world.items, *SHARED.world.users, 0, -1)
"""The seed gives every sandbox the same ids."""


def _send(sandbox: MondaySandbox, query: str) -> dict[str, Any]:
    """The body of the answer, which has no internal error."""
    client, headers = sandbox.app.test_client(), {"Authorization": sandbox.token}
    answer = client.post("/v2", json={"query": query}, headers=headers)
    body: dict[str, Any] = answer.get_json()
    codes = [error.get("extensions", {}) for error in body.get("errors", ())]
    assert answer.status_code in (200, 429), query
    assert not [error for error in codes if error.get("error_code")], (query, body["errors"])
    return body


def _scalar(name: str) -> st.SearchStrategy[str]:
    """Values that exist, and some that do not."""
    ids = st.sampled_from(IDS)
    texts = st.sampled_from(
        ['""', '"abc"', '"name"', '"group"', '"2026-01-01"', '"MSwe30="', '"é"']
    )
    numbers = st.integers(-2, 600).map(str)
    by_name = {
        "ID": ids.map(lambda text: f'"{text}"') | texts,
        "Int": numbers,
        "Boolean": st.sampled_from(["true", "false"]),
        "CompareValue": st.sampled_from(["[]", "[1]", '["Done"]', '["EXACT", "2026-01-01"]', "7"]),
        "JSON": st.sampled_from(['"{}"', '"["', "{a: 1}", '"{\\"status\\":\\"Done\\"}"', "5"]),
    }
    return by_name.get(name, texts)


def _value(kind: Any, depth: int) -> st.SearchStrategy[str]:
    if isinstance(kind, GraphQLNonNull):
        return _value(kind.of_type, depth)
    if isinstance(kind, GraphQLList):
        inner = st.lists(_value(kind.of_type, depth), max_size=2)
        return inner.map(lambda values: f"[{', '.join(values)}]")
    if is_enum_type(kind):
        return st.sampled_from(sorted(kind.values))
    if isinstance(kind, GraphQLInputObjectType):
        return _arguments(kind.fields, depth - 1).map(lambda text: f"{{{text}}}")
    return _scalar(kind.name)


@st.composite
def _arguments(draw: st.DrawFn, fields: Any, depth: int) -> str:
    arguments = []
    for name, argument in fields.items():
        required = isinstance(argument.type, GraphQLNonNull)
        if required or (depth > 0 and draw(st.integers(0, 2)) == 0):
            arguments.append(f"{name}: {draw(_value(argument.type, depth))}")
    return ", ".join(arguments)


@st.composite
def _selection(draw: st.DrawFn, kind: Any, depth: int) -> str:
    if isinstance(kind, GraphQLUnionType):
        return "{ __typename }"
    if not isinstance(kind, GraphQLObjectType):
        return "{ __typename id type text value is_leaf column { title } }"
    inner = [
        name
        for name, definition in kind.fields.items()
        if depth > 0
        or (
            is_leaf_type(get_named_type(definition.type))
            and not any(is_required_argument(argument) for argument in definition.args.values())
        )
    ]
    parts = ["__typename"]
    for number, name in enumerate(draw(st.lists(st.sampled_from(inner), max_size=3))):
        field = kind.fields[name]
        arguments = draw(_arguments(field.args, 2))
        named = get_named_type(field.type)
        more = "" if is_leaf_type(named) else draw(_selection(named, depth - 1))
        parts.append(f"f{number}: {name}{f'({arguments})' if arguments else ''} {more}")
    return f"{{ {' '.join(parts)} }}"


@given(data=st.data())
def test_any_query_is_answered_or_refused(data: st.DataObject) -> None:
    """No internal error, whatever the arguments."""
    _send(SHARED, data.draw(_selection(load_schema().query_type, DEPTH)))


@given(data=st.data())
def test_any_mutation_is_answered_or_refused(data: st.DataObject) -> None:
    """The same for writes; afterwards the account can still be read."""
    fields = load_schema().mutation_type.fields  # type: ignore[union-attr]
    name = data.draw(
        st.sampled_from([field_name for field_name in sorted(fields) if "file" not in field_name])
    )
    arguments = data.draw(_arguments(fields[name].args, 2))
    sandbox = _sandbox()
    _send(sandbox, f"mutation {{ {name}{f'({arguments})' if arguments else ''} {{ __typename }} }}")

    values = "items_page { items { column_values { text value } } }"
    assert "data" in _send(sandbox, f"{{ boards(state: all, limit: 20) {{ {values} }} }}")
