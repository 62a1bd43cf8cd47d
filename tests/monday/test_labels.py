"""The labels of a column, from the new and the old form of its settings."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.monday.labels import Label, parse_labels, parse_settings

OLD = {
    "done_colors": [1],
    "labels": {"0": "Working on it", "1": "Done", "2": "Stuck", "5": ""},
    "labels_positions_v2": {"0": 0, "1": 2, "2": 1, "5": 3},
    "labels_colors": {"0": {"color": "#fdab3d", "border": "#e99729", "var_name": "orange"}},
}
NEW = {
    "labels": [
        {"id": 0, "label": "Working on it", "color": 0, "index": 0},
        {"id": 1, "label": "Done", "color": 1, "index": 2, "is_done": True},
        {"id": 2, "label": "Stuck", "color": 2, "index": 1, "is_deactivated": True},
    ]
}
DROPDOWN = {
    "labels": [{"id": 1, "label": "Marketing"}, {"id": 2, "name": "Design"}],
    "limit_select": True,
}


def test_the_old_form_is_ordered_by_position_not_by_key() -> None:
    """With its colours and what counts as done."""
    assert parse_labels({"settings_str": json.dumps(OLD)}) == (
        Label("0", "Working on it", "#fdab3d"),
        Label("2", "Stuck"),
        Label("1", "Done", is_done=True),
        Label("5", ""),
    )


def test_the_new_form_says_what_is_done_and_what_is_off() -> None:
    """In the order of `index`; values name a label by `id`."""
    assert parse_labels({"settings": NEW}) == (
        Label("0", "Working on it"),
        Label("2", "Stuck", is_active=False),
        Label("1", "Done", is_done=True),
    )


def test_both_forms_complete_each_other() -> None:
    """Keys and colours of the old, states of the new."""
    labels = parse_labels({"settings": NEW, "settings_str": json.dumps(OLD)})

    assert labels[0].color == "#fdab3d"
    assert labels[1] == Label("2", "Stuck", is_active=False)


def test_dropdown_labels_are_called_label_or_name() -> None:
    """By the version of the API."""
    assert [label.name for label in parse_labels({"settings": DROPDOWN})] == ["Marketing", "Design"]
    assert parse_labels({"settings": json.dumps(DROPDOWN)}) == parse_labels({"settings": DROPDOWN})


def test_settings_are_one_object() -> None:
    """Whichever form they came in; the old one's labels, by key, are kept as they are."""
    assert parse_settings({"settings": {"a": 1}, "settings_str": '{"b": 2}'}) == {"a": 1, "b": 2}
    assert (
        parse_settings({"settings": NEW, "settings_str": json.dumps(OLD)})["labels"]
        == OLD["labels"]
    )
    assert parse_settings({"settings": None, "settings_str": "{"}) == {}


JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.just("labels"), inner),
)


@given(settings_=JSON, old=JSON)
def test_no_settings_make_it_raise(settings_: Any, old: Any) -> None:
    """A column with odd settings has no labels, or odd ones."""
    column = {"settings": settings_, "settings_str": json.dumps({"labels": old})}

    assert all(isinstance(label.name, str) for label in parse_labels(column))
