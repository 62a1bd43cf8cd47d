"""What a person is asked to do: complete, with a link, and enough to make the next plan empty."""

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.clickup.client.facade import ClickUp
from clickup_mlops.features.provisioning import fields
from clickup_mlops.features.provisioning.fields import Available
from clickup_mlops.features.provisioning.manual import instructions
from clickup_mlops.features.provisioning.manual.instructions import Place, WantedField
from clickup_mlops.sandbox import Sandbox

SERVING = Place("list", "901", "Serving", "9000")
WORKLOAD = {"type": "drop_down", "options": ["Inference", "Training"]}


def field_of(name: str, place: Place = SERVING, **attributes: Any) -> WantedField:
    return WantedField(name, attributes, place)


@pytest.mark.parametrize(
    ("place", "link"),
    [
        (SERVING, "https://app.clickup.com/9000/v/li/901"),
        (Place("folder", "5", "F", "9000"), "https://app.clickup.com/9000/v/o/f/5"),
        (Place("space", "4", "S", "9000"), "https://app.clickup.com/9000/v/o/s/4"),
        (Place("team", "", "W", "9000"), "https://app.clickup.com/9000"),
        (Place("list", "", "not there yet", "9000"), "https://app.clickup.com/9000"),
    ],
)
def test_an_errand_links_to_its_place(place, link):
    """A place that is not there yet links to the Workspace."""
    assert instructions.field_item(field_of("F", place, type="number")).link == link


def test_a_new_field_is_told_with_type_name_and_every_option():
    """In ClickUp's own words, in the order of the options."""
    text = "\n".join(instructions.field_item(field_of("Workload", **WORKLOAD)).lines())

    assert '"Dropdown"' in text
    assert text.index('option "Inference"') < text.index('option "Training"')
    assert 'the List "Serving"' in text


def test_settings_are_told():
    """What the importer and templates would not ask for."""
    item = instructions.field_item(field_of("Cost", type="currency", currency="USD", precision=2))

    assert "Set the currency to USD." in item.clicks
    assert "Set the decimal places to 2." in item.clicks


def test_a_field_of_another_type_is_renamed_not_deleted():
    """Values stay; both types are named."""
    clash = WantedField("Workload", WORKLOAD, SERVING, {"type": ("short_text", "drop_down")})

    text = "\n".join(instructions.field_item(clash).lines())

    assert "it is Text, wanted Dropdown" in text
    assert "delete" not in text.casefold()


def test_only_what_is_missing_is_added():
    """An option that is there is not named."""
    change = {"options": (["inference"], ["Inference", "Training"])}
    clicks = instructions.field_item(WantedField("Workload", WORKLOAD, SERVING, change)).clicks

    assert 'Add the option "Training".' in clicks
    assert 'Add the option "Inference".' not in clicks


# The spreadsheet

FIELDS = [
    field_of("Workload", **WORKLOAD),
    field_of("Rollout, stage", type="labels", options=["canary", "shadow", "live"]),
    field_of("P99 latency ms", type="number"),
    field_of("Release date", type="date"),
    field_of("Owner", type="users"),
    field_of("Runbook", type="url"),
]


def test_the_spreadsheet_makes_the_fields_in_the_importer(clickup_sandbox: Sandbox):
    """Uploaded with the types that the item names, it leaves nothing of its fields to do."""
    import_spreadsheet = clickup_sandbox.control.ui_actions.import_spreadsheet(
        "Tasks", instructions.spreadsheet(FIELDS), {field.name: field.type for field in FIELDS}
    )

    with ClickUp(clickup_sandbox.token, base_url=clickup_sandbox.url) as clickup:
        observations = clickup.fields.of_list(clickup_sandbox.control.list_id("Tasks"))
    for one in instructions.importable(FIELDS):
        assert (
            fields.choose(one.name, one.attributes, observations, Available("list")).method
            == "adopt"
        ), one.name
    assert set(import_spreadsheet) == {field.name for field in instructions.importable(FIELDS)}


def test_what_the_importer_cannot_make_is_left_to_clicks():
    """People, relationships, files; and fields that are there already."""
    changed = WantedField("Workload", WORKLOAD, SERVING, {"options": ([], ["Inference"])})

    assert [field.name for field in instructions.importable([*FIELDS, changed])] == [
        field.name for field in FIELDS if field.type != "users"
    ]
    assert instructions.spreadsheet([field_of("Owner", type="users"), changed]) == ""


def test_the_errand_names_every_column_with_its_type():
    """The file itself cannot say which type a column is to get."""
    item = instructions.import_item(instructions.importable(FIELDS), "fields.csv", SERVING, FIELDS)

    for field in instructions.importable(FIELDS):
        ui = instructions.ui_type(field.type)
        assert f'Map the column "{field.name}" to a new {ui} field.' in item.clicks


NAMES = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1).map(str.strip)


@given(st.lists(NAMES.filter(bool), min_size=1), st.lists(NAMES.filter(bool), unique=True))
def test_any_names_survive_the_file(names, options):
    """Commas, quotes, line ends of other alphabets; headers are unique as the importer wants."""
    columns = [field_of(name, type="drop_down", options=options or ["x"]) for name in names]

    header, *rows = list(csv.reader(io.StringIO(instructions.spreadsheet(columns))))

    assert header[0] == instructions.NAME
    assert len({title.casefold() for title in header[1:]}) == len(header) - 1
    assert [row[1] for row in rows] == (options or ["x"])


# What else has no endpoint

SPACE = Place("space", "4", "ML", "9000")
STATUSES = [{"name": "Backlog", "type": "open"}, {"name": "Live", "type": "closed"}]


@pytest.mark.parametrize(
    "item",
    [
        instructions.status_item(SERVING, STATUSES),
        instructions.automation_item(SERVING, "Page", "Tag incident is added", "Assign on-call"),
        instructions.dashboard_item(SPACE, "SLOs", ["Table: breached services"]),
        instructions.form_item(SERVING, "Ask for GPUs", ["How many GPUs?"]),
        instructions.template_item(SERVING, "MLOps serving"),
    ],
    ids=lambda item: item.kind,
)
def test_every_errand_says_what_is_true_when_it_is_done(item):
    """And where, and how; where the API cannot look, it says so."""
    assert item.clicks
    assert item.link.startswith("https://app.clickup.com/9000/v/")
    blind = item.kind in ("automation", "dashboard")
    assert ("`verify` cannot check it" in item.done_when) is blind
    assert item.to_dict()["clicks"] == list(item.clicks)


def test_statuses_are_told_in_clickups_groups():
    """Not started, Active, Done, Closed."""
    clicks = instructions.status_item(SERVING, STATUSES).clicks

    assert 'Under Not started: "Backlog".' in clicks
    assert 'Under Closed: "Live".' in clicks


def test_the_table_of_support_covers_what_the_issue_asks_honesty_for():
    """Fields, statuses, automations, dashboards, forms: none is promised by API."""
    by_thing = {support.thing: support for support in instructions.SUPPORT}

    for value in ("Custom field definition", "Statuses", "ClickUp automation", "Dashboard", "Form"):
        assert by_thing[value].api.startswith("no")
        assert by_thing[value].person == "yes"


def test_money_fields_are_imported_with_currency_and_decimals():
    """The importer asks for both; the unit is for the reader."""
    cost = field_of("Cost", type="currency", currency="EUR", precision=2)
    speed = field_of("Speed", type="number", unit="ms")
    both = [cost, speed]

    text = "\n".join(instructions.import_item(both, "fields.csv", SERVING, both).clicks)

    assert "new Money field (set the currency to EUR; set the decimal places to 2)" in text
    assert "new Number field (unit: ms)" in text


def test_what_a_field_means_is_said_where_it_is_created():
    """Description and unit."""
    clicks = instructions.field_item(
        field_of("P99", type="number", unit="ms", description="As the caller sees it.")
    ).clicks

    assert any('"As the caller sees it. Unit: ms."' in click for click in clicks)
