"""The ladder of custom fields: adopt, ClickUp template, experimental, manual."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clickup_mlops.clickup.client.facade import ClickUp
from clickup_mlops.clickup.model import FieldDefinition
from clickup_mlops.errors import ApiError, Forbidden, NotFound, PlanLimit, RetryableApiError
from clickup_mlops.features.provisioning import fields
from clickup_mlops.features.provisioning.fields import Available, Refused
from clickup_mlops.sandbox import Sandbox

WORKLOAD = {"type": "drop_down", "options": ["Inference", "Training"]}
EVERYTHING = Available("list", template="t-1", experimental=True)


def live(name: str, kind: str, **config: Any) -> FieldDefinition:
    return FieldDefinition(f"id of {name}", name, kind, config)


def drop_down(name: str, *options: str) -> FieldDefinition:
    listed = [{"id": option, "name": option, "orderindex": at} for at, option in enumerate(options)]
    return live(name, "drop_down", options=listed)


# Which rung


def test_a_field_that_is_there_is_adopted_whatever_else_is_open():
    """By name (any case, outer blanks) and type; more options than wanted are left alone."""
    result = drop_down(" workload", "Inference", "Training", "Data")

    choice = fields.choose("Workload", WORKLOAD, [result], EVERYTHING)

    assert (choice.method, choice.how, choice.live) == ("adopt", "api", result)


@pytest.mark.parametrize(
    ("available", "method", "how"),
    [
        (EVERYTHING, "template", "template:t-1"),
        (Available("list", experimental=True), "experimental", "experimental"),
        (Available("space", experimental=True), "experimental", "experimental"),
        (Available("folder", experimental=True), "manual", "manual: "),
        (Available("list"), "manual", "manual: ClickUp's API cannot create custom fields"),
    ],
)
def test_a_missing_field_takes_the_first_method_that_applies(available, method, how):
    """The undocumented call is off unless a person switched it on, and has no Folder level."""
    choice = fields.choose("Workload", WORKLOAD, [live("Model", "short_text")], available)

    assert choice.method == method
    assert choice.how.startswith(how)
    assert choice.why


@pytest.mark.parametrize("kind", ["formula", "automatic_progress", "votes", "button"])
def test_computed_fields_are_never_tried(kind):
    """Nobody has seen them created by API."""
    choice = fields.choose("X", {"type": kind}, [], Available("list", experimental=True))

    assert choice.method == "manual"
    assert kind in choice.how


def test_another_type_is_named_with_both_types():
    """Nothing is created beside it: two fields of one name help nobody."""
    choice = fields.choose("Workload", WORKLOAD, [live("Workload", "short_text")], EVERYTHING)

    assert choice.method == "manual"
    assert choice.changes == {"type": ("short_text", "drop_down")}
    assert "short_text" in choice.why
    assert "drop_down" in choice.why


def test_missing_options_are_named():
    """The API cannot add them, so a person is told which."""
    choice = fields.choose("Workload", WORKLOAD, [drop_down("Workload", "inference")], EVERYTHING)

    assert choice.method == "manual"
    assert choice.why == 'options are missing: "Training"'


def test_of_two_fields_with_the_name_the_one_that_fits_is_taken():
    """Right type first, fewest differences second."""
    poor, good = drop_down("Workload"), drop_down("Workload", "Inference", "Training")

    choice = fields.choose("Workload", WORKLOAD, [live("Workload", "text"), poor, good], EVERYTHING)

    assert choice.live is good


def test_settings_are_compared_where_clickup_shows_them():
    """Currency, highest rating, start and end of progress."""
    euro = live("Cost", "currency", currency_type="EUR", precision=2)

    differences = fields.differences({"type": "currency", "currency": "EUR", "precision": 2}, euro)
    second = fields.differences({"type": "currency", "currency": "USD"}, euro)

    assert differences == {}
    assert second == {"currency": ("EUR", "USD")}


TYPES = st.sampled_from(["drop_down", "labels"])
NAMES = st.lists(st.text("abcdef", min_size=1), min_size=1, unique=True)


@given(TYPES, NAMES)
def test_what_is_written_is_read_back(kind, options):
    """`wire_config`, then `attributes`: the same, so that an applied template plans nothing."""
    want = {"type": kind, "options": options}

    result = live("F", kind, **fields.wire_config(want))

    assert fields.attributes(result) == want
    assert fields.choose("F", want, [result], Available("list")).method == "adopt"


# The experimental rung, over HTTP


@pytest.fixture
def clickup(clickup_sandbox: Sandbox):
    with ClickUp(clickup_sandbox.token, base_url=clickup_sandbox.url) as client:
        yield client


@pytest.mark.parametrize(
    "want",
    [
        WORKLOAD,
        {"type": "labels", "options": ["canary", "shadow"]},
        {"type": "number"},
        {"type": "currency", "currency": "USD", "precision": 2},
        {"type": "emoji", "count": 4},
        {"type": "manual_progress", "start": 0, "end": 50},
        {"type": "users", "many": False},
    ],
    ids=lambda want: want["type"],
)
def test_every_type_can_be_created_where_clickup_lets_us(clickup, clickup_sandbox, want):
    """One call; afterwards the field is adopted by the next plan."""
    clickup_sandbox.control.ui_actions.field_creation("on")
    list_id = clickup_sandbox.control.list_id("Tasks")

    created = fields.create(clickup.fields, "list", list_id, "F", want)

    assert not isinstance(created, Refused)
    assert clickup.calls == 1
    choice = fields.choose("F", want, clickup.fields.of_list(list_id), Available("list"))
    assert (choice.method, choice.live and choice.live.id) == ("adopt", created.id)


@pytest.mark.parametrize(
    ("switch", "words"),
    [("off", "no call"), ("forbidden", "may not create"), ("plan", "plan does not allow")],
)
def test_a_refusal_is_told_and_costs_one_call(clickup, clickup_sandbox, switch, words):
    """404 APP_001, 403 and FIELD_073 all fall back to the manual rung, never to an error."""
    clickup_sandbox.control.ui_actions.field_creation(switch)
    list_id = clickup_sandbox.control.list_id("Tasks")

    refused = fields.create(clickup.fields, "list", list_id, "F", {"type": "number"})

    assert isinstance(refused, Refused)
    assert words in refused.reason
    assert refused.level == "list"
    assert clickup.calls == 1


@pytest.mark.parametrize(
    ("problem", "refused"),
    [
        (NotFound("x", status=404, code="APP_001"), True),
        (Forbidden("x", status=403), True),
        (PlanLimit("x", status=400, code="FIELD_073"), True),
        (ApiError("x", status=400, code="FIELD_220"), True),
        (NotFound("x", status=404, code="ACCESS_999"), False),
        (RetryableApiError("x", status=503), False),
        (ApiError("x", status=0), False),
    ],
    ids=lambda value: value.code or str(value.status) if isinstance(value, ApiError) else "",
)
def test_only_a_refusal_counts_as_one(problem, refused):
    """A List that is gone or a server in trouble must stay an error."""

    class Refusing:
        def create_undocumented(self, *_asked: Any) -> Any:
            raise problem

    if refused:
        assert isinstance(fields.create(Refusing(), "list", "1", "F", {"type": "url"}), Refused)
        return
    with pytest.raises(ApiError):
        fields.create(Refusing(), "list", "1", "F", {"type": "url"})


def test_a_refusal_says_how_far_it_reaches():
    """No such call: for every field at that level. A field that ClickUp dislikes: for that one."""
    available = Available(
        "list", experimental=True, refused="the Workspace's plan does not allow it"
    )

    choice = fields.choose("F", {"type": "number"}, [], available)

    assert choice.method == "manual"
    assert choice.why == (
        "the undocumented call was refused before: the Workspace's plan does not allow it"
    )
