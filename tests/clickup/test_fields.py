"""Custom-field codecs: every type, both ways, with helpful refusals."""

import string
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.clickup.fields import WRITABLE, build_body, decode, encode
from clickup_mlops.errors import InputError

OPTIONS: dict[str, Any] = {
    "options": [
        {"id": "uuid-inf", "name": "Inference", "orderindex": 0},
        {"id": "uuid-tra", "name": "Training", "orderindex": 1},
        {"id": "uuid-dat", "name": "data", "orderindex": 2},
    ]
}
LABELS: dict[str, Any] = {
    "options": [{"id": "l-1", "label": "vLLM"}, {"id": "l-2", "label": "Triton"}]
}
SCALE: dict[str, Any] = {"start": -10, "end": 250}

text = st.text(min_size=1)
numbers = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**12), 10**12)
word = st.text(string.ascii_lowercase, min_size=1, max_size=8)


def as_answered(kind: str, config: dict[str, Any], wire: Any) -> Any:
    """The shape in which ClickUp gives back what was written (facts, section 9)."""
    match kind:
        case "number" | "date" | "emoji":
            return str(wire)
        case "currency":
            return repr(wire)
        case "checkbox":
            return str(wire).lower()
        case "drop_down":
            return next(o["orderindex"] for o in config["options"] if o["id"] == wire)
        case "manual_progress":
            return {"current": str(wire["current"]), "percent_completed": 50}
        case "users" | "tasks" | "list_relationship" | "attachment":
            return [{"id": object_id, "name": "x"} for object_id in wire["add"]]
        case "location":
            return {**wire, "place_id": "p"}
    return wire


VALUES: dict[str, tuple[dict[str, Any], st.SearchStrategy[Any]]] = {
    "text": ({}, text),
    "short_text": ({}, text),
    "url": ({}, word.map("https://{}.example/x?y=1".format)),
    "email": ({}, word.map("{}@example.org".format)),
    "phone": ({}, st.integers(10**6, 10**14).map("+{}".format)),
    "number": ({}, numbers),
    "currency": ({"currency_type": "EUR", "precision": 2}, numbers),
    "emoji": ({"count": 5}, st.integers(0, 5)),
    "manual_progress": (SCALE, st.integers(-10, 250)),
    "date": ({}, st.integers(0, 2**45)),
    "checkbox": ({}, st.booleans()),
    "drop_down": (OPTIONS, st.sampled_from(["Inference", "Training", "data"])),
    "labels": (LABELS, st.lists(st.sampled_from(["vLLM", "Triton"]), unique=True)),
    "users": ({}, st.lists(st.integers(1, 2**40))),
    "tasks": ({}, st.lists(word)),
    "list_relationship": ({}, st.lists(word)),
    "attachment": ({}, st.lists(word)),
    "location": (
        {},
        st.builds(
            lambda lat, lng, where: {
                "location": {"lat": lat, "lng": lng},
                "formatted_address": where,
            },
            st.floats(-90, 90),
            st.floats(-180, 180),
            text,
        ),
    ),
}


def test_every_writable_type_is_tried_here() -> None:
    """A type that can be written comes back as it was written; the button keeps nothing."""
    assert set(VALUES) | {"button"} == WRITABLE


@given(st.data(), st.sampled_from(sorted(VALUES)))
def test_what_is_written_is_read_back(data: st.DataObject, kind: str) -> None:
    """decode(what ClickUp makes of encode(value)) is the value."""
    config, values = VALUES[kind]
    value = data.draw(values)
    wire = encode("Field", kind, config, value)
    assert decode(kind, config, as_answered(kind, config, wire)) == value


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(st.sampled_from([*sorted(VALUES), "formula", "votes", "rollup", "new_type"]), junk)
def test_reading_never_fails(kind: str, wire: Any) -> None:
    """A value that its type cannot explain reads as None; nothing is raised."""
    config = VALUES.get(kind, ({}, None))[0]
    decode(kind, config, wire)


@given(st.sampled_from([*sorted(VALUES), "button"]), junk)
def test_writing_junk_is_an_input_error_or_works(kind: str, value: Any) -> None:
    """Any value is either encoded or refused as the person's mistake, naming the field."""
    config = VALUES.get(kind, ({}, None))[0]
    try:
        encode("GPU hours", kind, config, value)
    except InputError as problem:
        assert "GPU hours" in str(problem)


@pytest.mark.parametrize(
    ("label", "wire"),
    [("Inference", "uuid-inf"), (" training ", "uuid-tra"), ("uuid-dat", "uuid-dat")],
)
def test_options_are_named_by_label_in_any_case_or_by_id(label: str, wire: str) -> None:
    """ClickUp gets the option's id, whatever a person wrote."""
    assert encode("Workload", "drop_down", OPTIONS, label) == wire


def test_an_unknown_option_names_the_nearest() -> None:
    """The message says what was probably meant; the hint lists all options."""
    with pytest.raises(
        InputError, match='no option "Inferense"; did you mean "Inference"'
    ) as caught:
        encode("Workload", "drop_down", OPTIONS, "Inferense")
    assert '"Training"' in caught.value.hint


def test_a_webhooks_option_id_reads_like_a_tasks_index() -> None:
    """Tasks carry the option's orderindex, webhooks its id: both read as the name."""
    assert decode("drop_down", OPTIONS, 1) == decode("drop_down", OPTIONS, "uuid-tra") == "Training"


@pytest.mark.parametrize(
    ("kind", "value", "says"),
    [
        ("number", "8", "expected a number, got str '8'"),
        ("number", float("nan"), "expected a number"),
        ("number", True, "expected a number"),
        ("emoji", 6, "6 is outside 0 to 5"),
        ("manual_progress", 101, "101 is outside 0.0 to 100.0"),
        ("checkbox", "yes", "expected true or false"),
        ("date", datetime.fromisoformat("2026-01-01T10:00"), "without time zone"),
        ("users", [{"id": 1}], "expected a whole number"),
        ("users", {"remove": [1]}, 'only "add" and "rem"'),
        ("url", "example.org", "expected an address"),
        ("button", False, "can only be pressed"),
        ("labels", "vLLM", "expected a list of labels"),
        ("location", {"location": {"lat": 91, "lng": 0}, "formatted_address": ""}, "91 is outside"),
        ("formula", 1, "cannot be set through the API"),
    ],
)
def test_wrong_values_are_explained(kind: str, value: Any, says: str) -> None:
    """The message names the field, the type and what is wrong."""
    config = LABELS if kind == "labels" else {}
    with pytest.raises(InputError, match="Score") as caught:
        encode("Score", kind, config, value)
    assert says in str(caught.value)


def test_dates_keep_their_time_of_day() -> None:
    """ClickUp would move a bare date to 04:00 of the user's zone."""
    wire = encode("Due", "date", {}, datetime(2026, 11, 25, 12, 30, tzinfo=UTC))
    assert wire == 1795609800000
    assert build_body("date", wire) == {"value": wire, "value_options": {"time": True}}


def test_people_can_be_removed() -> None:
    """A mapping gives what to add and what to remove."""
    assert encode("Owners", "users", {}, {"rem": [7]}) == {"add": [], "rem": [7]}
