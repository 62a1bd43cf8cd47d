"""Everything that does not agree in a mapping is named with its key, all at once."""

from typing import Any

import pytest

from clickup_mlops import content
from clickup_mlops.features.migration.convert import column_types
from clickup_mlops.features.migration.mapping.check import problems
from clickup_mlops.features.migration.mapping.file import dotted
from clickup_mlops.features.migration.mapping.model import Mapping
from clickup_mlops.features.migration.mapping.template_fields import of as fields_of
from clickup_mlops.features.migration.records import Board, Column, Group, Option
from clickup_mlops.features.provisioning.template import load

STATES = (Option("0", "Working on it"), Option("1", "Done", done=True), Option("5", ""))
BOARD = Board(
    "1",
    "Models",
    columns=(
        Column("name", "Name", "name"),
        Column("status", "Status", "status", options=STATES),
        Column("risk", "Risk", "status", options=STATES),
        Column("due", "Due", "date"),
        Column("cost", "Cost", "numbers"),
        Column("odd", "Odd", "hologram"),
        Column("plan", "Plan", "timeline"),
    ),
    subitem_columns=(Column("owner", "Owner", "people"),),
    groups=(Group("new", "New"), Group("old", "Old")),
)
OTHER = Board("2", "Data", columns=(Column("empty", "Empty", "status"),))
TEMPLATES = {"llm_serving": fields_of(load.load(content.find_folder("templates"), "llm_serving"))}


def plain() -> Any:
    """A mapping of both boards that is right."""
    stored = {"0": "Working on it", "1": "Done"}
    columns = {
        "status": {"title": "Status", "type": "status", "to": "status", "options": dict(stored)},
        "risk": field("Risk", "status", "drop_down") | {"options": dict(stored)},
        "due": {"title": "Due", "type": "date", "to": "due"},
        "cost": field("Cost", "numbers", "number"),
        "plan": {"title": "Plan", "type": "timeline", "to": "none"},
        "odd": {"title": "Odd", "type": "unsupported", "to": "description"},
    }
    owner = {"title": "Owner", "type": "people", "to": "assignees"}
    models = {
        "name": "Models",
        "place": {"space": "ML", "list": "Models"},
        "groups": "field",
        "group_names": {"new": "New", "old": "Old"},
        "columns": columns,
        "subitem_columns": {"owner": owner},
    }
    data = {"name": "Data", "place": {"space": "ML", "list": "Data"}, "groups": "none"}
    data["columns"] = {"empty": {"title": "Empty", "type": "status", "to": "none"}}
    return {
        "name": "ml",
        "source": {"kind": "monday", "boards": ["1", "2"]},
        "people": {"7": {"name": "Ana"}, "8": {"name": "Team", "members": ["7"]}},
        "boards": {"1": models, "2": data},
    }


def field(title: str, kind: str, field_type: str) -> dict[str, Any]:
    return {"title": title, "type": kind, "to": "field", "field": title, "field_type": field_type}


def problems_of(mapping: Any) -> dict[str, str]:
    """The problems by key."""
    listed = problems(Mapping.model_validate(mapping), (BOARD, OTHER), column_types(), TEMPLATES)
    by_key: dict[str, str] = {}
    for at, text in listed:
        by_key[dotted(at)] = "; ".join(filter(None, (by_key.get(dotted(at)), text)))
    return by_key


def changed(key: str, value: Any) -> Any:
    """The right mapping with one key changed; None removes it."""
    mapping = plain()
    *above, last = key.split(".")
    table = mapping
    for part in above:
        table = table[part]
    if value is None:
        del table[last]
    else:
        table[last] = value
    return mapping


def test_a_mapping_that_agrees_has_no_problems() -> None:
    """Options without a name, the column of the names and unknown types kept as text included."""
    assert problems_of(plain()) == {}


def test_a_column_that_goes_nowhere_may_be_of_any_type() -> None:
    """It is not converted."""
    odd = {"title": "Odd", "type": "hologram", "to": "none", "because": "nobody uses it"}

    assert problems_of(changed("boards.1.columns.odd", odd)) == {}


def test_an_option_may_be_no_priority() -> None:
    """Its values are kept in the description, which the plan lists as a loss."""
    risk = {"title": "Risk", "type": "status", "to": "priority", "options": {"0": "High", "1": ""}}

    assert problems_of(changed("boards.1.columns.risk", risk)) == {}


def test_only_a_status_has_a_name_for_items_without_a_value() -> None:
    """ClickUp has no task without a status; any other field may be empty."""
    options = {"": "Not set", "0": "Working on it", "1": "Done"}

    assert problems_of(changed("boards.1.columns.status.options", options)) == {}
    assert set(problems_of(changed("boards.1.columns.risk.options", options))) == {
        'boards.1.columns.risk.options.""'
    }


def test_groups_may_share_a_list() -> None:
    """Two groups with one name become one List; a board on its own may have no Folder."""
    mapping = changed("boards.1.groups", "lists")
    mapping["boards"]["1"]["group_names"] = {"new": "All", "old": "All"}

    assert problems_of(mapping) == {}


C = "boards.1.columns"
CASES: list[tuple[str, Any, str, str]] = [
    ("name", " ", "name", "it is empty"),
    ("id_field", "", "id_field", "it is empty"),
    ("boards.2.place.list", "a\u202eb", "boards.2.place.list", "without control characters"),
    ("boards.2.place.list", "a\x80b", "boards.2.place.list", "without control characters"),
    ("id_field", "group", "id_field", "the field of the groups"),
    ("id_field", "x" * 256, "id_field", "at most 255 characters, not 256"),
    ("id_field", "cost", f"{C}.cost.field", '"cost" holds the ids'),
    ("people.8.members", ["7", "9"], "people.8.members", 'no person "9"'),
    ("boards.2", None, "source.boards", 'no table for the board "2"'),
    ("boards.12", {"name": "X", "place": {"space": "ML", "list": "X"}}, "boards.12", "such board"),
    ("boards.2.place.list", "models", "boards.2.place", '"ML / models" is that of the board "1"'),
    ("boards.2.place.space", "", "boards.2.place.space", "it is empty"),
    ("boards.2.place.folder", "f" * 256, "boards.2.place.folder", "at most 255"),
    ("boards.2.place.list", "", "boards.2.place.list", "it is empty"),
    ("boards.2.place.template", "llm_srving", "boards.2.place.template", 'mean "llm_serving"'),
    ("boards.2.groups", "lists", "boards.2.groups", "there are no `group_names`"),
    ("boards.1.group_names.new", None, "boards.1.group_names.new", 'group "New" has no name'),
    ("boards.1.group_names.new", "", "boards.1.group_names.new", "it is empty"),
    ("boards.1.group_names.olf", "X", "boards.1.group_names.olf", 'did you mean "old"'),
    ("boards.1.groups", "status", f"{C}.status.to", "what the groups are goes there already"),
    (f"{C}.due", None, f"{C}.due", 'the column "Due" is missing'),
    (f"{C}.dua", field("Dua", "date", "date"), f"{C}.dua", 'did you mean "due"'),
    (f"{C}.due.type", "text", f"{C}.due.type", 'the source says "date", not "text"'),
    (f"{C}.odd.type", "unsuported", f"{C}.odd.type", 'did you mean "unsupported"'),
    (f"{C}.cost.to", "due", f"{C}.cost.to", "a numbers column cannot go there; it can: field"),
    (f"{C}.cost.field", "", f"{C}.cost.field", "it is empty"),
    (f"{C}.cost.field_type", "date", f"{C}.cost.field_type", "does not fit a date field; fit: num"),
    (f"{C}.cost.field_type", "numbr", f"{C}.cost.field_type", 'did you mean "number"'),
    (f"{C}.due.field", "Due", f"{C}.due.field", 'only for `to = "field"`, not "due"'),
    (f"{C}.cost.field", "group", f"{C}.cost.field", '"Group" holds the groups'),
    (f"{C}.cost.field", "risk", f"{C}.cost.field", 'column "Risk" goes into it already'),
    (f"{C}.risk.options", {"0": " ", "1": " "}, f"{C}.risk.field_type", "field needs options"),
    (f"{C}.status.options.0", None, f"{C}.status.options.0", '"Working on it" is not mapped'),
    (f"{C}.risk.options.1", None, f"{C}.risk.options.1", '"Done" is not mapped'),
    (f"{C}.risk.options.1", "", f"{C}.risk.options.1", "it is empty"),
    (f"{C}.risk.options.7", "X", f"{C}.risk.options.7", "the column has no such option"),
    (f"{C}.risk.to", "priority", f"{C}.risk.options.1", '"Done" is no priority'),
    (f"{C}.risk.to", "status", f"{C}.risk.to", '"Status" goes there already'),
    (f"{C}.plan.to", "dates", f"{C}.plan.to", '"Due" goes there already'),
]


@pytest.mark.parametrize(("key", "value", "at", "text"), CASES)
def test_what_does_not_agree_is_named_with_its_key(
    key: str, value: Any, at: str, text: str
) -> None:
    """And with the word that was probably meant."""
    listed = problems_of(changed(key, value))

    assert text in listed.get(at, f"nothing; there is: {listed}")


def test_columns_of_two_types_do_not_share_a_field() -> None:
    """Items and subitems stand in one List, and so see one field."""
    mapping = changed("boards.1.subitem_columns.owner", field("Cost", "people", "users"))

    assert problems_of(mapping) == {
        "boards.1.subitem_columns.owner.field": '"Cost" is a number field there already'
    }


def test_a_shared_field_is_spelled_in_one_way() -> None:
    """ClickUp has one field, with one name."""
    mapping = changed("boards.1.subitem_columns.owner", field("cost", "people", "users"))
    mapping["boards"]["1"]["columns"]["cost"]["field_type"] = "users"

    assert 'it is "Cost" elsewhere' in problems_of(mapping)["boards.1.subitem_columns.owner.field"]


def test_a_field_of_a_workspace_template_keeps_its_type() -> None:
    """The place gains it: a column of another type cannot go into it."""
    mapping = changed("boards.1.place.template", "llm_serving")
    mapping["boards"]["1"]["columns"]["cost"]["field"] = "Model version"

    assert problems_of(mapping) == {
        f"{C}.cost.field": '"Model version" is a short_text field there already'
    }


def test_all_problems_are_listed_at_once() -> None:
    """Also those of different boards."""
    mapping = changed("name", "")
    mapping["boards"]["2"]["place"]["list"] = ""
    del mapping["boards"]["1"]["columns"]["due"]

    assert list(problems_of(mapping)) == ["name", "boards.2.place.list", "boards.1.columns.due"]
